#include "sim/core/site.h"

#include "base/error.h"
#include "base/text.h"
#include "sim/core/kinds.h"
#include "sim/core/refusal.h"

namespace tabferry::sim {
namespace {

size_t index_of(Kind kind) { return static_cast<size_t>(kind); }

}  // namespace

const Item* Site::find(Kind kind, std::string_view id) const {
  const Items& items = all(kind);
  auto at = items.find(id);
  if (at == items.end()) at = items.find(base::lower(id));
  return at == items.end() ? nullptr : &at->second;
}

const std::vector<const Item*>& Site::list(Kind kind) const {
  auto& list = lists_[index_of(kind)];
  if (list.size() == all(kind).size()) return list;
  list.reserve(all(kind).size());
  for (const auto& [id, item] : all(kind)) list.push_back(&item);
  return list;
}

const Item& Site::at(Kind kind, std::string_view id) const {
  if (const Item* item = find(kind, id)) return *item;
  refuse(rule_of(kind).not_found, "{} '{}' could not be found.", rule_of(kind).called, id);
}

std::vector<const Item*> Site::children(Kind kind, std::string_view parent_id) const {
  std::vector<const Item*> found;
  const auto& parents = by_parent_[index_of(kind)];
  const auto ids = parents.find(parent_id);
  if (ids == parents.end()) return found;
  for (const auto& id : ids->second) found.push_back(&all(kind).find(id)->second);
  return found;
}

const Item* Site::at_content_url(Kind kind, std::string_view url) const {
  const auto found = by_content_url_.find({kind, base::lower(url)});
  return found == by_content_url_.end() ? nullptr : find(kind, found->second);
}

const Item& Site::put(Item item) {
  note(item.kind(), item.id());
  return write(std::move(item));
}

void Site::erase(Kind kind, const std::string& id) {
  const Item* known = find(kind, id);
  if (known == nullptr) return;
  const std::string exact = known->id();
  note(kind, exact);
  remove(kind, exact);
}

uint64_t Site::next_number() {
  Item self = this->self();
  const uint64_t number = self.number("_lastNumber") + 1;
  put(self.set_number("_lastNumber", number));
  return number;
}

// An item that one request changes a thousand times is remembered, and written to the journal, once.
void Site::note(Kind kind, const std::string& id) {
  if (!is_open_ || !noted_.emplace(kind, id).second) return;
  const auto known = all(kind).find(id);
  changes_.push_back({kind, id, known != all(kind).end() ? std::optional(known->second) : std::nullopt});
}

void Site::begin() {
  changes_.clear();
  noted_.clear();
  is_open_ = true;
}

std::vector<Site::Change> Site::commit() {
  is_open_ = false;
  return std::exchange(changes_, {});
}

void Site::roll_back() {
  is_open_ = false;
  for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
    if (change->before)
      write(std::move(*change->before));
    else if (all(change->kind).contains(change->id))  // it may have come and gone
      remove(change->kind, change->id);
  }
  changes_.clear();
}

const Item& Site::write(Item item) {
  Items& items = items_[index_of(item.kind())];
  const auto at = items.lower_bound(item.id());
  const bool is_new = at == items.end() || at->first != item.id();
  if (!is_new) count(at->second, -1);
  count(item, 1);
  if (!is_new) return at->second = std::move(item);
  lists_[index_of(item.kind())].clear();
  const std::string id = item.id();
  return items.emplace_hint(at, id, std::move(item))->second;
}

void Site::remove(Kind kind, const std::string& id) {
  Items& items = items_[index_of(kind)];
  const auto at = items.find(id);
  count(at->second, -1);
  lists_[index_of(kind)].clear();
  items.erase(at);
}

void Site::count_content_url(const Item& item, int by) {
  if ((item.kind() != Kind::workbook && item.kind() != Kind::datasource) || !item.has("contentUrl")) return;
  std::pair key(item.kind(), base::lower(item.get("contentUrl")));
  if (by > 0)
    by_content_url_[std::move(key)] = item.id();
  else if (const auto known = by_content_url_.find(key); known != by_content_url_.end() && known->second == item.id())
    by_content_url_.erase(known);
}

void Site::count(const Item& item, int by) {
  count_content_url(item, by);
  if (const std::string& file = item.get("_file"); !file.empty()) {
    size_t& uses = files_[file];
    uses = by > 0 ? uses + 1 : uses - 1;
    if (uses == 0) files_.erase(file);
  }
  const auto parent_field = rule_of(item.kind()).parent;
  if (parent_field.empty()) return;
  auto& parents = by_parent_[index_of(item.kind())];
  const std::string& parent = item.get(parent_field);
  if (by > 0) {
    parents[parent].insert(item.id());
  } else if (auto& ids = parents[parent]; ids.erase(item.id()) > 0 && ids.empty()) {
    parents.erase(parent);
  }
}

}  // namespace tabferry::sim
