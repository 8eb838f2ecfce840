#include "backup/takeover.h"

namespace tabferry::backup {
namespace {

// A later moment that is not before `limit` less the time to settle, or one that cannot be read.
bool may_be_newer(const std::string& changed_at, const std::string& listed_at) {
  const auto changed = base::parse_iso_time(changed_at);
  const auto listed = base::parse_iso_time(listed_at);
  return !changed || !listed || *changed > *listed - kSettled;
}

// Why the unit must be downloaded, or "" where the saved bytes are still those of the site.
std::string why_download(const Unit& unit, const Saved& saved) {
  if (unit.kind == "revisions") return unit.updated_at == saved.entry.updated_at ? "" : "another revision of that number";
  if (unit.updated_at.empty()) return "the site does not tell when it changed";
  if (unit.updated_at != saved.entry.updated_at) return "updatedAt moved";
  if (unit.fingerprint != saved.entry.fingerprint) return "its attributes changed";
  if (may_be_newer(unit.updated_at, saved.as_of)) return "it had changed within five minutes of the earlier listing";
  if (!unit.has_extracts) return "";
  if (unit.extract_at.empty()) return "it has extracts, and the Metadata API does not tell their time";
  return may_be_newer(unit.extract_at, saved.as_of) ? "its extract is newer" : "";
}

std::string rule_of_takeover(const Unit& unit) {
  if (unit.kind == "revisions") return "unchanged: a revision stays as it is";
  return unit.has_extracts ? "unchanged: updatedAt, attributes and extract time as before"
                           : "unchanged: updatedAt and attributes as before";
}

Earlier earlier_of(const Saved& saved) {
  return {.key = saved.entry.key,
          .size_bytes = saved.entry.size_bytes,
          .etag = saved.entry.etag,
          .sha256 = saved.entry.sha256,
          .as_of = saved.as_of};
}

void put_saved(const Entry& entry, const std::string& fingerprint, const Earlier& bytes, SavedItems& saved) {
  Saved one{.entry = {.unit = entry.unit, .kind = entry.kind, .last_good = {}}, .as_of = bytes.as_of};
  one.entry.updated_at = entry.updated_at;
  one.entry.fingerprint = fingerprint;
  one.entry.outcome = entry.outcome;
  one.entry.key = bytes.key;
  one.entry.size_bytes = bytes.size_bytes;
  one.entry.etag = bytes.etag;
  one.entry.sha256 = bytes.sha256;
  saved.insert_or_assign(entry.unit, std::move(one));
}

}  // namespace

SavedItems saved_items(const Manifest& manifest) {
  SavedItems saved;
  for (const auto& entry : manifest.entries) {
    const bool there = entry.outcome == Receipt::Outcome::done || entry.outcome == Receipt::Outcome::referenced;
    if (there && !entry.key.empty())
      put_saved(entry, entry.fingerprint, {entry.key, entry.size_bytes, entry.etag, entry.sha256, entry.as_of}, saved);
    else if (entry.last_good)  // what it looked like then is not known: it is not to be taken over
      put_saved(entry, "", *entry.last_good, saved);
  }
  return saved;
}

void add_saved(const StoredPlan& stored, const Receipts& receipts, SavedItems& saved) {
  for (const auto& unit : stored.plan.units) {
    const auto found = receipts.find(unit.id);
    if (found == receipts.end() || found->second.outcome != Receipt::Outcome::done || found->second.key.empty()) continue;
    const auto& receipt = found->second;
    Entry entry{.unit = unit.id, .kind = unit.kind};
    entry.updated_at = unit.updated_at;
    entry.fingerprint = unit.fingerprint;
    entry.key = receipt.key;
    entry.size_bytes = receipt.size_bytes;
    entry.etag = receipt.etag;
    entry.sha256 = receipt.sha256;
    saved.insert_or_assign(unit.id, Saved{.entry = std::move(entry), .as_of = stored.plan.as_of});
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
    unit.earlier = earlier_of(found->second);
    unit.rule = full || incremental == Incremental::off ? "everything is downloaded" : why_download(unit, found->second);
    if (!unit.rule.empty()) continue;
    unit.rule = rule_of_takeover(unit);
    unit.verb = incremental == Incremental::copy ? Unit::Verb::copy : Unit::Verb::reference;
  }
}

}  // namespace tabferry::backup
