// snapshots, ls, status: what the store tells.
#include <algorithm>
#include <charconv>
#include <tuple>

#include "app/shelf.h"
#include "app/snapshot_commands.h"
#include "app/snapshot_name.h"
#include "backup/browse.h"
#include "backup/changes.h"
#include "backup/selector_hint.h"
#include "backup/snapshots.h"
#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::app {
namespace {

std::string state_words(const backup::Snapshot& one) {
  std::string words(backup::name_of(one.state));
  if (one.state == backup::Snapshot::State::incomplete && !one.planned) words += ", never planned";
  if (one.state == backup::Snapshot::State::pruned) words += ", others name what is left";
  if (one.state == backup::Snapshot::State::foreign) words += ", another program's";
  return words;
}

doc::Json json_of(const backup::Snapshot& one) {
  doc::Json json = {{"snapshot", one.folder.name},
                    {"site", one.folder.site},
                    {"at", base::iso_time(one.folder.at)},
                    {"state", backup::name_of(one.state)}};
  if (!one.site.luid.empty()) {
    json["server"] = one.site.server;
    json["site_luid"] = one.site.luid;
  }
  if (one.readable()) {
    json["as_of"] = one.head.as_of;
    json["sealed"] = one.head.sealed;
    json["tags"] = one.head.tags;
    json["items"] = one.head.items;
    json["counts"] = doc::Json(one.head.counts);
    json["full"] = one.head.full;
    json["base"] = one.head.base;
  }
  if (!one.trouble.empty()) json["trouble"] = one.trouble;
  return json;
}

doc::Json json_of(const backup::Entry& entry) {
  doc::Json json = {{"kind", entry.kind},
                    {"natural_key", entry.natural_key},
                    {"name", entry.name},
                    {"luid", entry.luid},
                    {"status", backup::name_of(entry.outcome)}};
  if (!entry.key.empty()) {
    json["key"] = entry.key;
    json["size_bytes"] = entry.size_bytes;
    json["sha256"] = entry.sha256;
  }
  const auto put = [&](const char* name, const std::string& text) {
    if (!text.empty()) json[name] = text;
  };
  put("updated_at", entry.updated_at);
  put("as_of", entry.as_of);
  put("rule", entry.rule);
  if (entry.code != 0) json["code"] = entry.code;
  put("reason", entry.reason);
  return json;
}

// "2026-11-22 10:15" of the site's "2026-11-22T10:15:00Z"; another form as it is.
std::string to_the_minute(std::string_view time) {
  if (time.size() < 20 || time[10] != 'T' || !time.ends_with('Z')) return std::string(time);
  return fmt::format("{} {}", time.substr(0, 10), time.substr(11, 5));
}

// What `ls` gathers while it goes through a manifest.
struct Listing {
  std::vector<std::vector<std::string>> items, missing, files;  // rows
  doc::Json items_json = doc::Json::array(), missing_json = doc::Json::array(), files_json = doc::Json::array();
  uint64_t bytes = 0;

  void add(const backup::Entry& entry) {
    const bool saved = !entry.key.empty();
    bytes += entry.size_bytes;
    items.push_back({entry.kind, backup::project_of(entry), entry.name.empty() ? entry.luid : entry.name,
                     saved ? base::human_bytes(entry.size_bytes) : "-", to_the_minute(entry.updated_at),
                     saved ? std::string(backup::name_of(entry.outcome))
                           : fmt::format("{}: {}", backup::name_of(entry.outcome), entry.reason)});
    items_json.push_back(json_of(entry));
  }
  void add(const backup::Missing& one) {
    missing_json.push_back({{"unit", one.unit},
                            {"kind", one.kind},
                            {"natural_key", one.natural_key},
                            {"status", backup::name_of(one.outcome)},
                            {"code", one.code},
                            {"reason", one.reason}});
    missing.push_back(
        {one.kind, "", one.natural_key, "-", "", fmt::format("{}: {}", backup::name_of(one.outcome), one.reason)});
  }
  void add(const backup::File& file, size_t prefix) {
    files_json.push_back({{"key", file.key}, {"size_bytes", file.size_bytes}, {"sha256", file.sha256}});
    bytes += file.size_bytes;
    files.push_back(
        {"file", "", file.key.substr(std::min(prefix, file.key.size())), base::human_bytes(file.size_bytes), "", ""});
  }

