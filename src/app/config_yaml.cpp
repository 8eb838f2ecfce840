// YAML by yaml-cpp's events rather than its nodes: they tell quoted from unquoted and duplicate keys apart, and let an
// alias be counted before it is expanded.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

#include "app/config_tree.h"
#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::app {
namespace {

using Kind = ConfigTree::Kind;

constexpr size_t kMaxDepth = 50;
constexpr size_t kMaxValues = 200'000;
constexpr std::string_view kTextTag = "tag:yaml.org,2002:str";

bool all_of(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_float(std::string_view text) {
  const auto exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    auto digits = text.substr(exponent + 1);
    if (!digits.empty() && (digits[0] == '+' || digits[0] == '-')) digits.remove_prefix(1);
    if (!all_of(digits, "0123456789")) return false;
    text = text.substr(0, exponent);
  }
  const bool has_digit = text.find_first_of("0123456789") != std::string_view::npos;
  return has_digit && all_of(text, "0123456789.") && std::count(text.begin(), text.end(), '.') <= 1;
}

// YAML 1.2.2, 10.3.2 (core schema): what an unquoted scalar is. Null is told by the parser itself.
Kind kind_of_plain(std::string_view text) {
  for (const char* word : {"true", "True", "TRUE", "false", "False", "FALSE"})
    if (text == word) return Kind::boolean;
  if (text.starts_with("0o") && all_of(text.substr(2), "01234567")) return Kind::number;
  if (text.starts_with("0x") && all_of(text.substr(2), "0123456789abcdefABCDEF")) return Kind::number;
  for (const char* word : {".nan", ".NaN", ".NAN"})
    if (text == word) return Kind::number;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  for (const char* word : {".inf", ".Inf", ".INF"})
    if (text == word) return Kind::number;
  return is_float(text) ? Kind::number : Kind::text;
}

class YamlBuilder : public YAML::EventHandler {
 public:
  explicit YamlBuilder(const std::string& file) : file_(file) {}

