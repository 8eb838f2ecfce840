// Two snapshots of an invented site, one day apart: what a report must be able to tell.
#pragma once

#include <fmt/format.h>

#include "backup/manifest.h"

namespace tabferry::test {

using backup::Entry;
using backup::Manifest;
using Outcome = backup::Receipt::Outcome;

inline Entry saved_item(const Manifest& manifest, const std::string& kind, const std::string& luid,
                        const std::string& natural_key, uint64_t size_bytes) {
  const auto name = natural_key.substr(natural_key.rfind('/') + 1);
  return {.unit = kind + "/" + luid,
          .kind = kind,
          .luid = luid,
          .name = name,
          .natural_key = natural_key,
          .updated_at = "2026-11-20T08:00:00Z",
          .outcome = Outcome::done,
          .key = fmt::format("{}/{}/{}_{}.twbx", manifest.head.snapshot, kind, luid, name),
          .size_bytes = size_bytes,
          .sha256 = fmt::format("{:064x}", size_bytes),
          .as_of = manifest.head.as_of,
          .rule = "new",
          .last_good = {}};
}

inline Manifest empty_manifest(const std::string& snapshot, const std::string& as_of) {
  Manifest manifest;
  manifest.head = {
      .snapshot = snapshot, .tool = "tabferry 0.1.0", .status = "complete", .started = as_of, .as_of = as_of};
  manifest.head.site = {.server = "https://eu-west-1a.online.tableau.com",
                        .luid = "5b3c1f8e-0d6a-4c1e-9f9e-6a2f6f0b7f11",
                        .content_url = "sales",
                        .product_version = "2026.3.0",
                        .build = "20263.26.1107.1410",
                        .rest_api_version = "3.29",
                        .user = "backup@acme.example",
                        .user_luid = "u-1",
                        .role = "SiteAdministratorExplorer"};
  manifest.head.scope = "admin";
  manifest.head.asked = "kinds=all";
  return manifest;
}

inline std::string luid_of(size_t i) {
  return fmt::format("{:08x}-0000-4000-8000-{:012x}", i * 2654435761U % 0xFFFFFFFFU, i);
}

// `items` items in 40 projects, in each kind of content.
inline Manifest earlier_manifest(size_t items) {
  auto manifest = empty_manifest("backup_tableau_cloud_sales_20261121_101500", "2026-11-21T10:15:00Z");
  static constexpr const char* kTops[] = {"Finance", "Sales", "Operations", "Marketing", "Human Resources"};
  static constexpr const char* kBelow[] = {"Daily", "Daily/EMEA",        "Forecast", "Archive/2025",
                                           "Board", "Ad hoc \\/ drafts", "KPIs",     "Partners"};
  static constexpr const char* kNames[] = {"Pipeline",  "Revenue by region", "Headcount",       "Churn",
                                           "Inventory", "Budget vs actual",  "Campaign returns"};
  for (size_t i = 0; i < items; ++i) {
    const auto* kind = i % 10 == 9 ? "flows" : i % 10 > 5 ? "datasources" : "workbooks";
    const auto key = fmt::format("{}/{}/{} {}", kTops[i * i % 5], kBelow[i * 7 % 8], kNames[i % 7], i);
    manifest.entries.push_back(saved_item(manifest, kind, luid_of(i), key, 40'000 + i * i * i * 997 % 180'000'000));
  }
  manifest.head.sealed = "2026-11-21T10:29:12Z";
  manifest.head.counts = {{"workbooks", items * 6 / 10},
                          {"datasources", items * 3 / 10},
                          {"flows", items / 10},
                          {"users", 1497},
                          {"groups", 130},
                          {"projects", 46}};
  return manifest;
}

inline void take_over(Entry& entry) {
  entry.outcome = Outcome::referenced;
  entry.rule = "unchanged: updatedAt, size and attributes as listed before";
}

inline void fail(Entry& entry, int code, const std::string& reason) {
  entry.last_good = backup::Earlier{
      .key = entry.key, .size_bytes = entry.size_bytes, .etag = "", .sha256 = entry.sha256, .as_of = entry.as_of};
  entry.outcome = code == 403157 ? Outcome::unavailable : Outcome::failed;
  entry.key.clear();
  entry.size_bytes = 0;
  entry.sha256.clear();
  entry.code = code;
  entry.reason = reason;
}

// The next day: of everything something. `items` is at least 40. Item 0 changed, 1 renamed, 2 moved, 3 gone, 4
// replaced, 5 and 6 failed (6 accepted), 7 not on offer; one is new.
inline Manifest next_manifest(size_t items) {
  auto manifest = earlier_manifest(items);
  const auto before = manifest.head;
  manifest.head = empty_manifest("backup_tableau_cloud_sales_20261122_101500", "2026-11-22T10:15:00Z").head;
  manifest.head.status = "partial";
  manifest.head.sealed = "2026-11-22T10:21:12Z";
  manifest.head.base = before.snapshot;
  manifest.head.counts = before.counts;
  manifest.head.counts["users"] += 3;
  manifest.head.counts["custom_views"] = 212;
  manifest.head.requests = {{"lists", 64}, {"documents", 2113}, {"downloads", 9}};
  manifest.head.notes = {
      "workbooks: 181 were announced and 180 seen in 3 passes: one was deleted while the list was read"};
  manifest.head.gaps = {{.kind = "virtual_connections",
                         .failed = false,
                         .code = 403004,
                         .reason = "the site has no Data Management licence"}};
  for (auto& entry : manifest.entries) take_over(entry);
  auto& all = manifest.entries;
  const auto downloaded = [&](size_t i, const std::string& key, uint64_t size_bytes, const char* rule) {
    all[i] = saved_item(manifest, all[i].kind, all[i].luid, key, size_bytes);
    all[i].rule = rule;
  };
  downloaded(0, all[0].natural_key, all[0].size_bytes + 1'200'000, "updatedAt moved");
  downloaded(1, all[1].natural_key + " (renamed)", 1'000'997 - 960'000, "updatedAt moved");
  all[1].sha256 = fmt::format("{:064x}", 40'997);
  all[2].natural_key = "Finance/New home/" + all[2].name;
  all[4].luid = "ffffffff-0000-4000-8000-000000000004";
  all[4].unit = all[4].kind + "/" + all[4].luid;
  fail(all[5], 0, "the site answered 504 (Gateway Timeout) to each of 5 tries in 12 min 04 s");
  fail(all[6], 400033, "the extract is damaged on the site");
  all[6].accepted = true;
  fail(all[7], 403157, "its owner's Personal Space is closed to administrators");
  all.push_back(saved_item(manifest, "workbooks", "eeeeeeee-0000-4000-8000-000000000001", "Sales/Daily/Quarter close",
                           48'000'000));
  all.erase(all.begin() + 3);
  manifest.missing = {{.unit = "permissions/workbooks/" + luid_of(10),
                       .kind = "permissions",
                       .of_kind = "workbooks",
                       .luid = luid_of(10),
                       .natural_key = "Finance/KPIs/Pipeline 10",
                       .outcome = Outcome::failed,
                       .code = 500000,
                       .reason = "the site answered an internal error to each of 5 tries"}};
  for (size_t i = 20; i < 32; ++i)
    manifest.missing.push_back({.unit = "data_alerts/" + luid_of(i),
                                .kind = "connections",
                                .of_kind = "datasources",
                                .luid = luid_of(i),
                                .natural_key = fmt::format("Sales/Daily/Churn {}", i),
                                .outcome = Outcome::unavailable,
                                .code = 403006,
                                .reason = "the version of the site does not tell it"});
  return manifest;
}

}  // namespace tabferry::test
