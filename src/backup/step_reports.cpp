#include "backup/step_reports.h"

#include <fmt/format.h>

#include "backup/words.h"
#include "base/text.h"

namespace tabferry::backup {
namespace {

using base::counted;
using base::human_bytes;
using base::human_count;

// "31 items (12 of them unchanged) and 211 documents of metadata"
std::string units_in_words(const std::vector<Unit>& units) {
  uint64_t items = 0, unchanged = 0;
  for (const auto& unit : units) {
    items += unit.verb != Unit::Verb::read ? 1U : 0U;
    unchanged += unit.verb == Unit::Verb::reference || unit.verb == Unit::Verb::copy ? 1U : 0U;
  }
  return fmt::format("{}{} and {} of metadata", counted(items, "item"),
                     unchanged ? fmt::format(" ({} of them unchanged)", human_count(unchanged)) : "",
                     counted(units.size() - items, "document"));
}

uint64_t units_of(const WorkDone& done) {
  uint64_t units = 0;
  for (const auto& [outcome, count] : done.units) units += count;
  return units;
}

std::vector<std::string> next_steps_of(const Planned& planned) {
  const auto& snapshot = planned.stored.plan.snapshot;
  if (planned.done_here.continues) return {"the same backup-plan again, which goes on"};
  const auto more = planned.shards > 1 ? fmt::format(" ... {}/{}", planned.shards - 1, planned.shards) : "";
  return {fmt::format("tabferry backup-work --snapshot {} --shard 0/{}{}", snapshot, planned.shards, more),
          fmt::format("tabferry backup-seal --snapshot {}", snapshot)};
}

// "s3://BUCKET/KEY" as an engine's reader of S3 wants it; a directory is one URL.
doc::Json place_of(const std::string& url) {
  if (!url.starts_with("s3://")) return {{"url", url}};
  const auto slash = url.find('/', 5);
  return {{"bucket", url.substr(5, slash - 5)}, {"key", url.substr(slash + 1)}};
}

std::string plan_headline(const Planned& planned) {
  const auto& plan = planned.stored.plan;
  auto text = fmt::format("{} {}: {}", planned.resumed ? "Going on with" : "Planned", plan.snapshot,
                          units_in_words(plan.units));
  if (plan.left_out) text += "; " + left_out_in_words(plan.left_out);
  if (planned.done_here.continues)
    text += fmt::format("; the time was up before {} of them were read that the workers' connected app cannot read",
                        human_count(planned.done_here.left));
  return text;
}

std::string work_headline(const WorkDone& done, const std::string& snapshot) {
  const auto units = units_of(done);
  if (done.sealed) return fmt::format("{} is sealed already: nothing was done", snapshot);
  if (done.continues)
    return fmt::format("The time was up: {} and documents of {} finished, {} left; run it again",
                       counted(units, "item"), snapshot, human_count(done.left));
  if (units == 0) return fmt::format("Nothing was left to do of this part of {}", snapshot);
  return fmt::format("{} and documents of {} {} finished", counted(units, "item"), snapshot, units == 1 ? "is" : "are");
}

}  // namespace

report::Report report_of(const Planned& planned) {
  const auto& plan = planned.stored.plan;
  report::Report report{.command = "backup-plan", .headline = plan_headline(planned)};
  if (planned.done_here.continues) report.status = report::Status::continues;
  report::Section section{.next_steps = next_steps_of(planned)};
  const auto here = units_of(planned.done_here);
  if (here > 0)
    section.facts.emplace_back("read by this step, as the workers' connected app cannot", human_count(here));
  report.sections.push_back(std::move(section));
  report.details = {{"snapshot", plan.snapshot}, {"resumed", planned.resumed}, {"units", plan.units.size()},
                    {"left_out", plan.left_out}, {"shards", planned.shards},   {"done_here", here}};
  if (!planned.shard_list_url.empty()) report.details["shard_list"] = place_of(planned.shard_list_url);
  return report;
}

report::Report report_of(const WorkDone& done, const std::string& snapshot) {
  report::Report report{.command = "backup-work", .headline = work_headline(done, snapshot)};
  if (done.units.contains(Receipt::Outcome::failed)) report.status = report::Status::partial;
  if (done.continues) report.status = report::Status::continues;
  const auto failed = done.units.find(Receipt::Outcome::failed);
  report.counts = {
      .items = units_of(done), .failed = failed == done.units.end() ? 0 : failed->second, .bytes = done.bytes};
  report::Section section;
  report.details = {{"snapshot", snapshot},
                    {"sealed", done.sealed},
                    {"found", done.receipts_found},
                    {"bytes", done.bytes},
                    {"left", done.left}};
  if (done.receipts_found > 0) section.facts.emplace_back("done before", human_count(done.receipts_found));
  for (const auto outcome : kOutcomes) report.details[std::string(name_of(outcome))] = 0;
  for (const auto& [outcome, count] : done.units) {
    section.facts.emplace_back(std::string(name_of(outcome)), human_count(count));
    report.details[std::string(name_of(outcome))] = count;
  }
  if (!done.sealed) section.facts.emplace_back("downloaded", human_bytes(done.bytes));
  report.sections.push_back(std::move(section));
  return report;
}

report::Report report_of_unfinished(const Backed& backed) {
  const auto& snapshot = backed.planned.stored.plan.snapshot;
  auto report = report_of(backed.worked, snapshot);
  report.command = "backup";
  report.status = report::Status::continues;
  report.counts = {};  // the run that ends counts all of them
  report.headline = fmt::format(
      "The time was up before {} was complete: {} of {} items and documents are left; run it "
      "again, and it goes on",
      snapshot, human_count(backed.worked.left), human_count(backed.planned.stored.plan.units.size()));
  report.details["resumed"] = backed.planned.resumed;
  report.details["units"] = backed.planned.stored.plan.units.size();
  return report;
}

}  // namespace tabferry::backup
