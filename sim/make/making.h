// What the parts of making a site share: the site so far, and how ids, times and choices come from the seed.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "sim/core/site.h"
#include "sim/make/dice.h"
#include "sim/make/site_order.h"

namespace tabferry::sim::make {

class Bodies;

// One thread.
class Making {
 public:
  Making(Site& site, const SiteOrder& order) : site_(site), order_(order) {}

  Site& site() { return site_; }
  const SiteOrder& order() const { return order_; }
  const Counts& counts() const { return order_.counts; }
  bool is_cloud() const { return order_.profile == Profile::cloud; }

  // Dice for the n-th item of a kind: the same ones at every call.
  Dice dice(Kind kind, uint64_t number) const;
  // A new item with the id that is the n-th one of its kind; `purpose` keeps apart ids of one kind that are counted
  // twice.
  Item item(Kind kind, uint64_t number, std::string_view purpose = "") const;
  // Puts it on the site and remembers its id.
  std::string put(Item item);
  // The ids of a kind, in the order in which they were put.
  const std::vector<std::string>& ids(Kind kind) const { return ids_[static_cast<size_t>(kind)]; }
  // One of them, by the dice; there must be one.
  const std::string& any(Kind kind, Dice& dice) const { return dice.pick(ids(kind)); }
  // Numbers that web addresses end in: 1, 2, 3 ...; the site goes on behind the last one.
  uint64_t next_number() { return ++last_number_; }
  uint64_t last_number() const { return last_number_; }
  // A content URL that no other item of the kind has (in any case): letters and digits of the name.
  std::string content_url(Kind kind, std::string_view name);
  // Takes over an item that is on the site already.
  void remember(const Item& item) { ids_[static_cast<size_t>(item.kind())].push_back(item.id()); }

  // "2024-07-01T08:15:00Z": some time in the two years before the site's present (5 January 2026), and one behind it.
  static std::string past_time(Dice& dice);
  static std::string later_than(const std::string& time, Dice& dice);

 private:
  Site& site_;
  const SiteOrder& order_;
  std::array<std::vector<std::string>, kKindCount> ids_;
  std::array<std::unordered_set<std::string>, kKindCount> content_urls_;
  uint64_t last_number_ = 0;
};

// The steps, in the order in which they need each other.
void take_demo_site(Making& making);  // all that a new simulator begins with
void make_people(Making& making);     // users, groups, their members, group sets
void make_projects(Making& making);
void make_content(Making& making, const Bodies& bodies);        // data sources, workbooks, views, flows, their files
void make_about_content(Making& making, const Bodies& bodies);  // revisions, custom views, virtual connections
void make_permissions(Making& making);
void make_automation(Making& making);  // schedules, tasks, subscriptions, alerts, webhooks, jobs
void make_catalog(Making& making);     // collections, labels, warnings, databases, Pulse, favorites

}  // namespace tabferry::sim::make
