// snapshots, ls, status: what the store tells.
#include <charconv>

#include "app/shelf.h"
#include "app/snapshot_commands.h"
#include "backup/changes.h"
#include "backup/contents.h"
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

uint64_t items_of(const backup::Snapshot& one) {
  uint64_t items = 0;
  for (const auto* kind : {"workbooks", "datasources", "flows"})
    if (const auto found = one.head.counts.find(kind); found != one.head.counts.end()) items += found->second;
  return items;
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

// What `ls` gathers while it goes through a manifest.
struct Listing {
  report::Table items{.header = {"kind", "project", "name", "size", "updated", "status"},
                      .rows = {},
                      .right_aligned = {false, false, false, true}};
  doc::Json items_json = doc::Json::array(), missing_json = doc::Json::array(), files_json = doc::Json::array();
  uint64_t bytes = 0;

  void add(const backup::Entry& entry) {
    const bool saved = !entry.key.empty();
    bytes += entry.size_bytes;
    items.rows.push_back({entry.kind, backup::project_of(entry), entry.name.empty() ? entry.luid : entry.name,
                          saved ? base::human_bytes(entry.size_bytes) : "-", entry.updated_at,
                          saved ? std::string(backup::name_of(entry.outcome))
                                : fmt::format("{}: {}", backup::name_of(entry.outcome), entry.reason)});
    items_json.push_back(json_of(entry));
  }
  void add(const backup::Missing& missing) {
    missing_json.push_back({{"unit", missing.unit},
                            {"kind", missing.kind},
                            {"natural_key", missing.natural_key},
                            {"status", backup::name_of(missing.outcome)},
                            {"code", missing.code},
                            {"reason", missing.reason}});
    items.rows.push_back({missing.kind, "", missing.natural_key, "-", "",
                          fmt::format("{}: {}", backup::name_of(missing.outcome), missing.reason)});
  }
  void add(const backup::File& file, size_t prefix) {
    files_json.push_back({{"key", file.key}, {"size_bytes", file.size_bytes}, {"sha256", file.sha256}});
    bytes += file.size_bytes;
    items.rows.push_back(
        {"file", "", file.key.substr(std::min(prefix, file.key.size())), base::human_bytes(file.size_bytes), "", ""});
  }
};

// "5 h 12 min", "3 d 4 h".
std::string age_words(std::chrono::seconds age) {
  const auto minutes = age.count() / 60;
  if (minutes < 60) return fmt::format("{} min", minutes);
  if (minutes < 48 * 60) return fmt::format("{} h {:02} min", minutes / 60, minutes % 60);
  return fmt::format("{} d {} h", minutes / (24 * 60), minutes / 60 % 24);
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
  site.age = std::max(std::chrono::floor<std::chrono::seconds>(now - site.newest.complete->folder.at),
                      std::chrono::seconds{0});
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

std::vector<std::string> row_of(const SiteAge& site) {
  const auto& complete = site.newest.complete;
  std::vector<std::string> since;
  for (const auto& newer : site.newest.newer)
    since.push_back(fmt::format("{} ({})", base::iso_time(newer.folder.at), state_words(newer)));
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
    table.rows.push_back({one.folder.name, one.folder.site, one.readable() ? base::human_count(items_of(one)) : "-",
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
  if (!listing.items.rows.empty()) section.tables.push_back(std::move(listing.items));
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
  for (auto& one : backup::newest_of_each_site(*shelf.store, shelf.site))
    sites.push_back(age_of(std::move(one), shelf.store->now(), max_age));
  const bool bad = sites.empty() ? max_age.has_value()
                                 : std::any_of(sites.begin(), sites.end(), [](const auto& one) { return one.too_old; });
  report::Report report{.command = "status",
                        .status = bad ? report::Status::failed : report::Status::done,
                        .headline = sites.empty() ? fmt::format("There is no backup in {}", shelf.store->url(""))
                                    : bad         ? "A backup is too old"
                                                  : fmt::format("{} backed up", base::counted(sites.size(), "site")),
                        .sections = {},
                        .details = {{"sites", doc::Json::array()}}};
  report::Table table{.header = {"site", "last complete backup", "age", "since then"}};
  for (const auto& one : sites) {
    report.details["sites"].push_back(json_of(one));
    table.rows.push_back(row_of(one));
  }
  report::Section section;
  if (!sites.empty()) section.tables.push_back(std::move(table));
  report.sections.push_back(std::move(section));
  return {.report = std::move(report), .exit_code = bad ? kFoundProblem : 0};
}

}  // namespace tabferry::app
