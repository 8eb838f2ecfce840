#include "backup/kind_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "backup/item_labels.h"
#include "backup/lines.h"
#include "backup/natural_keys.h"
#include "base/error.h"
#include "tableau/json_text.h"

namespace tabferry::backup {
namespace {

using tableau::text_at;

std::string key_of(const std::string& kind, const doc::Json& item, const std::vector<Fact>& facts) {
  if (is_document(item) && text_at(item, "kind") != kind) {
    const auto part = text_at(item, "part");
    return fmt::format("{}/{}/{}{}{}", kind, text_at(item, "kind"), text_at(item, "id"), part.empty() ? "" : "/", part);
  }
  const auto id = id_of(kind, item);
  return id.empty() ? fmt::format("{} without id {}", kind, hash_of(facts)) : fmt::format("{}/{}/{}", kind, kind, id);
}

uint64_t hash_of_line(std::string_view line) { return std::hash<std::string_view>{}(line); }

}  // namespace

std::string KindFile::visit(const Visit& visit, const LineHashes& others) {
  why_not_.clear();
  status_.clear();
  lines_.clear();
  const auto value = [&](const std::string& name, const doc::Json& json) { take_value(name, json, visit); };
  const auto item = [&](const std::string& list, std::string_view line) {
    if (list == kind_ && is_read()) take_item(line, visit, others);
  };
  const auto source = store_.open(file_.key, {.if_match = file_.etag, .size_bytes = file_.size_bytes});
  const auto read = read_lines(*source, where_, {.value = value, .item = item});
  if (read.sha256 != file_.sha256)
    base::fail(base::ErrorKind::corrupt, "{}: is not the file that its manifest names", where_);
  std::sort(lines_.begin(), lines_.end());
  return is_read() ? "" : why_not_.empty() ? status_ : why_not_;
}

void KindFile::take_value(const std::string& name, const doc::Json& json, const Visit& visit) {
  if (name == "status" && json.is_string()) status_ = json.get<std::string>();
  if (name == "reason" && json.is_string()) why_not_ = json.get<std::string>();
  if (!visit || name != kind_ || !json.is_object() || !is_read()) return;
  for (const auto& [part, document] : json.items()) {  // site.json: its documents by their names
    const doc::Json named = {{"naturalKey", part}};
    visit({.key = fmt::format("{}/{}", kind_, part), .facts = facts_of(document), .json = named});
  }
}

void KindFile::take_item(std::string_view line, const Visit& visit, const LineHashes& others) {
  if (stop_.stop_requested()) base::fail_cancelled("comparing the metadata");
  lines_.push_back(hash_of_line(line));
  if (!visit || std::binary_search(others.begin(), others.end(), lines_.back())) return;
  const auto json = doc::parse_json(line, where_);
  auto facts = facts_of(json);
  auto key = key_of(kind_, json, facts);
  visit({.key = std::move(key), .facts = std::move(facts), .json = json, .line_bytes = line.size()});
}

}  // namespace tabferry::backup
