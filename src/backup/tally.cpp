#include "backup/tally.h"

#include "backup/changes.h"

namespace tabferry::backup {
namespace {

using Outcome = Receipt::Outcome;

void add_saved(Tally& tally, const Entry& entry, const ManifestHead& head) {
  const bool taken_over = is_taken_over(entry, head);
  ++tally.saved;
  ++(taken_over ? tally.taken_over : tally.downloaded);
  tally.size_bytes += entry.size_bytes;
  if (!taken_over) tally.downloaded_bytes += entry.size_bytes;
  if (!entry.rule.empty()) ++tally.by_rule[(taken_over ? "taken over: " : "downloaded: ") + entry.rule];
}

void add_unsaved(Tally& tally, const Entry& entry) {
  switch (entry.outcome) {
    case Outcome::failed:
      ++(entry.accepted ? tally.accepted : tally.failed);
      break;
    case Outcome::unavailable:
      ++tally.unavailable;
      break;
    case Outcome::gone:
      ++tally.gone;
      break;
    case Outcome::done:
    case Outcome::referenced:
      break;
  }
}

void add_to(Amount& amount, const Entry& entry) {
  ++amount.items;
  amount.saved += is_saved(entry) ? 1U : 0U;
  amount.size_bytes += is_saved(entry) ? entry.size_bytes : 0;
}

}  // namespace

Tally tally_of(const Manifest& manifest) {
  Tally tally;
  for (const auto& entry : manifest.entries) {
    ++tally.items;
    is_saved(entry) ? add_saved(tally, entry, manifest.head) : add_unsaved(tally, entry);
    add_to(tally.by_kind[entry.kind], entry);
    add_to(tally.by_project[project_of(entry)], entry);
  }
  for (const auto& one : manifest.missing)
    if (one.outcome == Outcome::failed) ++(one.accepted ? tally.accepted : tally.documents_failed);
  for (const auto& gap : manifest.head.gaps) tally.lists_failed += gap.failed ? 1 : 0;
  return tally;
}

}  // namespace tabferry::backup
