#include "backup/browse.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "backup/content_kinds.h"
#include "backup/selector_hint.h"
#include "backup/snapshot_name.h"
#include "base/error.h"
#include "base/text.h"
#include "flow/for_each.h"
#include "io/copy.h"
#include "io/file.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

bool has_items(std::string_view kind) { return content_kind(kind) != nullptr || kind == kRevisions; }

// Behind the folder of whichever snapshot: "workbooks/LUID_Name.twbx".
std::string_view inside(std::string_view key) {
  const auto slash = key.find('/');
  return slash == std::string_view::npos ? key : key.substr(slash + 1);
}

// A manifest may have been edited: its keys are no paths to trust.
fs::path safe_path(std::string_view key) {
  if (!is_plain_key(key)) base::fail(ErrorKind::corrupt, "the key {} is no name for a file", base::quoted(key, 400));
  return fs::path(inside(key));
}

struct Wanted {
  std::string what;  // for people
  std::string key;
  uint64_t size_bytes = 0;
  std::string sha256;
};

std::string words_for(const Entry& entry) { return fmt::format("{} {}", entry.kind, entry.natural_key); }

std::string why_not_saved(const Entry& entry) {
  std::string why = fmt::format("the snapshot has no bytes of it: {}", name_of(entry.outcome));
  if (!entry.reason.empty()) why += ": " + entry.reason;
  if (entry.last_good)
    why += fmt::format(". Its last good copy is of {} and lies in {}", entry.last_good->as_of, entry.last_good->key);
  return why;
}

bool same_file(const fs::path& file, const Wanted& wanted, std::stop_token stop) {
  io::FileSource source(file);
  if (source.size_bytes() != wanted.size_bytes) return false;
  return io::sha256_of(source, stop, "comparing " + file.string()) == wanted.sha256;
}

// What a lane does with one object.
class Fetching {
 public:
  Fetching(const store::Store& store, fs::path folder, std::vector<Wanted> wanted, report::Reporter& reporter)
      : store_(store), folder_(std::move(folder)), wanted_(std::move(wanted)), reporter_(reporter) {
    for (const auto& one : wanted_) total_ += one.size_bytes;
  }

  Fetched run(unsigned lanes, Fetched fetched, std::stop_token stop) {
    fetched_ = std::move(fetched);
    flow::for_each(wanted_.size(), lanes, stop,
                   [&](size_t i, size_t, const std::stop_token& lane_stop) { fetch(wanted_[i], lane_stop); });
    std::sort(fetched_.problems.begin(), fetched_.problems.end(),
              [](const auto& a, const auto& b) { return a.what < b.what; });
    return std::move(fetched_);
  }

 private:
  void fetch(const Wanted& wanted, const std::stop_token& stop) {
    try {
      const fs::path file = folder_ / safe_path(wanted.key);
      const bool fresh = write(wanted, file, stop);
      const std::lock_guard lock(mutex_);
      (fresh ? fetched_.written : fetched_.there_already) += 1;
      fetched_.written_bytes += fresh ? wanted.size_bytes : 0;
    } catch (const base::Error& error) {  // the boundary of an item
      if (error.kind() == ErrorKind::cancelled || error.kind() == ErrorKind::io) throw;
      const std::lock_guard lock(mutex_);
      fetched_.problems.push_back({.what = wanted.what, .why = error.what()});
    }
  }

  // False where the very same bytes are there.
  bool write(const Wanted& wanted, const fs::path& file, const std::stop_token& stop) {
    if (fs::exists(fs::symlink_status(file))) {
      if (fs::is_regular_file(file) && same_file(file, wanted, stop)) return false;
      base::fail(ErrorKind::conflict, "{} is there already, with other bytes, and stays as it is: take another folder",
                 base::quoted(file.string(), 400));
    }
    io::make_folders(file.parent_path());
    io::FileSink sink(file, {.replace = false});
    copy(wanted, sink, stop);
    sink.commit();
    return true;
  }

