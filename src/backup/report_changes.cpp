// What is saved, of which kind and project, and what of it changed.
#include <fmt/format.h>

#include <algorithm>

#include "backup/changes.h"
#include "backup/report_parts.h"
#include "base/text.h"
#include "tableau/kinds.h"

namespace tabferry::backup {
namespace {

using base::human_bytes;
using base::human_count;
using report::Section;
using report::Table;

std::string project_label(const std::string& project) { return project.empty() ? "(no project)" : project; }

doc::Json json_of(const Entry& entry) {
  return {{"unit", entry.unit}, {"kind", entry.kind}, {"luid", entry.luid}, {"natural_key", entry.natural_key}};
}

doc::Json json_of(const Pair& pair) {
  auto json = json_of(*pair.now);
  json["before"] = json_of(*pair.before);
  return json;
}

template <class Entries>
doc::Json array_of(const Entries& entries) {
  doc::Json array = doc::Json::array();
  for (const auto& entry : entries)
    if constexpr (std::is_pointer_v<std::decay_t<decltype(entry)>>)
      array.push_back(json_of(*entry));
    else
      array.push_back(json_of(entry));
  return array;
}

std::string caption(const char* what, size_t count) { return fmt::format("{}: {}", what, human_count(count)); }

void add_items(Section& section, const char* what, const std::vector<const Entry*>& entries) {
  Table table{.caption = caption(what, entries.size()),
              .header = {"Kind", "Item", "Size"},
              .right_aligned = {false, false, true}};
  for (const auto* entry : entries)
    table.rows.push_back(
        {singular(entry->kind), label_of(*entry), is_saved(*entry) ? human_bytes(entry->size_bytes) : "not saved"});
  if (!table.rows.empty()) section.tables.push_back(std::move(table));
}

void add_changed(Section& section, const char* what, const std::vector<Pair>& pairs) {
  Table table{.caption = caption(what, pairs.size()),
              .header = {"Kind", "Item", "Size before", "Size now"},
              .right_aligned = {false, false, true, true}};
  for (const auto& [now, before] : pairs)
    table.rows.push_back(
        {singular(now->kind), label_of(*now), human_bytes(before->size_bytes), human_bytes(now->size_bytes)});
  if (!table.rows.empty()) section.tables.push_back(std::move(table));
}

void add_renamed(Section& section, const char* what, const std::vector<Pair>& pairs) {
  Table table{.caption = caption(what, pairs.size()), .header = {"Kind", "Was", "Is"}};
  for (const auto& [now, before] : pairs)
    table.rows.push_back({singular(now->kind), label_of(*before), label_of(*now)});
  if (!table.rows.empty()) section.tables.push_back(std::move(table));
}

std::string difference(uint64_t now, uint64_t before) {
  if (now == before) return "=";
  return now > before ? "+" + human_count(now - before) : "-" + human_count(before - now);
}

uint64_t count_of(const std::map<std::string, uint64_t>& counts, const std::string& kind) {
  const auto found = counts.find(kind);
  return found == counts.end() ? 0 : found->second;
}

std::string outcome_of(const Entry& entry, const ManifestHead& head) {
  if (is_taken_over(entry, head)) return "taken over";
  return entry.outcome == Receipt::Outcome::done ? "downloaded" : std::string(name_of(entry.outcome));
}

// "permissions": a document of each item that has some; all that is no list of the site's.
bool is_of_documents(const std::string& kind) {
  const auto is_it = [&](const auto& detail) { return detail.kind == kind; };
  const auto details = tableau::detail_kinds();
  return tableau::listed_kind(kind) == nullptr && std::any_of(details.begin(), details.end(), is_it);
}

std::string saved_as(const std::string& kind) {
  return is_of_documents(kind) ? "as metadata: documents" : "as metadata";
}

// Documents were not always counted.
bool is_counted(const Manifest* before, const std::string& kind) {
  return before != nullptr && (before->head.counts.contains(kind) || !is_of_documents(kind));
}

std::string why_not_compared(const ManifestHead& head) {
  return head.base.empty()
             ? "this is the first snapshot of the site here: nothing to compare with"
             : fmt::format("not known: {}, with which this one would be compared, cannot be read", head.base);
}

std::vector<std::string> kind_row(const std::string& kind, uint64_t count, const Manifest& now, const Manifest* before,
                                  const Tally& tally) {
  const auto is_it = [&](const Gap& gap) { return gap.kind == kind; };
  const auto gap = std::find_if(now.head.gaps.begin(), now.head.gaps.end(), is_it);
  if (gap != now.head.gaps.end())  // 0 would be more than is known
    return {in_words(kind), gap->failed ? "failed" : "not on offer"};
  const auto since = is_counted(before, kind) ? difference(count, count_of(before->head.counts, kind)) : "";
  const auto content = tally.by_kind.find(kind);
  if (content == tally.by_kind.end()) return {in_words(kind), human_count(count), since, saved_as(kind), ""};
  const Amount& amount = content->second;
  return {in_words(kind), human_count(count), since, human_count(amount.saved), human_bytes(amount.size_bytes)};
}

using Row = std::pair<std::string, Amount>;
std::vector<Row> largest_first(const std::map<std::string, Amount>& amounts) {
  std::vector<Row> rows(amounts.begin(), amounts.end());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.second.size_bytes > b.second.size_bytes; });
  return rows;
}

