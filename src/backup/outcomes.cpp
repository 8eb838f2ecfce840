#include "backup/outcomes.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

using Outcome = Receipt::Outcome;
using Verb = Unit::Verb;

// The worker may have found that the plan's rule did not hold: then the bytes are new ones.
bool is_taken_over(const Unit& unit, const Receipt& receipt) {
  if (receipt.outcome == Outcome::referenced) return true;
  return receipt.outcome == Outcome::done && unit.verb == Verb::copy && receipt.rule.empty();
}

void add_bytes(Entry& entry, const Plan& plan, const Unit& unit, const Receipt& receipt) {
  const bool earlier = is_taken_over(unit, receipt) && unit.earlier;
  entry.key = receipt.key;
  entry.size_bytes = receipt.size_bytes;
  entry.etag = receipt.etag;
  entry.sha256 = receipt.sha256;
  entry.as_of = earlier ? unit.earlier->as_of : plan.as_of;
}

int tries_of(const Receipt& receipt) { return receipt.outcome == Outcome::failed ? receipt.tries : 0; }

Entry entry_of(const Plan& plan, const Unit& unit, const Receipt& receipt) {
  Entry entry{.unit = unit.id,
              .kind = unit.kind,
              .of_kind = unit.of_kind,
              .luid = unit.luid,
              .name = unit.name,
              .natural_key = unit.natural_key,
              .updated_at = unit.updated_at,
              .fingerprint = unit.fingerprint,
              .outcome = receipt.outcome,
              .rule = receipt.rule.empty() ? unit.rule : receipt.rule,
              .code = receipt.code,
              .reason = receipt.reason,
              .tries = tries_of(receipt),
              .last_good = {}};
  if (is_saved(receipt.outcome)) add_bytes(entry, plan, unit, receipt);
  if (receipt.outcome == Outcome::failed) entry.last_good = unit.earlier;
  return entry;
}

Missing missing_of(const Unit& unit, const Receipt& receipt) {
  return {.unit = unit.id,
          .kind = unit.kind,
          .of_kind = unit.of_kind,
          .luid = unit.luid,
          .natural_key = unit.natural_key,
          .outcome = receipt.outcome,
          .code = receipt.code,
          .reason = receipt.reason,
          .tries = tries_of(receipt)};
}

void refuse_unfinished(const Plan& plan, const Receipts& receipts) {
  const auto lacks = [&](const Unit& unit) { return !receipts.contains(unit.id); };
  const auto lacking = std::count_if(plan.units.begin(), plan.units.end(), lacks);
  if (lacking == 0) return;
  base::fail(ErrorKind::conflict,
             "sealing {}: {} of {} units have no receipt yet, first '{}'. Wait for the workers that are at work; "
             "what they leave 'tabferry backup-work --snapshot {} --shard 0/1' does, then seal again",
             plan.snapshot, base::human_count(static_cast<uint64_t>(lacking)), base::human_count(plan.units.size()),
             std::find_if(plan.units.begin(), plan.units.end(), lacks)->id, plan.snapshot);
}

std::string note_of(const Acceptance& known, uint64_t count) {
  return fmt::format("accepted: {} that {} names ({})", base::counted(count, "failure"), known.selector.text(),
                     known.reason.empty() ? "no reason given" : known.reason);
}

// A document is named by its own kind ("permissions:Finance/**") as well as by its item's.
template <class Failures>
uint64_t accept_in(Failures& failures, const Selector& selector, bool counts) {
  uint64_t matched = 0;
  for (auto& one : failures) {
    if (one.outcome != Outcome::failed || one.accepted) continue;
    if (!selector.matches(one.kind, one.luid, one.natural_key) &&
        !selector.matches(one.of_kind, one.luid, one.natural_key))
      continue;
    one.accepted = counts;
    ++matched;
  }
  return matched;
}

void refuse_failures(uint64_t failures, uint64_t all, std::string_view what, const FailureBound& bound) {
  if (failures <= bound.of(all)) return;
  base::fail(ErrorKind::transient,
             "{} of {} {} failed, {} may (backup.max_failures): nothing is sealed, and the next backup goes on where "
             "this one stopped",
             base::human_count(failures), base::human_count(all), what, base::human_count(bound.of(all)));
}

}  // namespace

uint64_t FailureBound::of(uint64_t items) const { return std::max(items * percent / 100, at_least); }

Outcomes outcomes_of(const Plan& plan, const Receipts& receipts) {
  refuse_unfinished(plan, receipts);
  Outcomes outcomes;
  outcomes.requests["lists"] = plan.list_requests;
  outcomes.requests["documents"] = outcomes.requests["downloads"] = 0;
  const auto is_content = [](const Unit& unit) { return unit.verb != Verb::read; };
  outcomes.entries.reserve(static_cast<size_t>(std::count_if(plan.units.begin(), plan.units.end(), is_content)));
  for (const auto& unit : plan.units) {
    const auto& receipt = receipts.at(unit.id);
    const bool document = unit.verb == Verb::read;
    if (document || (unit.verb != Verb::leave && !is_taken_over(unit, receipt)))
      outcomes.requests[document ? "documents" : "downloads"] += static_cast<uint64_t>(std::max(receipt.tries, 1));
    if (!document) outcomes.entries.push_back(entry_of(plan, unit, receipt));
    if (document && receipt.outcome != Outcome::done) outcomes.missing.push_back(missing_of(unit, receipt));
    outcomes.documents += document ? 1 : 0;
  }
  return outcomes;
}

void accept(Outcomes& outcomes, const std::vector<Acceptance>& known, base::WallTime now) {
  for (const auto& one : known) {
    const bool counts = !one.until || now < *one.until;
    const uint64_t matched =
        accept_in(outcomes.entries, one.selector, counts) + accept_in(outcomes.missing, one.selector, counts);
    if (matched == 0) continue;
    outcomes.notes.push_back(counts ? note_of(one, matched)
                                    : fmt::format("{} that {} names are not accepted since {}: take it out of "
                                                  "backup.accept_missing, or give it another day",
                                                  base::counted(matched, "failure"), one.selector.text(),
                                                  base::iso_time(*one.until)));
  }
}

uint64_t failures_of(const std::vector<Entry>& entries) {
  return static_cast<uint64_t>(std::count_if(entries.begin(), entries.end(), [](const Entry& entry) {
    return entry.outcome == Outcome::failed && !entry.accepted;
  }));
}

uint64_t failures_of(const std::vector<Missing>& missing) {
  return static_cast<uint64_t>(std::count_if(missing.begin(), missing.end(), [](const Missing& one) {
    return one.outcome == Outcome::failed && !one.accepted;
  }));
}

void refuse_failures(const Outcomes& outcomes, const FailureBound& bound) {
  refuse_failures(failures_of(outcomes.entries), outcomes.entries.size(), "items", bound);
  refuse_failures(failures_of(outcomes.missing), outcomes.documents, "documents", bound);
}

}  // namespace tabferry::backup
