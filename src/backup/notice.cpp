#include "backup/notice.h"

#include <fmt/format.h>

#include <algorithm>

#include "backup/earlier.h"
#include "backup/snapshot_name.h"
#include "backup/snapshots.h"
#include "backup/tally.h"
#include "backup/words.h"
#include "base/text.h"
#include "report/visible.h"

namespace tabferry::backup {
namespace {

using base::counted;
using base::ErrorKind;
using base::human_bytes;
using base::human_count;
using Lines = std::vector<std::string>;

constexpr size_t kLineLetters = 300;

std::string tidy(std::string_view text) { return on_one_line(text, kLineLetters); }

std::string failure_line(const std::string& kind, const std::string& label, int code, const std::string& reason) {
  return tidy(fmt::format("- {} {}: {}", kind, label, with_code(code, reason)));
}

Lines failures_of(const Manifest& manifest) {
  Lines lines;
  for (const auto& gap : manifest.head.gaps)
    if (gap.failed) lines.push_back(failure_line("all", in_words(gap.kind), gap.code, gap.reason));
  for (const auto& entry : manifest.entries)
    if (entry.outcome == Receipt::Outcome::failed && !entry.accepted)
      lines.push_back(
          failure_line(singular(entry.kind), base::quoted(entry.natural_key), entry.code, reason_of(entry)));
  for (const auto& one : manifest.missing)
    if (one.outcome == Receipt::Outcome::failed && !one.accepted)
      lines.push_back(
          failure_line(in_words(one.kind) + " of", base::quoted(one.natural_key), one.code, reason_of(one)));
  return lines;
}

// The first ones, and how many there are besides.
void add_some(Lines& lines, const Lines& all, size_t room) {
  const size_t named = all.size() <= room ? all.size() : room - 1;
  lines.insert(lines.end(), all.begin(), all.begin() + static_cast<std::ptrdiff_t>(named));
  if (named < all.size())
    lines.push_back(fmt::format("- and {} more, all in report.html", human_count(all.size() - named)));
}

bool can_be_gone_on_with(const Snapshot& snapshot, base::WallTime now) {
  return snapshot.state == Snapshot::State::incomplete && snapshot.planned && now - snapshot.folder.at <= kResumable;
}

std::string first_line_of(const Manifest& manifest, const Tally& tally) {
  const auto site = tidy(site_name_of(manifest.head));
  if (manifest.head.status == "complete")
    return fmt::format("Backup of {}: done. {} of {} saved, {}.", site, human_count(tally.saved),
                       counted(tally.items, "item"), human_bytes(tally.size_bytes));
  return fmt::format("Backup of {}: PARTIAL. {} of {} saved, {}; {}.", site, human_count(tally.saved),
                     counted(tally.items, "item"), human_bytes(tally.size_bytes),
                     tally.failures() ? counted(tally.failures(), "failure") : "the snapshot is limited");
}

std::string left_out_of(const ManifestHead& head) {
  return head.left_out ? fmt::format("; {} of the site", left_out_in_words(head.left_out)) : "";
}

std::string_view end_of(ErrorKind kind) {
  if (kind == ErrorKind::cancelled) return "STOPPED (Ctrl-C or SIGTERM)";
  return kind == ErrorKind::refused ? "REFUSED" : "FAILED";
}

// Nothing where it was stopped: what was under way just then is not to blame.
Lines why_of(const base::Error& error) {
  constexpr size_t kWhy = 7;
  Lines why;
  if (error.kind() == ErrorKind::cancelled) return why;
  const std::string all = error.what();
  for (const auto line : report::first_lines(all, kWhy)) why.push_back(tidy(line));
  return why;
}

std::string cure_of(ErrorKind kind, const Standing& standing) {
  // Where it was refused another backup may be the one that is begun.
  const bool goes_on = standing.begun && kind != ErrorKind::refused;
  return fmt::format(
      "To do: {}run the backup again{}.", kind == ErrorKind::cancelled ? "" : "mend what is named above and ",
      goes_on ? fmt::format(" within {} hours: it goes on where this one stopped", kResumable.count()) : "");
}

}  // namespace

Lines notice_of(const Manifest& manifest, const std::string& where) {
  constexpr size_t kFailures = 5, kNotes = 2;
  const auto tally = tally_of(manifest);
  Lines lines = {first_line_of(manifest, tally)};
  lines.push_back(fmt::format("Downloaded {} ({}), taken over unchanged {}, accepted failures {}, not on offer {}{}.",
                              human_count(tally.downloaded), human_bytes(tally.downloaded_bytes),
                              human_count(tally.taken_over), human_count(tally.accepted),
                              human_count(tally.unavailable), left_out_of(manifest.head)));
  add_some(lines, failures_of(manifest), kFailures);
  Lines notes;
  for (const auto& note : manifest.head.notes) notes.push_back(tidy("- note: " + note));
  add_some(lines, notes, kNotes);
  lines.push_back("The site was only read; nothing on it changed. Snapshot: " + tidy(where));
  if (tally.failures())
    lines.push_back(
        "To do: run the backup again (what is saved is not downloaded twice); what stays and is known goes into "
        "backup.accept_missing.");
  return lines;
}

Standing standing_of(const store::Store& store, const std::string& content_url) {
  const auto name = parse_snapshot_name(snapshot_name(content_url, {}));
  Standing standing{.known = true};
  for (const auto& site : newest_of_each_site(store, name ? name->site : content_url)) {
    if (site.complete) standing.newest = site.complete->folder.name;
    standing.begun = !site.newer.empty() && can_be_gone_on_with(site.newer.front(), store.now());
    if (standing.begun) standing.unfinished = site.newer.front().folder.name;
  }
  return standing;
}

Lines notice_of_failure(const std::string& site, const base::Error& error, const Standing& standing) {
  Lines lines = {fmt::format("Backup of {}: {}. No new snapshot is complete.", tidy(site), end_of(error.kind()))};
  const auto why = why_of(error);
  lines.insert(lines.end(), why.begin(), why.end());
  lines.push_back("The site was only read; nothing on it changed.");
  if (standing.known)
    lines.push_back(standing.newest.empty() ? "There is no complete snapshot of this site yet."
                                            : "The newest complete snapshot is still there: " + tidy(standing.newest));
  lines.push_back(cure_of(error.kind(), standing));
  return lines;
}

}  // namespace tabferry::backup
