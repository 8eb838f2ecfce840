#include "store/dir_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <set>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "io/file.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::store {
namespace {

std::string etag_of(const struct stat& status) {
  return fmt::format("{}-{}-{}.{:09}", status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

std::string etag_of_fd(int fd) {
  struct stat status{};
  return ::fstat(fd, &status) == 0 ? etag_of(status) : "";
}

std::string etag_of_path(const fs::path& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? etag_of(status) : "";
}

// An object's data, whose version is looked at again when its end is reached: the file that was read to its end is the
// file that stands there, whole and unchanged.
class ObjectSource : public io::ByteSource {
 public:
  ObjectSource(const fs::path& path, std::string url, std::string etag)
      : path_(path), file_(path), url_(std::move(url)), etag_(std::move(etag)) {
    if (etag_.empty()) etag_ = etag_of_fd(file_.fd());
    check(etag_of_fd(file_.fd()));
  }

  size_t read(std::span<char> into) override {
    const size_t got = file_.read(into);
    if (got == 0) {
      check(etag_of_fd(file_.fd()));
      check(etag_of_path(path_));
    }
    return got;
  }

 private:
  void check(const std::string& now) const {
    if (now != etag_)
      base::fail(ErrorKind::conflict, "{} {} between listing and the end of reading; nothing of it was used. Run again when its writer has finished",
                 base::quoted(url_, 400), now.empty() ? "was deleted" : "was replaced or changed");
  }

  fs::path path_;
  io::FileSource file_;
  std::string url_;
  std::string etag_;
};

// The folder that holds all keys with this prefix, relative to the root: up to the last '/'.
std::string folder_of_prefix(std::string_view prefix) {
  const auto slash = prefix.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(prefix.substr(0, slash));
}

bool has_dot_dot(std::string_view key) {
  const auto parts = base::split(key, '/');
  return std::any_of(parts.begin(), parts.end(), [](auto part) { return part == ".." || part == "."; });
}

}  // namespace

DirStore::DirStore(fs::path root, std::string url_prefix) : root_(std::move(root)), url_prefix_(std::move(url_prefix)) {}

std::string DirStore::url(std::string_view key) const { return url_prefix_ + std::string(key); }

fs::path DirStore::path_of(std::string_view key) const {
  if (key.empty() || key.front() == '/' || has_dot_dot(key))
    base::fail(ErrorKind::config, "{} is no key in a directory: no '..', '.' or leading '/' may stand in it", base::quoted(url(key), 400));
  return root_ / key;
}

void DirStore::list(std::string_view prefix, const std::function<void(const ObjectInfo&)>& visit) const {
  const std::string folder = folder_of_prefix(prefix);
  std::error_code error;
  std::vector<ObjectInfo> found;
  std::set<std::pair<dev_t, ino_t>> seen;   // folders: a link that leads back up must not list everything again
  const auto options = fs::directory_options::follow_directory_symlink;
  for (fs::recursive_directory_iterator at(folder.empty() ? root_ : path_of(folder), options, error), end; !error && at != end; at.increment(error)) {
    const std::string key = at->path().lexically_relative(root_).generic_string();
    struct stat status{};   // stays empty for a link that leads nowhere: it is listed, and open() tells
    const bool exists = ::stat(at->path().c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) {
      if (!seen.insert({status.st_dev, status.st_ino}).second) at.disable_recursion_pending();
      continue;
    }
    if (key.starts_with(prefix)) found.push_back({.key = key, .size_bytes = static_cast<uint64_t>(status.st_size), .etag = etag_of(status)});
  }
  if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory)
    base::fail_errno(error.value(), fmt::format("listing {}", base::quoted(url(prefix), 400)));
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  for (const auto& object : found) visit(object);
}

std::optional<ObjectInfo> DirStore::stat(std::string_view key) const {
  struct stat status{};
  if (::stat(path_of(key).c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return ObjectInfo{.key = std::string(key), .size_bytes = static_cast<uint64_t>(status.st_size), .etag = etag_of(status)};
}

std::unique_ptr<io::ByteSource> DirStore::open(std::string_view key, const OpenOptions& options) const {
  try {
    return std::make_unique<ObjectSource>(path_of(key), url(key), options.if_match);
  } catch (const base::Error& error) {
    if (error.kind() == ErrorKind::not_found && !options.if_match.empty())
      base::fail(ErrorKind::conflict, "{} was deleted between listing and reading; nothing of it was used", base::quoted(url(key), 400));
    throw;
  }
}

}  // namespace tabferry::store