// Beyond a few dozen the areas are too small to read: the rest is one.
report::Chart chart_of(const std::vector<Row>& projects) {
  constexpr size_t kDrawn = 36;
  report::Chart chart{.title = "Size by project", .form = report::ChartForm::areas};
  uint64_t rest = 0;
  for (size_t i = 0; i < projects.size(); ++i) {
    const auto size_bytes = projects[i].second.size_bytes;
    if (i < kDrawn)
      chart.marks.push_back(
          {project_label(projects[i].first), static_cast<double>(size_bytes), human_bytes(size_bytes)});
    else
      rest += size_bytes;
  }
  if (rest)
    chart.marks.push_back(
        {fmt::format("{} smaller ones", projects.size() - kDrawn), static_cast<double>(rest), human_bytes(rest)});
  return chart;
}

}  // namespace

Section change_section(const Manifest& now, const Manifest* before, doc::Json& details) {
  details["changes"] = nullptr;
  if (!before) return {.heading = "Changes", .facts = {{"Since", why_not_compared(now.head)}}};
  auto changes = changes_of(now, *before);
  const uint64_t only_now = changes.fresh.size(), only_before = changes.gone.size();
  const bool comparable = now.head.asked == before->head.asked;
  if (!comparable) changes.fresh = changes.gone = {};  // left out of one of the two, for all that is known
  details["changes"] = {{"since", before->head.snapshot},
                        {"comparable", comparable},
                        {"only_in_this", only_now},
                        {"only_in_earlier", only_before},
                        {"new", array_of(changes.fresh)},
                        {"changed", array_of(changes.changed)},
                        {"replaced", array_of(changes.replaced)},
                        {"renamed", array_of(changes.renamed)},
                        {"moved", array_of(changes.moved)},
                        {"gone", array_of(changes.gone)}};
  Section section{.heading = "Changes since " + time_in_words(before->head.as_of)};
  section.facts = {{"Compared with", before->head.snapshot}, {"Compares", "the files, names and places of items"}};
  if (!comparable)
    section.facts.push_back(
        {"New and gone",
         fmt::format("not known: in the earlier one and not in this one: {}; in this one and not in the "
                     "earlier one: {}; it was made with other options",
                     human_count(only_before), human_count(only_now))});
  add_items(section, "New", changes.fresh);
  add_changed(section, "Changed", changes.changed);
  add_changed(section, "Replaced: deleted, and published again under the same name", changes.replaced);
  add_renamed(section, "Renamed", changes.renamed);
  add_renamed(section, "Moved to another project", changes.moved);
  add_items(section, "Gone from the site; earlier snapshots keep them", changes.gone);
  if (section.tables.empty())
    section.facts.push_back({"Changed", comparable ? "no item is new, changed, renamed, moved or gone"
                                                   : "no item that both have is changed, renamed or moved"});
  return section;
}

Section kind_section(const Manifest& now, const Manifest* before, const Tally& tally) {
  Section section{.heading = "Kinds"};
  Table table{.header = {"Kind", "On the site", "Since last", "Saved", "Size"},
              .right_aligned = {false, true, true, true, true}};
  for (const auto& [kind, count] : now.head.counts) table.rows.push_back(kind_row(kind, count, now, before, tally));
  if (!table.rows.empty()) section.tables.push_back(std::move(table));
  return section;
}

Section project_section(const Tally& tally, doc::Json& details) {
  Section section{.heading = "Projects"};
  Table table{
      .header = {"Project", "Items", "Saved", "Size"}, .right_aligned = {false, true, true, true}, .quiet = true};
  auto& json = details["projects"] = doc::Json::array();
  const auto projects = largest_first(tally.by_project);
  for (const auto& [project, amount] : projects) {
    table.rows.push_back(
        {project_label(project), human_count(amount.items), human_count(amount.saved), human_bytes(amount.size_bytes)});
    json.push_back(
        {{"project", project}, {"items", amount.items}, {"saved", amount.saved}, {"size_bytes", amount.size_bytes}});
  }
  if (projects.empty()) return section;
  section.charts = {chart_of(projects)};
  section.tables.push_back(std::move(table));
  return section;
}

Section rule_section(const Tally& tally) {
  Section section{.heading = "Why each item was downloaded or taken over"};
  Table table{.header = {"Rule", "Items"}, .right_aligned = {false, true}};
  for (const auto& [rule, count] : tally.by_rule) table.rows.push_back({rule, human_count(count)});
  if (!table.rows.empty()) section.tables.push_back(std::move(table));
  return section;
}

Section item_section(const Manifest& now) {
  Section section{.heading = "Every item"};
  Table table{.header = {"Kind", "Item", "What became of it", "Size", "File"},
              .right_aligned = {false, false, false, true},
              .quiet = true};
  for (const auto& entry : now.entries)
    table.rows.push_back(
        {singular(entry.kind), label_of(entry), outcome_of(entry, now.head),
         is_saved(entry) ? human_bytes(entry.size_bytes) : "",
         entry.key.starts_with(now.head.snapshot + "/") ? entry.key.substr(now.head.snapshot.size() + 1) : entry.key});
  if (!table.rows.empty()) section.tables.push_back(std::move(table));
  return section;
}

}  // namespace tabferry::backup
