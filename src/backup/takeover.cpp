#include "backup/takeover.h"

namespace tabferry::backup {
namespace {

// What changed then may not have been in what was downloaded under that listing; nor may it where a time cannot be
// read.
bool may_be_newer(const std::string& changed_at, const std::string& listed_at) {
  const auto changed = base::parse_iso_time(changed_at);
  const auto listed = base::parse_iso_time(listed_at);
  return !changed || !listed || *changed > *listed - kSettled;
}

// Why the unit must be downloaded, or "" where the saved bytes are still those of the site.
std::string why_download(const Unit& unit, const Saved& saved) {
  if (unit.kind == "revisions") return unit.updated_at == saved.updated_at ? "" : "another revision of that number";
  if (unit.updated_at.empty()) return "the site does not tell when it changed";
  if (unit.updated_at != saved.updated_at) return "updatedAt moved";
  if (unit.fingerprint != saved.fingerprint) return "its attributes changed";
  if (may_be_newer(unit.updated_at, saved.bytes.as_of))
    return "it had changed within five minutes of the earlier listing";
  if (!unit.has_extracts) return "";
  if (unit.extract_at.empty()) return "it has extracts, and the Metadata API does not tell their time";
  return may_be_newer(unit.extract_at, saved.bytes.as_of) ? "its extract is newer" : "";
}

std::string rule_of_takeover(const Unit& unit) {
  if (unit.kind == "revisions") return "unchanged: a revision stays as it is";
  return unit.has_extracts ? "unchanged: updatedAt, attributes and extract time as before"
                           : "unchanged: updatedAt and attributes as before";
}

constexpr std::string_view kUnchangedSince = "unchanged since the site refused it: ";

bool is_left(const Unit& unit, const Refusal& refusal) {
  return unit.is_personal && refusal.code != 0 && !unit.updated_at.empty() && unit.updated_at == refusal.updated_at &&
         unit.fingerprint == refusal.fingerprint;
}

}  // namespace

std::string_view name_of(Incremental incremental) {
  switch (incremental) {
    case Incremental::reference:
      return "reference";
    case Incremental::copy:
      return "copy";
    case Incremental::off:
      break;
  }
  return "off";
}

Refusals refusals_of(const Manifest& manifest) {
  Refusals refused;
  for (const auto& entry : manifest.entries) {
    if (entry.outcome != Receipt::Outcome::unavailable) continue;
    std::string_view reason = entry.reason;
    if (reason.starts_with(kUnchangedSince)) reason.remove_prefix(kUnchangedSince.size());
    refused.insert_or_assign(entry.unit, Refusal{.updated_at = entry.updated_at,
                                                 .fingerprint = entry.fingerprint,
                                                 .code = entry.code,
                                                 .reason = std::string(reason)});
  }
  return refused;
}

SavedItems saved_items(const Manifest& manifest) {
  SavedItems saved;
  for (const auto& entry : manifest.entries) {
    if (is_saved(entry.outcome) && !entry.key.empty())
      saved.insert_or_assign(entry.unit,
                             Saved{.updated_at = entry.updated_at,
                                   .fingerprint = entry.fingerprint,
                                   .bytes = {entry.key, entry.size_bytes, entry.etag, entry.sha256, entry.as_of}});
    else if (entry.last_good)  // what it looked like then is not known: it is not to be taken over
      saved.insert_or_assign(entry.unit,
                             Saved{.updated_at = entry.updated_at, .fingerprint = "", .bytes = *entry.last_good});
  }
  return saved;
}

void add_saved(const StoredPlan& stored, const Receipts& receipts, SavedItems& saved) {
  for (const auto& unit : stored.plan.units) {
    const auto found = receipts.find(unit.id);
    if (found == receipts.end()) continue;
    const auto& receipt = found->second;
    if (receipt.outcome != Receipt::Outcome::done || receipt.key.empty()) continue;
    saved.insert_or_assign(
        unit.id, Saved{.updated_at = unit.updated_at,
                       .fingerprint = unit.fingerprint,
                       .bytes = {receipt.key, receipt.size_bytes, receipt.etag, receipt.sha256, stored.plan.as_of}});
  }
}

void decide(std::vector<Unit>& content, const SavedItems& saved, Incremental incremental, bool full) {
  for (auto& unit : content) {
    unit.verb = Unit::Verb::download;
    const auto found = saved.find(unit.id);
    if (found == saved.end()) {
      unit.rule = "new";
      continue;
    }
    unit.earlier = found->second.bytes;
    unit.rule =
        full || incremental == Incremental::off ? "everything is downloaded" : why_download(unit, found->second);
    if (!unit.rule.empty()) continue;
    unit.rule = rule_of_takeover(unit);
    unit.verb = incremental == Incremental::copy ? Unit::Verb::copy : Unit::Verb::reference;
  }
}

void decide_refused(std::vector<Unit>& content, const Refusals& refused, bool full) {
  for (auto& unit : content) {
    const auto found = refused.find(unit.id);
    if (unit.earlier || found == refused.end()) continue;
    unit.rule = kAskedAgain;
    if (full || !is_left(unit, found->second)) continue;
    unit.verb = Unit::Verb::leave;
    unit.code = found->second.code;
    unit.rule = std::string(kUnchangedSince) + found->second.reason;
  }
}

}  // namespace tabferry::backup
