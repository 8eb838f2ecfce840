// All that the site holds, by kind and id, and what a request changes of it. Values alone: no locks, no requests.
//
// Changes are made between begin() and commit() or roll_back(); Simulator::change() does that around every request, so
// that an action that refuses half-way has changed nothing. One thread at a time.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/item.h"

namespace tabferry::sim {

class Site {
 public:
  using Items = std::map<std::string, Item, std::less<>>;  // by id

  // What one change did: the item as it was before, absent where there was none.
  struct Change {
    Kind kind;
    std::string id;
    std::optional<Item> before;
  };

  const Items& all(Kind kind) const { return items_[static_cast<size_t>(kind)]; }
  // The same as a list, which is kept until the next one comes or goes: pages of 100,000 are cut without a walk.
  const std::vector<const Item*>& list(Kind kind) const;
  const Item* find(Kind kind, std::string_view id) const;  // LUIDs in any case; null where there is none
  const Item& at(Kind kind, std::string_view id) const;    // refuses with the code of the kind
  // Those whose parent field (kinds.h) holds this id, in the order of their ids.
  std::vector<const Item*> children(Kind kind, std::string_view parent_id) const;
  // The workbook or data source with this content URL, whatever its case; null where there is none.
  const Item* at_content_url(Kind kind, std::string_view url) const;
  const Item& self() const { return all(Kind::site).begin()->second; }  // the site's own item; there is always one

  // Adds, or replaces the item of that kind and id. Addresses of items stay good until they are erased.
  const Item& put(Item item);
  void erase(Kind kind, const std::string& id);  // what is not there is fine
  // A number that was never given out: for webpageUrl, for suffixes of content URLs.
  uint64_t next_number();

  void begin();
  // Returns what was changed since begin(): each item once, as it was then. The items have their new values already.
  std::vector<Change> commit();
  void roll_back();
  const std::vector<Change>& changes() const { return changes_; }

  // Files in content/ that an item names in the field "_file", and by how many.
  const std::map<std::string, size_t>& files() const { return files_; }

 private:
  const Item& write(Item item);
  void remove(Kind kind, const std::string& id);
  void count(const Item& item, int by);
  void count_content_url(const Item& item, int by);

  std::array<Items, kKindCount> items_;
  mutable std::array<std::vector<const Item*>, kKindCount> lists_;  // empty: to be made
  std::array<std::map<std::string, std::set<std::string>, std::less<>>, kKindCount> by_parent_;
  std::map<std::pair<Kind, std::string>, std::string> by_content_url_;  // in lower case, of workbooks and data sources
  std::map<std::string, size_t> files_;
  void note(Kind kind, const std::string& id);

  std::vector<Change> changes_;                   // since begin(), the first of each item
  std::set<std::pair<Kind, std::string>> noted_;  // of those
  bool is_open_ = false;
};

}  // namespace tabferry::sim
