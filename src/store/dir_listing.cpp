#include "store/dir_listing.h"

#include <sys/stat.h>

#include <cerrno>

#include <algorithm>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "io/file_sink.h"
#include "store/dir_object.h"

namespace fs = std::filesystem;

namespace tabferry::store {
namespace {

class Walk {
 public:
  Walk(const fs::path& root, std::string_view prefix) : root_(root), prefix_(prefix) {}

  std::vector<Object> from(const fs::path& start) {
    folders_.push_back(start);
    while (!folders_.empty() || !links_.empty()) list(take_next());
    return std::move(found_);
  }

 private:
  fs::path take_next() {
    if (folders_.empty()) return links_.extract(links_.begin()).value();
    fs::path next = std::move(folders_.back());
    folders_.pop_back();
    return next;
  }

  void list(const fs::path& folder) {
    struct stat status{};
    if (::stat(folder.c_str(), &status) != 0) return gone_or_fail(folder);
    if (!seen_.insert({status.st_dev, status.st_ino}).second) return;
    std::error_code error;
    fs::directory_iterator at(folder, error);
    for (; !error && at != fs::directory_iterator(); at.increment(error)) visit(*at);
    if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory)
      base::fail_errno(error.value(), fmt::format("listing the folder {}", base::quoted(folder.string(), 400)));
  }

  // What was removed meanwhile is none; what cannot be looked at must not make the list shorter in silence.
  static void gone_or_fail(const fs::path& path) {
    if (errno != ENOENT && errno != ENOTDIR)
      base::fail_errno(errno, fmt::format("listing: looking at {}", base::quoted(path.string(), 400)));
  }

  void visit(const fs::directory_entry& entry) {
    if (entry.path().filename().string().starts_with(kOwnPrefix)) return;
    struct stat status{};
    if (::lstat(entry.path().c_str(), &status) != 0) return gone_or_fail(entry.path());
    const bool link = S_ISLNK(status.st_mode);
    if (link && ::stat(entry.path().c_str(), &status) != 0) status = {};   // leads nowhere: listed, and open() tells
    if (S_ISDIR(status.st_mode)) {
      if (link) {
        links_.insert(entry.path());
      } else {
        folders_.push_back(entry.path());
      }
      return;
    }
    const std::string key = entry.path().lexically_relative(root_).generic_string();
    if (key.starts_with(prefix_)) found_.push_back(object_of(key, status));
  }

  const fs::path& root_;
  std::string_view prefix_;
  std::vector<fs::path> folders_;
  std::set<fs::path> links_;
  std::set<std::pair<dev_t, ino_t>> seen_;
  std::vector<Object> found_;
};

// What stands in a folder, by name; nothing where it has vanished.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  fs::directory_iterator at(folder, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error))
    if (!at->path().filename().string().starts_with(kOwnPrefix)) found.push_back(at->path());
  if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory)
    base::fail_errno(error.value(), fmt::format("listing the folder {}", base::quoted(folder.string(), 400)));
  return found;
}

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

// As a rule the first thing that it sees is one. Links that go round end at the system's limit of links.
bool holds_a_file(const fs::path& folder) {
  const auto entries = entries_of(folder);
  return std::any_of(entries.begin(), entries.end(), [](const auto& entry) { return !is_folder(entry); }) ||
         std::any_of(entries.begin(), entries.end(), holds_a_file);
}

bool is_old_passing_file(const fs::directory_entry& entry, base::WallTime before) {
  struct stat status{};
  return entry.path().filename().string().starts_with(io::kPassingPrefix) &&
         ::lstat(entry.path().c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         object_of("", status).modified_at < before;
}

}  // namespace

uint64_t remove_dead_below(const fs::path& folder, base::WallTime before) {
  uint64_t removed = 0;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error))
    if (is_old_passing_file(*at, before) && io::remove_if_dead(at->path())) ++removed;
  if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory)
    base::fail_errno(error.value(), fmt::format("looking for leftovers in {}", base::quoted(folder.string(), 400)));
  return removed;
}

std::vector<std::string> folders_below(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : entries_of(folder))
    if (is_folder(entry) && holds_a_file(entry)) names.push_back(entry.filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<Object> files_below(const fs::path& root, const fs::path& folder, std::string_view prefix) {
  return Walk(root, prefix).from(folder);
}

}  // namespace tabferry::store
