#include "store/dir_listing.h"

#include <sys/stat.h>

#include <cerrno>

#include <set>
#include <utility>

#include "base/error.h"
#include "base/text.h"
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
    if (key.starts_with(prefix_))
      found_.push_back({.key = key, .size_bytes = static_cast<uint64_t>(status.st_size), .etag = etag_of(status)});
  }

  const fs::path& root_;
  std::string_view prefix_;
  std::vector<fs::path> folders_;
  std::set<fs::path> links_;
  std::set<std::pair<dev_t, ino_t>> seen_;
  std::vector<Object> found_;
};

}  // namespace

std::vector<Object> files_below(const fs::path& root, const fs::path& folder, std::string_view prefix) {
  return Walk(root, prefix).from(folder);
}

}  // namespace tabferry::store
