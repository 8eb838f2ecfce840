// A snapshot that is worked and waits for its seal, in a directory.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "backup/list_file.h"
#include "backup/plan.h"
#include "backup/seal.h"
#include "backup/snapshot_name.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/tempdir.h"
#include "store/dir_store.h"
#include "store/small.h"
#include "support/silent_reporter.h"

namespace tabferry::backup {

inline doc::Json json(std::string_view text) { return doc::parse_json(text, "test"); }

// The whole of an object; a failure of the test where it is not there.
inline std::string bytes_of(const store::Store& store, const std::string& key) {
  const auto found = store::read_text(store, key);
  EXPECT_TRUE(found) << key;
  return found ? found->text : "";
}

inline store::Object put(const store::Store& store, const std::string& key, std::string_view text) {
  return store::put_text(store, key, text, {.if_absent = true});
}

// The kind of the error that `work` throws, and its message.
struct Thrown {
  base::ErrorKind kind = base::ErrorKind::bug;
  std::string message;
};
template <class Work>
Thrown thrown_by(const Work& work) {
  try {
    work();
  } catch (const base::Error& error) {
    return {error.kind(), error.what()};
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

// What a backup has written before its seal.
class Worked {
 public:
  static constexpr const char* kSnapshot = "backup_tableau_cloud_sales_20261122_101500";
  static constexpr const char* kBase = "backup_tableau_cloud_sales_20261121_101500";

  explicit Worked(const store::Store& the_store) : store(the_store) {
    plan.snapshot = kSnapshot;
    plan.run = "0123456789abcdef";
    plan.as_of = "2026-11-22T10:15:00Z";
    plan.started = "2026-11-22T10:15:01Z";
    plan.site = {.server = "https://host.example", .luid = "site-1", .content_url = "sales", .user = "ann"};
    plan.asked = "workbooks metadata";
    plan.list_requests = 7;
  }

  void list(const std::string& kind, const std::vector<std::string>& items, ListHead head = {}) {
    head.kind = kind;
    if (head.as_of.empty()) head.as_of = plan.as_of;
    if (head.announced == 0) head.announced = items.size();
    if (head.seen == 0) head.seen = items.size();
    const std::string key = work_folder(kSnapshot) + "lists-" + plan.run + "/" + kind + ".jsonl";
    const auto sink = store.create(key, {.if_absent = true});
    ListWriter writer(*sink);
    for (const auto& item : items) writer.item(item);
    const std::string sha256 = writer.end(head);
    sink->commit();
    plan.lists.push_back({.kind = kind, .key = key, .sha256 = sha256});
  }

  Unit& content(const std::string& kind, const std::string& luid, const std::string& name) {
    plan.units.push_back({.id = kind + "/" + luid, .kind = kind, .luid = luid, .name = name,
                          .natural_key = "Finance/" + name, .rule = "new"});
    return plan.units.back();
  }
  // An item that was downloaded.
  void download(const std::string& kind, const std::string& luid, const std::string& name, const std::string& bytes) {
    content(kind, luid, name);
    receipts.push_back(done(kind + "/" + luid, std::string(kSnapshot) + "/" + kind + "/" + luid + "_x.twbx", bytes));
  }
  // The object and its receipt.
  Receipt done(const std::string& unit, const std::string& key, const std::string& bytes) const {
    const auto object = put(store, key, bytes);
    return {.unit = unit,
            .outcome = Receipt::Outcome::done,
            .key = key,
            .size_bytes = bytes.size(),
            .etag = object.etag,
            .sha256 = base::sha256_hex(bytes)};
  }
  // An item that stands in an earlier snapshot.
  void reference(const std::string& kind, const std::string& luid, const std::string& name, const std::string& bytes) {
    Receipt receipt = done(kind + "/" + luid, std::string(kBase) + "/" + kind + "/" + luid + "_x.twbx", bytes);
    receipt.outcome = Receipt::Outcome::referenced;
    Unit& unit = content(kind, luid, name);
    unit.verb = Unit::Verb::reference;
    unit.rule = "unchanged: updatedAt and attributes as before";
    unit.earlier = Earlier{receipt.key, receipt.size_bytes, receipt.etag, receipt.sha256, "2026-11-21T10:15:00Z"};
    receipts.push_back(receipt);
  }
  void document(const std::string& kind, const std::string& of_kind, const std::string& luid, const std::string& body,
                const std::string& part = "") {
    const std::string id = kind + "/" + of_kind + "/" + luid + (part.empty() ? "" : "/" + part);
    plan.units.push_back({.id = id, .verb = Unit::Verb::read, .kind = kind, .of_kind = of_kind, .luid = luid,
                          .natural_key = "key of " + luid});
    receipts.push_back({.unit = id, .outcome = Receipt::Outcome::done, .body = body});
  }
  // The receipt of the unit that was added last, instead of its own where it has one.
  void ended(Receipt::Outcome outcome, int code, const std::string& reason) {
    const std::string unit = plan.units.back().id;
    std::erase_if(receipts, [&](const Receipt& receipt) { return receipt.unit == unit; });
    receipts.push_back({.unit = unit, .outcome = outcome, .code = code, .reason = reason});
  }

  // Writes plan and receipts; from then on it can be sealed.
  StoredPlan finish() {
    StoredPlan stored{.plan = plan, .sha256 = {}};
    stored.sha256 = claim(store, plan).value();
    add_receipts("20261122T101600.000-0123456789abcdef-000001", receipts);
    return stored;
  }
  void add_receipts(const std::string& segment, const std::vector<Receipt>& some) const {
    std::string text;
    for (const auto& receipt : some) text += to_line(receipt) + "\n";
    put(store, work_folder(kSnapshot) + "receipts/" + segment + ".jsonl", text);
  }

  const store::Store& store;
  Plan plan;
  std::vector<Receipt> receipts;
};

// A little of everything.
inline StoredPlan small_site(const store::Store& store) {
  Worked worked(store);
  worked.list("users", {R"({"id":"u1","name":"ann"})", R"({"id":"u2","name":"bob"})"});
  worked.list("projects", {R"({"id":"p1","name":"Finance"})"});
  worked.list("workbooks", {R"({"id":"w1","name":"Sales","project":{"id":"p1"}})",
                            R"({"id":"w2","name":"Old","project":{"id":"p1"}})"});
  worked.list("schedules", {R"({"id":"s1","name":"Nightly","state":"Active"})"});
  worked.download("workbooks", "w1", "Sales", "the bytes of sales");
  worked.reference("workbooks", "w2", "Old", "the bytes of an old one");
  worked.document("schedules", "schedules", "s1", R"({"id":"s1","frequencyDetails":{"start":"01:00"}})");
  worked.document("permissions", "workbooks", "w1", R"({"granteeCapabilities":[{"user":{"id":"u1"}}]})");
  return worked.finish();
}

// Every object that the manifest names is there, byte for byte.
inline void expect_all_named(const store::Store& store, const Manifest& manifest) {
  for (const auto& entry : manifest.entries) {
    if (entry.key.empty()) continue;
    EXPECT_EQ(base::sha256_hex(bytes_of(store, entry.key)), entry.sha256) << entry.key;
  }
  for (const auto& file : manifest.files) {
    const std::string bytes = bytes_of(store, file.key);
    EXPECT_EQ(base::sha256_hex(bytes), file.sha256) << file.key;
    EXPECT_EQ(bytes.size(), file.size_bytes) << file.key;
  }
}

// Memory where there is such a folder: a seal writes half a hundred objects, and a disk takes its time over each.
inline std::filesystem::path fast_temp_parent() {
  const std::filesystem::path memory = "/dev/shm";
  return ::access(memory.c_str(), W_OK) == 0 ? memory : base::default_temp_parent();
}

class SealFixture : public ::testing::Test {
 protected:
  Sealed sealed(const StoredPlan& stored, const SealOptions& options = {}) {
    return sealed_in(store_, stored, options);
  }
  Sealed sealed_in(const store::Store& store, const StoredPlan& stored, const SealOptions& options = {}) {
    return seal(store, stored, options, folder_.path(), quiet_, {});
  }
  std::string key(const std::string& name) const { return std::string(Worked::kSnapshot) + "/" + name; }
  doc::Json metadata(const std::string& kind) {
    return json(bytes_of(store_, key("metadata_tableau/" + kind + ".json")));
  }

  base::TempDir folder_{fast_temp_parent()};
  store::DirStore store_{folder_.path() / "store", "file:///store/"};
  test::SilentReporter quiet_;
};

}  // namespace tabferry::backup