  // Items by their project and name, as people look for them; then what is no item.
  report::Table table() const {
    report::Table table{.header = {"kind", "project", "name", "size", "updated (UTC)", "status"},
                        .rows = items,
                        .right_aligned = {false, false, false, true, true}};
    std::stable_sort(table.rows.begin(), table.rows.end(), [](const auto& a, const auto& b) {
      return std::tie(a[1], a[2], a[0]) < std::tie(b[1], b[2], b[0]);
    });
    for (const auto* rows : {&missing, &files}) table.rows.insert(table.rows.end(), rows->begin(), rows->end());
    return table;
  }
};

// "5 h 12 min", "3 d 4 h".
std::string age_words(std::chrono::seconds age) {
  const auto minutes = age.count() / 60;
  if (minutes < 60) return fmt::format("{} min", minutes);
  if (minutes < 48 * 60) return fmt::format("{} h {:02} min", minutes / 60, minutes % 60);
  return fmt::format("{} d {} h", minutes / (24 * 60), minutes / 60 % 24);
}

// A clock that goes wrong makes nothing younger than new.
std::chrono::seconds age_at(base::WallTime then, base::WallTime now) {
  return std::max(std::chrono::floor<std::chrono::seconds>(now - then), std::chrono::seconds{0});
}

// How old a site's newest complete backup is.
struct SiteAge {
  backup::Newest newest;
  std::chrono::seconds age{};  // where there is one
  bool too_old = false;
};

SiteAge age_of(backup::Newest newest, base::WallTime now, const std::optional<std::chrono::seconds>& max_age) {
  SiteAge site{.newest = std::move(newest), .too_old = max_age.has_value()};
  if (!site.newest.complete) return site;
  site.age = age_at(site.newest.complete->folder.at, now);
  site.too_old = max_age && site.age > *max_age;
  return site;
}

doc::Json json_of(const SiteAge& site) {
  doc::Json json = {{"site", site.newest.site}};
  if (const auto& complete = site.newest.complete) {
    json["backup"] = complete->folder.name;
    json["at"] = base::iso_time(complete->folder.at);
    json["age_seconds"] = site.age.count();
  }
  json["too_old"] = site.too_old;
  json["newer"] = doc::Json::array();
  for (const auto& newer : site.newest.newer)
    json["newer"].push_back({{"snapshot", newer.folder.name}, {"state", backup::name_of(newer.state)}});
  return json;
}

std::vector<std::string> row_of(const SiteAge& site, base::WallTime now) {
  const auto& complete = site.newest.complete;
  std::vector<std::string> since;
  for (const auto& newer : site.newest.newer)
    since.push_back(fmt::format("{} ago ({})", age_words(age_at(newer.folder.at, now)), state_words(newer)));
  return {site.newest.site, complete ? complete->folder.name : "-",
          (complete ? age_words(site.age) : "never") + (site.too_old ? ": too old" : ""), base::join(since, ", ")};
}

}  // namespace

CommandEnd list_snapshots(const Caller& caller) {
  const auto shelf = open_shelf(caller);
  auto snapshots = backup::find_snapshots(*shelf.store, caller.stop);
  std::erase_if(snapshots, [&](const auto& one) { return !shelf.site.empty() && one.folder.site != shelf.site; });
  report::Report report{
      .command = "snapshots",
      .headline = fmt::format("{} in {}", base::counted(snapshots.size(), "snapshot"), shelf.store->url("")),
      .sections = {},
      .details = {{"store", shelf.store->url("")}, {"snapshots", doc::Json::array()}}};
  report::Table table{.header = {"snapshot", "site", "items", "tags", "state"}, .right_aligned = {false, false, true}};
  report::Section section;
  for (const auto& one : snapshots) {
    report.details["snapshots"].push_back(json_of(one));
    table.rows.push_back({one.folder.name, one.folder.site, one.readable() ? base::human_count(one.head.items) : "-",
                          base::join(one.head.tags, ", "), state_words(one)});
    if (!one.trouble.empty()) section.warnings.push_back(one.trouble);
  }
  if (snapshots.empty())
    section.next_steps = {"tabferry backup makes one"};
  else
    section.tables.push_back(std::move(table));
  report.sections.push_back(std::move(section));
  return {.report = std::move(report)};
}

