#include "backup/kind_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "backup/item_labels.h"
#include "backup/lines.h"
#include "backup/natural_keys.h"
#include "base/error.h"
#include "base/text.h"
#include "tableau/json_text.h"

namespace tabferry::backup {
namespace {

using tableau::text_at;

std::string key_of(const std::string& kind, const doc::Json& item, uint64_t hash) {
  if (is_document(item) && text_at(item, "kind") != kind) {
    const auto part = text_at(item, "part");
    return fmt::format("{}/{}/{}{}{}", kind, text_at(item, "kind"), text_at(item, "id"), part.empty() ? "" : "/", part);
  }
  const auto id = id_of(kind, item);
  return id.empty() ? fmt::format("{} without id {}", kind, hash) : fmt::format("{}/{}/{}", kind, kind, id);
}

uint64_t hash_of_line(std::string_view line) { return std::hash<std::string_view>{}(line); }

uint64_t hash_of(const std::optional<std::vector<Fact>>& facts, const doc::Json& json) {
  return facts ? backup::hash_of(*facts) : hash_of_line(doc::to_line(json));
}

// Absent where it is none: somebody edited the file.
std::optional<doc::Json> item_of(std::string_view line, const std::string& where) {
  try {
    auto json = doc::parse_json(line, where);
    if (json.is_object()) return json;
  } catch (const base::Error&) {
    // As little of an item as any other text.
  }
  return std::nullopt;
}

}  // namespace

std::string KindFile::visit(const Visit& visit, const LineHashes& others) {
  why_not_.clear();
  status_.clear();
  no_item_.clear();
  lines_.clear();
  const auto value = [&](const std::string& name, const doc::Json& json) { take_value(name, json, visit); };
  const auto item = [&](const std::string& list, std::string_view line) {
    if (list == kind_ && is_read()) take_item(line, visit, others);
  };
  const auto source = opened();
  const auto read = read_lines(*source, where_, {.value = value, .item = item});
  if (read.sha256 != file_.sha256)
    base::fail(base::ErrorKind::corrupt, "{}: is not the file that its manifest names", where_);
  std::sort(lines_.begin(), lines_.end());
  return gap();
}

std::string KindFile::gap() const {
  if (is_read()) return no_item_;
  if (!why_not_.empty()) return why_not_;
  return status_.empty() ? "its file does not say that it was read" : status_;
}

std::unique_ptr<io::ByteSource> KindFile::opened() const {
  const auto there = store_.stat(file_.key);
  if (!there) base::fail(base::ErrorKind::not_found, "{} is not there any more", base::quoted(where_, 400));
  if (there->size_bytes != file_.size_bytes)
    base::fail(base::ErrorKind::corrupt, "{}: has {} bytes, its manifest says {}", where_, there->size_bytes,
               file_.size_bytes);
  return store_.open(file_.key, {.if_match = there->etag, .size_bytes = there->size_bytes});
}

void KindFile::take_value(const std::string& name, const doc::Json& json, const Visit& visit) {
  if (name == "status" && json.is_string()) status_ = json.get<std::string>();
  if (name == "reason" && json.is_string()) why_not_ = json.get<std::string>();
  if (!visit || name != kind_ || !json.is_object() || !is_read()) return;
  for (const auto& [part, document] : json.items()) {  // site.json: its documents by their names
    const doc::Json named = {{"naturalKey", part}};
    auto facts = facts_of(document);
    const auto hash = hash_of(facts, document);
    visit({.key = fmt::format("{}/{}", kind_, part), .hash = hash, .facts = std::move(facts), .json = named});
  }
}

void KindFile::take_item(std::string_view line, const Visit& visit, const LineHashes& others) {
  if (stop_.stop_requested()) base::fail_cancelled("comparing the metadata");
  lines_.push_back(hash_of_line(line));
  if (!visit || std::binary_search(others.begin(), others.end(), lines_.back())) return;
  const auto json = item_of(line, where_);
  if (!json) {
    no_item_ = "a line of its file is no item";
    return;
  }
  auto facts = facts_of(*json);
  const auto hash = hash_of(facts, *json);
  visit({.key = key_of(kind_, *json, hash), .hash = hash, .facts = std::move(facts), .json = *json});
}

}  // namespace tabferry::backup