  void copy(const Wanted& wanted, io::FileSink& sink, const std::stop_token& stop) {
    const auto source = store_.open(wanted.key);
    io::HashingSource hashed(*source, [this](uint64_t bytes) { tell(bytes); });
    io::copy(hashed, sink, stop, "fetching " + wanted.key);
    if (hashed.sha256() != wanted.sha256)
      base::fail(ErrorKind::corrupt,
                 "{} is damaged: its sha256 is not the one that the manifest names; nothing was written",
                 base::quoted(store_.url(wanted.key), 400));
  }

  void tell(uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    done_ += bytes;
    reporter_.progress({.step = "fetching", .done = done_, .total = total_});
  }

  const store::Store& store_;
  const fs::path folder_;
  const std::vector<Wanted> wanted_;
  report::Reporter& reporter_;
  uint64_t total_ = 0;
  std::mutex mutex_;  // guards what follows
  uint64_t done_ = 0;
  Fetched fetched_;
};

// The manifest names every file but itself.
File hashed(const store::Store& store, const std::string& key) {
  const auto source = store.open(key);
  File file{.key = key};
  io::HashingSource hashed(*source);
  io::NoSink nowhere;
  file.size_bytes = io::copy(hashed, nowhere);
  file.sha256 = hashed.sha256();
  return file;
}

}  // namespace

bool selects(const Selector& selector, const std::string& snapshot, const File& file) {
  std::string_view path = file.key;
  if (path.starts_with(snapshot + "/")) path.remove_prefix(snapshot.size() + 1);
  std::string_view kind;
  if (path.starts_with(kMetadataFolder) && path.ends_with(".json"))
    kind = path.substr(kMetadataFolder.size(), path.size() - kMetadataFolder.size() - 5);
  return selector.matches(has_items(kind) ? "" : kind, "", path);
}

bool selects(const Selector& selector, const Entry& entry) {
  return selector.matches(entry.kind, entry.luid, entry.natural_key);
}

bool selects(const Selector& selector, const Missing& missing) {
  return selector.matches(missing.kind, missing.luid, missing.natural_key);
}

void visit_contents(const store::Store& store, const std::string& snapshot, const std::optional<Selector>& selector,
                    const ManifestVisitor& visitor) {
  ManifestVisitor chosen;
  if (visitor.entry)
    chosen.entry = [&](const Entry& entry) {
      if (!selector || selects(*selector, entry)) visitor.entry(entry);
    };
  if (visitor.missing)
    chosen.missing = [&](const Missing& missing) {
      if (!selector || selects(*selector, missing)) visitor.missing(missing);
    };
  if (visitor.file)
    chosen.file = [&](const File& file) {
      if (!selector || selects(*selector, snapshot, file)) visitor.file(file);
    };
  if (!visit_manifest(store, snapshot, chosen))
    base::fail(ErrorKind::not_found, "{} has no manifest", base::quoted(store.url(snapshot), 400));
  const File manifest{.key = manifest_key(snapshot)};
  if (visitor.file && (!selector || selects(*selector, snapshot, manifest))) visitor.file(hashed(store, manifest.key));
}

Fetched get_contents(const store::Store& store, const std::string& snapshot, const Selector& selector,
                     const fs::path& folder, unsigned lanes, report::Reporter& reporter, std::stop_token stop) {
  std::vector<Wanted> wanted;
  Fetched fetched;
  const auto entry = [&](const Entry& one) {
    if (one.key.empty())
      fetched.problems.push_back({.what = words_for(one), .why = why_not_saved(one)});
    else
      wanted.push_back({.what = words_for(one), .key = one.key, .size_bytes = one.size_bytes, .sha256 = one.sha256});
  };
  const auto file = [&](const File& one) {
    wanted.push_back(
        {.what = std::string(inside(one.key)), .key = one.key, .size_bytes = one.size_bytes, .sha256 = one.sha256});
  };
  visit_contents(store, snapshot, selector, {.entry = entry, .missing = {}, .file = file});
  if (wanted.empty() && fetched.problems.empty())
    base::fail(ErrorKind::not_found, "{} is nothing in {}; {}; `tabferry ls {}` shows what there is",
               base::quoted(selector.text()), snapshot, hint_for(store, snapshot, selector), snapshot);
  io::make_folders(folder);
  return Fetching(store, folder, std::move(wanted), reporter).run(std::max(lanes, 1U), std::move(fetched), stop);
}

}  // namespace tabferry::backup
