#include "backup/preview_report.h"

#include <algorithm>
#include <map>

#include "backup/words.h"
#include "base/error.h"
#include "base/text.h"

namespace tabferry::backup {
namespace {

using base::human_bytes;
using base::human_count;

report::Table table_of_rules(const Plan& plan) {
  std::map<std::string, std::pair<uint64_t, uint64_t>> rules;  // count and listed bytes
  for (const auto& unit : plan.units)
    if (unit.verb != Unit::Verb::read) {
      const auto verb = unit.rule == kAskedAgain ? "ask again" : name_of(unit.verb);
      auto& [count, bytes] = rules[fmt::format("{}: {}", verb, unit.rule)];
      ++count;
      bytes += unit.listed_bytes;
    }
  report::Table table{.header = {"what would be done, and why", "items", "size as listed"},
                      .right_aligned = {false, true, true}};
  for (const auto& [rule, sums] : rules)
    table.rows.push_back({rule, human_count(sums.first), human_bytes(sums.second)});
  return table;
}

std::string requests_text(const Preview& preview) {
  std::string text = fmt::format("{} ({} for lists, {} for documents, {} downloads)", human_count(preview.requests),
                                 human_count(preview.plan.list_requests), human_count(preview.documents),
                                 human_count(preview.downloads + preview.asked_again));
  if (preview.hours_of_budget > 0) text += fmt::format("; {:.1f} h of the requests_per_hour", preview.hours_of_budget);
  return text;
}

doc::Json details_of(const Preview& preview) {
  return {{"base", preview.plan.base},
          {"full", preview.plan.full},
          {"downloads", preview.downloads},
          {"taken_over", preview.taken_over},
          {"asked_again", preview.asked_again},
          {"left", preview.left},
          {"left_out", preview.plan.left_out},
          {"documents", preview.documents},
          {"download_bytes", preview.download_bytes},
          {"list_requests", preview.plan.list_requests},
          {"requests", preview.requests},
          {"hours_of_budget", preview.hours_of_budget},
          {"notes", preview.plan.notes}};
}

std::string headline_of(const Preview& preview) {
  const uint64_t items = preview.downloads + preview.taken_over;
  const auto left_out = preview.plan.left_out;
  const auto of_all = human_count(items + preview.asked_again + preview.left + left_out);
  auto text =
      fmt::format("{}{} would be saved: {} downloaded ({} as listed), {} taken over",
                  left_out ? fmt::format("{} of ", human_count(items)) : "",
                  left_out ? fmt::format("{} items", of_all) : base::counted(items, "item"),
                  human_count(preview.downloads), human_bytes(preview.download_bytes), human_count(preview.taken_over));
  if (preview.asked_again)
    text += fmt::format("; {} asked for again, not on offer the last time", human_count(preview.asked_again));
  if (preview.left)
    text += fmt::format("; {} not asked for, unchanged since the site refused {}", human_count(preview.left),
                        preview.left == 1 ? "it" : "them");
  return text + (left_out ? "; " + left_out_in_words(left_out) : "");
}

}  // namespace

report::Report report_of(const Preview& preview) {
  report::Report report{.command = "backup --dry-run", .headline = headline_of(preview)};
  report::Section section{
      .facts = {{"requests", requests_text(preview)},
                {"taken over from",
                 preview.plan.base.empty() ? "nothing: there is no earlier snapshot" : preview.plan.base}}};
  section.tables.push_back(table_of_rules(preview.plan));
  for (const auto& limit : preview.plan.limits) section.warnings.push_back(limit);
  for (const auto& note : preview.plan.notes) section.warnings.push_back(note);
  for (const auto& gap : preview.plan.gaps)
    section.warnings.push_back(fmt::format("{} {}: {}", in_words(gap.kind),
                                           gap.failed ? "could not be listed" : "are not available", gap.reason));
  report.sections.push_back(std::move(section));
  report.details = details_of(preview);
  return report;
}

}  // namespace tabferry::backup
