#include "app/config_node.h"

#include <algorithm>
#include <charconv>

#include "base/nearest.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::app {
namespace {

using Kind = ConfigTree::Kind;

constexpr std::string_view kWordCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

// A key in a path: in quotes where a dot or a space in it would be misread.
std::string path_part(std::string_view key) {
  return key.find_first_not_of(kWordCharacters) == std::string_view::npos ? std::string(key) : base::quoted(key);
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::nothing: return "nothing";
    case Kind::boolean: return "a truth value";
    case Kind::number: return "a number";
    case Kind::text: return "text";
    case Kind::list: return "a list";
    case Kind::map: return "a map";
  }
  return "nothing";
}

std::string joined(const std::vector<std::string_view>& words) { return fmt::format("{}", fmt::join(words, ", ")); }

}  // namespace

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

std::string ConfigNode::place() const {
  return tree_->line > 0 ? fmt::format("{}:{}", file_->name, tree_->line) : file_->name;
}

base::Error ConfigNode::error(const std::string& message) const {
  if (path_.empty()) return {ErrorKind::config, fmt::format("{}: {}", file_->name, message)};
  return {ErrorKind::config, fmt::format("{}: {}: {}", place(), path_, message)};
}

ConfigNode ConfigNode::child(const ConfigTree& tree) const {
  const std::string part = path_part(tree.key);
  return {tree, *file_, path_.empty() ? part : path_ + "." + part};
}

void ConfigNode::expect(Kind kind, std::string_view what) const {
  if (tree_->kind == Kind::nothing) fail("has no value; {} is wanted", what);
  if (tree_->kind != kind) fail("is {}; {} is wanted", name_of(tree_->kind), what);
}

std::string ConfigNode::unquoted_text(bool hidden) const {
  if (is(Kind::nothing))
    fail("is nothing to {} (left empty, ~ or null), and text is wanted: quote it, such as \"~\", or leave the key out",
        file_->format);
  if (is(Kind::number) || is(Kind::boolean))
    fail("{} is {} to {}, and text is wanted: quote it{}", hidden ? "the value" : tree_->text, name_of(tree_->kind),
        file_->format,
         hidden ? "" : fmt::format(": \"{}\"", tree_->text));
  expect(Kind::text, "text");
  if (tree_->text.find('\0') != std::string::npos) fail("has a NUL character in it");
  return tree_->text;
}

std::string ConfigNode::text() const {
  std::string value = unquoted_text(false);
  const auto variable = value.find("${");
  if (variable != std::string::npos)
    fail("{} in a value is not built yet; write the value itself",
        base::quoted(value.substr(variable, value.find('}', variable) - variable + 1)));
  return value;
}

std::string ConfigNode::name() const {
  std::string value = text();
  if (base::trim(value).empty()) fail("is empty");
  if (has_control_characters(value)) fail("{} has a control character in it", base::quoted(value));
  return value;
}

std::string ConfigNode::secret() const {
  std::string value = unquoted_text(true);
  if (value.empty()) fail("is empty");
  if (value.starts_with("${") && value.ends_with("}"))
    fail("${{...}} in a value is not built yet; for an environment variable write env:NAME");
  return value;
}

std::string ConfigNode::text_or_number() const { return is(Kind::number) ? tree_->text : text(); }

bool ConfigNode::boolean() const {
  expect(Kind::boolean, "true or false (without quotes)");
  return tree_->text[0] == 't' || tree_->text[0] == 'T';
}

std::vector<ConfigNode> ConfigNode::entries() const {
  expect(Kind::map, "a map (KEY: VALUE)");
  std::vector<ConfigNode> result;
  for (const auto& tree : tree_->children) {
    result.push_back(child(tree));
    if (base::trim(tree.key).empty()) result.back().fail("a key is empty here");
    if (tree.key.find('\0') != std::string::npos) result.back().fail("the key has a NUL character in it");
  }
  return result;
}

uint64_t ConfigNode::whole_number(uint64_t least, uint64_t most) const {
  expect(Kind::number, "a whole number (without quotes)");
  const std::string& text = tree_->text;
  uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end != text.data() + text.size() || number < least || number > most)
    fail("{} is no whole number from {} to {}", text, least, most);
  return number;
}

std::vector<ConfigNode> ConfigNode::items() const {
  if (is(Kind::text)) return {*this};
  expect(Kind::list, "a list ([A, B])");
  std::vector<ConfigNode> result;
  for (const auto& tree : tree_->children)
    result.emplace_back(tree, *file_, fmt::format("{}[{}]", path_, result.size()));
  return result;
}

std::optional<ConfigNode> ConfigNode::find(std::string_view key) const {
  for (const auto& tree : tree_->children)
    if (tree.key == key) return child(tree);
  return std::nullopt;
}

ConfigNode ConfigNode::need(std::string_view key, std::string_view what_it_is) const {
  if (auto found = find(key)) return *found;
  fail("{} is missing: {}", key, what_it_is);
}

void ConfigNode::expect_only(const KnownKeys& keys) const {
  std::vector<std::string_view> candidates = keys.built;
  candidates.insert(candidates.end(), keys.later.begin(), keys.later.end());
  for (const auto& entry : entries()) {
    if (std::find(keys.built.begin(), keys.built.end(), entry.key()) != keys.built.end()) continue;
    if (std::find(keys.later.begin(), keys.later.end(), entry.key()) != keys.later.end())
      entry.fail("{} is not built yet; take the key out. Keys that work here: {}", entry.key(), joined(keys.built));
    entry.fail("unknown key{}. Keys that may stand here: {}", base::did_you_mean(entry.key(), candidates),
               joined(keys.built));
  }
}

void ConfigNode::at_this_place(const std::function<void()>& read) const {
  try {
    read();
  } catch (const base::Error& problem) {
    if (problem.kind() != ErrorKind::config) throw;
    throw error(problem.what());
  }
}

}  // namespace tabferry::app