  size_t documents() const { return documents_; }
  ConfigTree take() { return std::move(root_); }
  // What is wrong in a document that is YAML all the same: "" where nothing is. Kept back, because broken syntax
  // elsewhere (a list that is never closed) makes keys of what is none, and should be told first.
  const std::string& problem() const { return problem_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) fail(mark, "a second document starts here; one file holds one configuration");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (wants_key()) fail(mark, "a key is empty or null here; a key that is called null goes in quotes: \"null\"");
    count(mark, 1);
    attach(mark, {.line = mark.line + 1}, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end()) fail(mark, "this alias stands inside of what it names");
    if (wants_key()) fail(mark, "an alias cannot be a key");
    count(mark, known->second.values);
    if (open_.size() + known->second.depth > kMaxDepth) fail_depth(mark);
    attach(mark, known->second.tree, YAML::NullAnchor, known->second.values, known->second.depth);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
      const std::string& value) override {
    const Kind kind = tag == "?" ? kind_of_plain(value) : Kind::text;
    if (tag != "?" && tag != "!" && tag != kTextTag)
      fail(mark, "the tag {} is not understood; write the value without it", base::quoted(tag));
    if (wants_key() && kind != Kind::text && problem_.empty())
      problem_ = message(mark, "the key {0} is a {1} to YAML; quote it: \"{0}\"", value,
                         kind == Kind::number ? "number" : "truth value");
    if (wants_key()) return start_entry(mark, value, tag == "?");
    count(mark, 1);
    attach(mark, {.kind = kind, .text = value, .line = mark.line + 1}, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
      YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
      YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  // A list or map whose end has not come yet.
  struct Open {
    ConfigTree tree;
    YAML::Mark mark;
    YAML::anchor_t anchor = YAML::NullAnchor;
    bool has_key = false;
    bool key_is_merge = false;
    std::string key;
    int key_line = 0;
    std::map<std::string, int> lines;   // of its keys
    std::vector<ConfigTree> merged;     // what `<<` brought
    size_t values = 1;                  // in it, itself included
    size_t depth = 1;
  };
  struct Anchored {
    ConfigTree tree;
    size_t values = 1;
    size_t depth = 0;
  };

  template <class... Args>
  std::string message(const YAML::Mark& mark, fmt::format_string<Args...> format, Args&&... args) const {
    return fmt::format("{}:{}:{}: {}", file_, mark.line + 1, mark.column + 1,
        fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  [[noreturn]] void fail(const YAML::Mark& mark, fmt::format_string<Args...> format, Args&&... args) const {
    throw base::Error(ErrorKind::config, message(mark, format, std::forward<Args>(args)...));
  }
  [[noreturn]] void fail_depth(const YAML::Mark& mark) const { fail(mark, "nested deeper than {}", kMaxDepth); }

  bool wants_key() const { return !open_.empty() && open_.back().tree.kind == Kind::map && !open_.back().has_key; }

  void count(const YAML::Mark& mark, size_t values) {
    values_ += values;
    if (values_ > kMaxValues)
      fail(mark, "more than {} values once the aliases are expanded", base::human_count(kMaxValues));
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Kind kind) {
    if (wants_key())
      fail(mark, "a key must be text here; where it starts with a bracket, a brace or a question mark, quote it");
    if (tag != "?" && tag != "!")
      fail(mark, "the tag {} is not understood; write the value without it", base::quoted(tag));
    if (open_.size() >= kMaxDepth) fail_depth(mark);
    count(mark, 1);
    open_.push_back({.tree = {.kind = kind, .line = mark.line + 1}, .mark = mark, .anchor = anchor});
  }

  void start_entry(const YAML::Mark& mark, const std::string& key, bool plain) {
    Open& map = open_.back();
    map.key_is_merge = plain && key == "<<";
    const auto [twin, is_new] = map.lines.emplace(key, mark.line + 1);
    if (!is_new)
      fail(mark, "the key {} stands twice here; it stands in line {} already", base::quoted(key), twin->second);
    map.has_key = true;
    map.key = key;
    map.key_line = mark.line + 1;
  }

  // Puts a finished value where it belongs. `values` and `depth` are those of the whole value. An anchor costs a copy,
  // so it counts as well.
  void attach(const YAML::Mark& mark, ConfigTree tree, YAML::anchor_t anchor, size_t values = 1, size_t depth = 0) {
    if (anchor != YAML::NullAnchor) {
      count(mark, values);
      anchors_[anchor] = {.tree = tree, .values = values, .depth = depth};
    }
    if (open_.empty()) {
      root_ = std::move(tree);
      return;
    }
    Open& parent = open_.back();
    parent.values += values;
    parent.depth = std::max(parent.depth, depth + 1);
    if (parent.tree.kind == Kind::map) {
      parent.has_key = false;
      if (parent.key_is_merge) return merge(mark, std::move(tree));
      tree.key = std::move(parent.key);
      tree.line = parent.key_line;
    } else {
      tree.key.clear();
    }
    parent.tree.children.push_back(std::move(tree));
  }

  // https://yaml.org/type/merge.html: a map or a list of maps; the map's own keys win, then the earlier ones.
  void merge(const YAML::Mark& mark, ConfigTree tree) {
    std::vector<ConfigTree> maps;
    if (tree.kind == Kind::list) maps = std::move(tree.children);
    else maps.push_back(std::move(tree));
    for (auto& map : maps) {
      if (map.kind != Kind::map) fail(mark, "<< takes a map or a list of maps, such as <<: *defaults");
      for (auto& child : map.children) open_.back().merged.push_back(std::move(child));
    }
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    for (auto& child : done.merged)
      if (done.lines.emplace(child.key, child.line).second) done.tree.children.push_back(std::move(child));
    attach(done.mark, std::move(done.tree), done.anchor, done.values, done.depth);
  }

  const std::string& file_;
  ConfigTree root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::string problem_;
  size_t documents_ = 0;
  size_t values_ = 0;
};

// True where a tab indents the line (counted from 0).
bool is_indented_by_tab(std::string_view text, int line) {
  for (; line > 0; --line) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  const auto indent = text.substr(0, text.find_first_not_of(" \t"));
  return indent.find('\t') != std::string_view::npos;
}

// "LINE:COLUMN"; the last line where the mark stands behind the end.
std::string place_in(std::string_view text, const YAML::Mark& mark) {
  const auto lines = std::count(text.begin(), text.end(), '\n') + (text.ends_with('\n') ? 0 : 1);
  if (mark.line >= lines) return fmt::format("{}:1", lines);
  return fmt::format("{}:{}", std::max(0, mark.line) + 1, std::max(0, mark.column) + 1);
}

std::string hint_for(const std::string& message, bool tab) {
  if (tab || message == YAML::ErrorMsg::TAB_IN_INDENTATION) return "; a tab indents this line: indent with spaces";
  if (message == YAML::ErrorMsg::EOF_IN_SCALAR) return "; a quote before is never closed";
  if (message == YAML::ErrorMsg::MAP_VALUE || message == YAML::ErrorMsg::UNKNOWN_TOKEN ||
      message == YAML::ErrorMsg::CHAR_IN_SCALAR)
    return "; text with a colon and a space in it, or that starts with %, @ or `, goes in quotes";
  if (message == YAML::ErrorMsg::UNKNOWN_ANCHOR || message == YAML::ErrorMsg::ALIAS_NOT_FOUND)
    return "; text that starts with * or & goes in quotes: \"*.csv\"";
  if (message.starts_with(YAML::ErrorMsg::INVALID_ESCAPE)) return "; a backslash goes in single quotes";
  if (message == YAML::ErrorMsg::END_OF_MAP) return "; look at the indentation of this line and the one before";
  return "";
}

// yaml-cpp replaces broken UTF-8 in silence, and takes a byte 4 for the end of the file.
void check_bytes(std::string_view text, const std::string& file) {
  if (!base::is_utf8(text)) base::fail(ErrorKind::config, "{} is not UTF-8: save it as UTF-8", file);
  const auto bad = std::find_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
  });
  if (bad != text.end())
    base::fail(ErrorKind::config, "{}:{}: the control character \\x{:02x} may not stand in YAML", file,
        std::count(text.begin(), bad, '\n') + 1,
               static_cast<unsigned char>(*bad));
}

void number(ConfigTree& tree, size_t& next) {
  tree.order = next++;
  for (auto& child : tree.children) number(child, next);
}

}  // namespace

ConfigTree read_yaml(std::string_view text, const std::string& file) {
  check_bytes(text, file);
  YamlBuilder builder(file);
  try {
    // The comment at the end is for yaml-cpp, which misses a quote that is never closed behind a last line end.
    std::istringstream stream{std::string(text) + "\n#"};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) continue;
  } catch (const YAML::Exception& error) {
    base::fail(ErrorKind::config, "{}:{}: this is not valid YAML: {}{}", file, place_in(text, error.mark), error.msg,
               hint_for(error.msg, is_indented_by_tab(text, error.mark.line)));
  }
  if (!builder.problem().empty()) base::fail(ErrorKind::config, "{}", builder.problem());
  ConfigTree tree = builder.take();
  size_t next = 0;
  number(tree, next);
  return tree;
}

}  // namespace tabferry::app
