// A store with small snapshots in it, made by hand: every kind of file that a snapshot has.
#pragma once

#include <gtest/gtest.h>
#include <zip.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "backup/manifest.h"
#include "backup/plan.h"
#include "backup/snapshot_name.h"
#include "base/hash.h"
#include "base/tempdir.h"
#include "io/file.h"
#include "store/dir_store.h"
#include "store/small.h"
#include "support/silent_reporter.h"

namespace tabferry::backup {

// A zip of these entries, name -> bytes.
inline std::string zip_of(const std::map<std::string, std::string>& entries) {
  const base::TempDir temp(base::default_temp_parent());
  const auto path = (temp.path() / "x.zip").string();
  zip_t* zip = zip_open(path.c_str(), ZIP_CREATE, nullptr);
  for (const auto& [name, bytes] : entries)
    zip_file_add(zip, name.c_str(), zip_source_buffer(zip, bytes.data(), bytes.size(), 0), 0);
  EXPECT_EQ(zip_close(zip), 0);
  return io::read_text(path);
}

inline base::WallTime at(std::string_view iso) { return *base::parse_iso_time(iso); }

// A snapshot on its way to the shelf. Its objects are in the store, its manifest not yet.
class Draft {
 public:
  Draft(const store::Store& store, const std::string& site, base::WallTime time, const std::string& luid = "site-luid")
      : store_(store), name(snapshot_name(site, time)) {
    manifest.head = {.snapshot = name, .tool = "test", .status = "complete", .started = base::iso_time(time)};
    manifest.head.site = {
        .server = "https://tableau.example", .luid = luid, .content_url = site == "Default" ? "" : site};
  }

  Entry& item(const std::string& kind, const std::string& path_in_folder, const std::string& natural_key,
              const std::string& bytes) {
    const File file = put(path_in_folder, bytes);
    auto& entry = manifest.entries.emplace_back();
    entry.unit = kind + "/luid-of-" + natural_key;
    entry.kind = kind;
    entry.luid = "luid-of-" + natural_key;
    entry.name = natural_key.substr(natural_key.rfind('/') + 1);
    entry.natural_key = natural_key;
    entry.outcome = Receipt::Outcome::done;
    entry.key = file.key;
    entry.size_bytes = file.size_bytes;
    entry.sha256 = file.sha256;
    entry.etag = file.etag;
    return entry;
  }
  // The same bytes as in an earlier one.
  Entry& reference(const Entry& earlier) {
    auto& entry = manifest.entries.emplace_back(earlier);
    entry.outcome = Receipt::Outcome::referenced;
    return entry;
  }
  Entry& failed(const std::string& kind, const std::string& natural_key) {
    auto& entry = manifest.entries.emplace_back();
    entry.unit = kind + "/luid-of-" + natural_key;
    entry.kind = kind;
    entry.luid = "luid-of-" + natural_key;
    entry.natural_key = natural_key;
    entry.outcome = Receipt::Outcome::failed;
    entry.reason = "500 behind all tries";
    return entry;
  }
  void file(const std::string& path_in_folder, const std::string& bytes) {
    manifest.files.push_back(put(path_in_folder, bytes));
  }

  Plan plan() const {
    Plan plan;
    plan.snapshot = name;
    plan.run = "0123456789abcdef";
    plan.site = manifest.head.site;
    return plan;
  }
  // The work folder: plan and receipts.
  void work(const std::vector<Unit>& units = {}) {
    auto what = plan();
    what.units = units;
    EXPECT_TRUE(claim(store_, what));
    store::put_text(store_, work_folder(name) + "receipts/1.jsonl", "{}\n");
  }
  void seal() { create_manifest(store_, manifest); }

 private:
  File put(const std::string& path_in_folder, const std::string& bytes) {
    const auto object = store::put_text(store_, name + "/" + path_in_folder, bytes, {.if_absent = true});
    return {.key = object.key, .size_bytes = bytes.size(), .etag = object.etag, .sha256 = base::sha256_hex(bytes)};
  }

  const store::Store& store_;

 public:
  std::string name;
  Manifest manifest;
};

// In memory where there is such a place: thousands of files are synced.
inline std::filesystem::path quick_parent() {
  const std::filesystem::path memory = "/dev/shm";
  std::error_code error;
  const auto space = std::filesystem::space(memory, error);
  return !error && space.available > (uint64_t{64} << 20) ? memory : base::default_temp_parent();
}

class ShelfTest : public testing::Test {
 protected:
  std::set<std::string> keys(const std::string& prefix = "") const {
    std::set<std::string> found;
    store_.list(prefix, [&](const store::Object& object) { found.insert(object.key); });
    return found;
  }
  std::string bytes_of(const std::string& key) const { return store::read_text(store_, key).value().text; }
  // Behind the store's back, so that nothing refuses it.
  void overwrite(const std::string& key, const std::string& bytes) const {
    std::filesystem::create_directories((root_ / key).parent_path());
    std::ofstream(root_ / key, std::ios::binary | std::ios::trunc) << bytes;
  }
  void erase(const std::string& key) const { std::filesystem::remove(root_ / key); }

  // One of every kind of file.
  Draft full_draft(base::WallTime time = at("2026-11-22T10:15:00Z"), const std::string& site = "sales") const {
    Draft draft(store_, site, time);
    const std::string rows(5000, 'r');
    draft.item("workbooks", "workbooks/w1_Sales.twbx", "Finance/Sales",
               zip_of({{"Sales.twb", "<workbook/>"}, {"Data/Extracts/a.hyper", "hyper " + rows}}));
    draft.item("workbooks", "workbooks/w2_Plain.twb", "Finance/Plain",
               "<?xml version='1.0'?><workbook><a/></workbook>");
    draft.item("datasources", "published_data_sources/d1_Orders.tdsx", "Finance/Daily/Orders",
               zip_of({{"Orders.tds", "<datasource/>"}, {"Data/o.hyper", "other " + rows}}));
    draft.item("datasources", "published_data_sources/d2_Live.tds", "Finance/Live",
               "<datasource><connection/></datasource>");
    draft.item("flows", "prep_flows/f1_Clean.tflx", R"(Finance/In\/Out)",
               zip_of({{"flow", "{}"}, {"x.hyper", "third"}}));
    draft.item("custom_views", "custom_views/c1_Mine.json", "Mine", R"([{"a": 1}])");
    draft.item("virtual_connections", "virtual_connections/v1_VC.json", "Finance/VC", R"({"b": [2]})");
    draft.file("metadata_tableau/users.json", "{\n\"kind\": \"users\",\n\"users\": [\n{\"id\": \"1\"}\n]\n}\n");
    draft.file("metadata_tableau/site.json", R"({"site": {}})");
    draft.file("README.txt", "what this is\n");
    draft.file("index.csv", "kind,key\r\n");
    draft.file("report.html", "<!DOCTYPE html><p>report");
    return draft;
  }

  base::TempDir temp_{quick_parent()};
  std::filesystem::path root_ = temp_.path() / "store";
  store::DirStore store_{root_, "s3://shelf/"};
  test::SilentReporter silent_;
};

}  // namespace tabferry::backup