CommandEnd list_contents(const Caller& caller, const std::string& snapshot, const std::string& selector) {
  check_snapshot_name(snapshot);
  const auto chosen = selector.empty() ? std::nullopt : std::optional<backup::Selector>(selector);
  const auto shelf = open_shelf(caller);
  const auto found = backup::resolve_snapshot(*shelf.store, snapshot, shelf.site);
  backup::expect_readable(*shelf.store, found);
  Listing listing;
  const auto& name = found.folder.name;
  backup::visit_contents(*shelf.store, name, chosen,
                         {.entry = [&](const auto& entry) { listing.add(entry); },
                          .missing = [&](const auto& missing) { listing.add(missing); },
                          .file = [&](const auto& file) { listing.add(file, name.size() + 1); }});
  report::Report report{
      .command = "ls",
      .headline = fmt::format("{} ({}): {}, {}, {}", name, backup::name_of(found.state),
                              base::counted(listing.items_json.size(), "item"),
                              base::counted(listing.files_json.size(), "other file"), base::human_bytes(listing.bytes)),
      .sections = {},
      .details = {{"snapshot", name}}};
  report.details["items"] = std::move(listing.items_json);
  report.details["missing"] = std::move(listing.missing_json);
  report.details["files"] = std::move(listing.files_json);
  report::Section section;
  auto table = listing.table();
  if (table.rows.empty() && chosen)
    section.next_steps = {
        fmt::format("{} is nothing in it; {}", base::quoted(selector), backup::hint_for(*shelf.store, name, *chosen))};
  if (!table.rows.empty()) section.tables.push_back(std::move(table));
  report.sections.push_back(std::move(section));
  return {.report = std::move(report)};
}

std::chrono::seconds parse_age(const std::string& text) {
  uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  const uint64_t seconds = unit == "m" ? 60 : unit == "h" ? 3600 : unit == "d" ? 86'400 : 0;
  if (error != std::errc{} || seconds == 0 || count > 100'000)
    base::fail(ErrorKind::usage, "{} is no age; write a whole number and m, h or d, such as 26h", base::quoted(text));
  return std::chrono::seconds(count * seconds);
}

CommandEnd tell_status(const Caller& caller, const std::optional<std::chrono::seconds>& max_age) {
  const auto shelf = open_shelf(caller);
  std::vector<SiteAge> sites;
  const auto now = shelf.store->now();
  for (auto& one : backup::newest_of_each_site(*shelf.store, shelf.site))
    sites.push_back(age_of(std::move(one), now, max_age));
  const auto is_too_old = [](const SiteAge& one) { return one.too_old; };
  const auto has_complete = [](const SiteAge& one) { return one.newest.complete.has_value(); };
  const bool none = std::none_of(sites.begin(), sites.end(), has_complete);
  const bool bad = none || std::any_of(sites.begin(), sites.end(), is_too_old);
  report::Report report{.command = "status",
                        .status = bad ? report::Status::failed : report::Status::done,
                        .headline = none  ? fmt::format("There is no {}backup in {}", sites.empty() ? "" : "complete ",
                                                        shelf.store->url(""))
                                    : bad ? "A backup is too old"
                                          : fmt::format("{} backed up", base::counted(sites.size(), "site")),
                        .sections = {},
                        .details = {{"sites", doc::Json::array()}}};
  report::Table table{.header = {"site", "last complete backup", "age", "since then"}};
  for (const auto& one : sites) {
    report.details["sites"].push_back(json_of(one));
    table.rows.push_back(row_of(one, now));
  }
  report::Section section;
  if (!sites.empty()) section.tables.push_back(std::move(table));
  report.sections.push_back(std::move(section));
  return {.report = std::move(report), .exit_code = bad ? kFoundProblem : 0};
}

}  // namespace tabferry::app
