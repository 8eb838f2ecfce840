#include "backup/verify.h"

#include <algorithm>
#include <mutex>
#include <tuple>
#include <utility>

#include "backup/manifest.h"
#include "backup/named_objects.h"
#include "backup/snapshot_name.h"
#include "base/error.h"
#include "base/tempdir.h"
#include "base/text.h"
#include "flow/for_each.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

class Verification {
 public:
  Verification(const store::Store& store, std::string snapshot, const VerifyOptions& options,
               report::Reporter& reporter, std::stop_token stop)
      : store_(store), snapshot_(std::move(snapshot)), options_(options), reporter_(reporter), stop_(std::move(stop)) {}

  Verified run() {
    reporter_.step(fmt::format("reading the manifest of {}", snapshot_));
    if (!read_manifest()) return std::move(result_);
    compare_with_listings();
    if (options_.full) read_all();
    std::stable_sort(result_.problems.begin(), result_.problems.end(),
                     [](const auto& a, const auto& b) { return a.key < b.key; });
    return std::move(result_);
  }

 private:
  struct Readable {
    const Named* named;
    std::string etag;  // as it is listed now
  };

  // False where it is damaged: what it names cannot be trusted then.
  bool read_manifest() {
    result_.checked = 1;
    try {
      const auto name = [&](const std::string& key, uint64_t size_bytes, const std::string& sha256) {
        if (is_plain_key(key))
          named_.push_back({.key = key, .size_bytes = size_bytes, .sha256 = sha256});
        else
          tell(key, "the manifest names it, and it is no key that a backup makes: the manifest was edited");
      };
      const ManifestVisitor visitor{.entry =
                                        [&](const Entry& entry) {
                                          if (is_saved(entry.outcome)) name(entry.key, entry.size_bytes, entry.sha256);
                                          if (entry.last_good)
                                            name(entry.last_good->key, entry.last_good->size_bytes,
                                                 entry.last_good->sha256);
                                        },
                                    .missing = {},
                                    .file = [&](const File& file) { name(file.key, file.size_bytes, file.sha256); }};
      if (!visit_manifest(store_, snapshot_, visitor))
        base::fail(ErrorKind::not_found, "{} is not there", base::quoted(store_.url(manifest_key(snapshot_)), 400));
    } catch (const base::Error& error) {
      if (error.kind() != ErrorKind::corrupt) throw;
      result_.problems.push_back({.key = manifest_key(snapshot_), .what = error.what()});
      return false;
    }
    put_in_order();
    return true;
  }

  // By key; what is named twice in the same way is one.
  void put_in_order() {
    const auto order = [](const Named& one) { return std::tie(one.key, one.sha256, one.size_bytes); };
    std::sort(named_.begin(), named_.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
    const auto end =
        std::unique(named_.begin(), named_.end(), [&](const auto& a, const auto& b) { return order(a) == order(b); });
    named_.erase(end, named_.end());
    result_.checked += named_.size();
    for (const auto& one : named_) result_.bytes += one.size_bytes;
  }

  // The etags are not compared: a snapshot that was copied to another store is as good as it was.
  void compare_with_listings() {
    const auto listing = [this](const std::string& folder) {
      if (stop_.stop_requested()) base::fail_cancelled("verifying");
      reporter_.step(fmt::format("listing {}", store_.url(folder)));
    };
    const auto as_written = [this](const Named& one, const store::Object& found) {
      readable_.push_back({.named = &one, .etag = found.etag});
    };
    const auto broken = [this](const Named& one, const store::Object* found) { tell_broken(one, found); };
    const auto stray = [this](const store::Object& found) {
      if (found.key != manifest_key(snapshot_)) tell_stray(found);
    };
    backup::compare_with_listings(store_, named_,
                                  {.listing = listing, .as_written = as_written, .broken = broken, .stray = stray},
                                  snapshot_ + "/");
  }

  void tell_broken(const Named& one, const store::Object* found) {
    if (found == nullptr) return tell(one.key, "missing: the manifest names it, and it is not there");
    tell(one.key, fmt::format("{}: it has {} bytes, the manifest says {}",
                              found->size_bytes < one.size_bytes ? "truncated" : "of another size", found->size_bytes,
                              one.size_bytes));
  }

  void tell_stray(const store::Object& object) {
    result_.problems.push_back({.key = object.key,
                                .what = fmt::format("a stray of {}, which the manifest does not name: harmless",
                                                    base::human_bytes(object.size_bytes)),
                                .harmless = true});
  }

  void tell(const std::string& key, std::string what) {
    result_.problems.push_back({.key = key, .what = std::move(what)});
  }

  void read_all() {
    const base::TempDir temp(options_.temp_parent);
    const unsigned lanes = std::max(options_.lanes, 1U);
    std::vector<ObjectCheck> checks;
    for (unsigned lane = 0; lane < lanes; ++lane) {
      const fs::path folder = temp.path() / fmt::format("lane-{}", lane);
      fs::create_directory(folder);
      checks.push_back({.store = store_,
                        .folder = folder,
                        .check_extract = options_.check_extract,
                        .on_bytes = [this](uint64_t bytes) { tell_bytes(bytes); }});
    }
    total_ = std::exchange(result_.bytes, 0);
    flow::for_each(readable_.size(), lanes, stop_, [&](size_t i, size_t lane, const std::stop_token& stop) {
      read_one(checks[lane], readable_[i], stop);
    });
    note_what_was_passed_over();
  }

  void read_one(const ObjectCheck& check, const Readable& readable, const std::stop_token& stop) {
    const Named& one = *readable.named;
    auto checked =
        check_object(check, {.key = one.key, .size_bytes = one.size_bytes, .etag = readable.etag}, one.sha256, stop);
    const std::lock_guard lock(mutex_);
    result_.packages += checked.packages;
    result_.extracts += checked.extracts;
    passed_over_ += checked.extracts_passed_over;
    too_long_ += checked.too_long_to_parse ? 1 : 0;
    if (!checked.wrong.empty()) tell(one.key, std::move(checked.wrong));
  }

  void tell_bytes(uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    result_.bytes += bytes;
    reporter_.progress({.step = "verifying", .done = result_.bytes, .total = total_});
  }

  void note_what_was_passed_over() {
    if (passed_over_ > 0)
      result_.notes.push_back(fmt::format("{} unpacked whole, but not opened: there is no engine to open them",
                                          base::counted(passed_over_, "extract")));
    if (too_long_ > 0)
      result_.notes.push_back(
          fmt::format("{} of more than 64 MiB hashed, but not parsed", base::counted(too_long_, "document")));
  }

  const store::Store& store_;
  const std::string snapshot_;
  const VerifyOptions& options_;
  report::Reporter& reporter_;
  const std::stop_token stop_;
  std::vector<Named> named_;
  std::vector<Readable> readable_;  // there, with their size
  uint64_t total_ = 0;
  std::mutex mutex_;  // guards what follows while lanes run
  Verified result_;
  uint64_t passed_over_ = 0;
  uint64_t too_long_ = 0;
};

}  // namespace

bool Verified::whole() const {
  return std::all_of(problems.begin(), problems.end(), [](const auto& problem) { return problem.harmless; });
}

Verified verify(const store::Store& store, const std::string& snapshot, const VerifyOptions& options,
                report::Reporter& reporter, std::stop_token stop) {
  return Verification(store, snapshot, options, reporter, stop).run();
}

}  // namespace tabferry::backup
