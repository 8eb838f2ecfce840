#include "backup/snapshot_name.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tabferry::backup {
namespace {

constexpr size_t kTimeLength = 15;  // 20261122_101500
constexpr size_t kMaxNameBytes = 80;
constexpr size_t kMaxPartBytes = 255;

bool all_digits(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

// "20261122_101500"
std::optional<base::WallTime> parse_time(std::string_view text) {
  if (text.size() != kTimeLength || text[8] != '_' || !all_digits(text.substr(0, 8)) || !all_digits(text.substr(9)))
    return std::nullopt;
  return base::parse_iso_time(fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                                          text.substr(9, 2), text.substr(11, 2), text.substr(13, 2)));
}

bool is_plain_part(std::string_view part) {
  return !part.empty() && part.size() <= kMaxPartBytes && part != "." && part != ".." &&
         part.find('\\') == std::string_view::npos &&
         std::none_of(part.begin(), part.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

// The length of the character at `at`, where it is one that a console obeys (C1 controls, U+0080 to U+009F) or that
// turns what is read around (bidirectional marks: "gpj.exe" would be read as "exe.jpg"); else 0.
size_t unseen_at(std::string_view text, size_t at) {
  const auto rest = text.substr(at);
  if (rest.size() >= 2 && rest[0] == '\xC2' && static_cast<unsigned char>(rest[1]) < 0xA0) return 2;
  for (const std::string_view mark :
       {"\u200E", "\u200F", "\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066", "\u2067", "\u2068", "\u2069"})
    if (rest.starts_with(mark)) return mark.size();
  return 0;
}

std::string without_unseen(std::string_view text) {
  std::string kept;
  for (size_t at = 0; at < text.size();) {
    const size_t unseen = unseen_at(text, at);
    kept += unseen > 0 ? '_' : text[at];
    at += std::max<size_t>(unseen, 1);
  }
  return kept;
}

bool is_troublesome(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F ||
         std::string_view("/\\:*?\"<>|#%{}^[]`~&@=;+$,'").find(c) != std::string_view::npos;
}

// Not within a character.
std::string_view cut(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

}  // namespace

std::string site_word(std::string_view content_url) {
  return std::string(content_url.empty() ? "Default" : content_url);
}

std::string snapshot_name(std::string_view content_url, base::WallTime at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  return fmt::format("{}{}_{:%Y%m%d_%H%M%S}", kSnapshotPrefix, site_word(content_url), seconds);
}

std::optional<SnapshotName> parse_snapshot_name(std::string_view folder) {
  if (!folder.starts_with(kSnapshotPrefix)) return std::nullopt;
  const auto rest = folder.substr(kSnapshotPrefix.size());
  if (rest.size() < kTimeLength + 2 || rest[rest.size() - kTimeLength - 1] != '_') return std::nullopt;
  const auto at = parse_time(rest.substr(rest.size() - kTimeLength));
  if (!at) return std::nullopt;
  return SnapshotName{.site = std::string(rest.substr(0, rest.size() - kTimeLength - 1)), .at = *at};
}

std::string work_folder(std::string_view snapshot) { return fmt::format("{}{}/", snapshot, kWorkSuffix); }
std::string plan_key(std::string_view snapshot) { return work_folder(snapshot) + std::string(kPlanName); }
std::string manifest_key(std::string_view snapshot) { return fmt::format("{}/{}", snapshot, kManifestName); }
std::string prune_mark_key(std::string_view snapshot) { return work_folder(snapshot) + "pruned.json"; }

bool is_plain_key(std::string_view key) {
  const auto parts = base::split(key, '/');
  return parts.size() > 1 && std::all_of(parts.begin(), parts.end(), is_plain_part);
}

std::string safe_name(std::string_view name) {
  std::string safe(cut(name, kMaxNameBytes));
  safe = base::is_utf8(safe) ? without_unseen(safe) : "";
  for (char& c : safe)
    if (is_troublesome(c)) c = '_';
  while (!safe.empty() && (safe.back() == ' ' || safe.back() == '.')) safe.back() = '_';
  return safe.empty() ? "_" : safe;
}

}  // namespace tabferry::backup
