// What changed in the metadata: permissions, users, tags ...
#include <fmt/format.h>

#include <algorithm>

#include "backup/report_parts.h"
#include "base/text.h"

namespace tabferry::backup {
namespace {

using base::human_count;
using report::Table;
using What = KindChange::Named::What;

constexpr size_t kRowsInText = 40;

std::string count_text(uint64_t count) { return count ? human_count(count) : ""; }

Table counts_of(const std::vector<KindChange>& changes) {
  Table table{.header = {"Kind", "New", "Changed", "Gone"}, .right_aligned = {false, true, true, true}};
  for (const auto& one : changes)
    if (one.unknown.empty())
      table.rows.push_back(
          {in_words(one.kind), count_text(one.added), count_text(one.changed), count_text(one.removed)});
  return table;
}

std::string word_of(What what) { return what == What::added ? "new" : what == What::changed ? "changed" : "gone"; }

uint64_t count_of(const KindChange& change, What what) {
  return what == What::added ? change.added : what == What::changed ? change.changed : change.removed;
}

// Of one kind and sort: the named ones, then how many more there are. Of some kinds none is named (their items are told
// elsewhere): then there is nothing to add.
void add_named(Table& table, const KindChange& change, What what) {
  uint64_t named = 0;
  for (const auto& one : change.named) {
    if (one.what != what) continue;
    table.rows.push_back({in_words(change.kind), word_of(what), one.item, one.how});
    ++named;
  }
  if (named && named < count_of(change, what))
    table.rows.push_back({in_words(change.kind), word_of(what),
                          fmt::format("and {} more", human_count(count_of(change, what) - named)), ""});
}

Table names_of(const std::vector<KindChange>& changes) {
  Table table{.caption = "Which", .header = {"Kind", "Is", "Item", "What changed"}};
  for (const auto& change : changes)
    for (const auto what : {What::added, What::changed, What::removed}) add_named(table, change, what);
  table.quiet = table.rows.size() > kRowsInText;
  return table;
}

Table unknown_of(const std::vector<KindChange>& changes) {
  Table table{.caption = "Not known", .header = {"Kind", "Why"}};
  for (const auto& one : changes)
    if (!one.unknown.empty()) table.rows.push_back({one.kind.empty() ? "all" : in_words(one.kind), one.unknown});
  return table;
}

}  // namespace

report::Section metadata_section(const Manifest& now, doc::Json& details) {
  report::Section section{.heading = "Changes of metadata"};
  details["metadata_changes"] = nullptr;
  if (now.head.base.empty()) return section;
  if (!now.head.metadata_compared) {
    section.facts = {{"Changed", "not known: the tabferry that made this snapshot did not compare it"}};
    return section;
  }
  auto& json = details["metadata_changes"] = doc::Json::array();
  for (const auto& one : now.metadata_changes) json.push_back(to_json(one));
  section.facts = {{"Compared with", now.head.base},
                   {"Compares",
                    "permissions, users, groups, tags, owners, schedules, subscriptions and all else of "
                    "metadata_tableau/, but for what moves by itself: last sign-ins, counters, run times"}};
  for (auto table : {counts_of(now.metadata_changes), names_of(now.metadata_changes), unknown_of(now.metadata_changes)})
    if (!table.rows.empty()) section.tables.push_back(std::move(table));
  if (section.tables.empty()) section.facts.push_back({"Changed", "nothing"});
  return section;
}

}  // namespace tabferry::backup
