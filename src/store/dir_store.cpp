#include "store/dir_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <set>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "io/file.h"
#include "store/dir_listing.h"
#include "store/dir_object.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::store {
namespace {

constexpr std::string_view kLockName = ".tabferry-lock";
static_assert(kLockName.starts_with(kOwnPrefix) && io::kPassingPrefix.starts_with(kOwnPrefix));

// The folder that holds all keys with this prefix, relative to the root: up to the last '/'.
std::string folder_of_prefix(std::string_view prefix) {
  const auto slash = prefix.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(prefix.substr(0, slash));
}

bool is_key(std::string_view key) {
  const auto parts = base::split(key, '/');
  return !key.empty() && key.front() != '/' && key.find('\0') == std::string_view::npos &&
         std::none_of(parts.begin(), parts.end(),
                      [](auto part) { return part == ".." || part == "." || part.starts_with(kOwnPrefix); });
}

// 0 where there is no object of that name any more. A folder is none.
int error_of_removing(const fs::path& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG) return 0;
  const int error = errno;
  struct stat status{};
  const bool folder = ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
  return folder ? 0 : error;
}

// Links are followed to read. Not to remove: what stands where one leads out of the store is somebody else's.
bool leads_out(const fs::path& root, const fs::path& folder) {
  std::error_code error;
  const auto way = fs::weakly_canonical(folder, error).lexically_relative(fs::weakly_canonical(root));
  return error || way.empty() || *way.begin() == "..";
}

class Removal {
 public:
  explicit Removal(fs::path root) : root_(std::move(root)) {}

  // "" where there is no object of that name any more.
  std::string remove(const fs::path& path) {
    const auto [at, is_new] = leads_out_.try_emplace(path.parent_path(), false);
    if (is_new) at->second = leads_out(root_, at->first);
    if (at->second) return "it lies behind a link that leads out of the store, and stays; remove that link by hand";
    const int error = error_of_removing(path);
    return error == 0 ? "" : std::strerror(error);
  }
  // Folders that are empty now go, too, as a bucket has none; the root stays.
  void sync() const {
    std::error_code ignored;
    for (const auto& [folder, out] : leads_out_) {
      if (out) continue;
      const auto left = without_empty(folder);
      if (fs::is_directory(left, ignored)) io::sync_folder_of(left / "any");
    }
  }

 private:
  fs::path without_empty(fs::path folder) const {
    while (is_below_root(folder) && ::rmdir(folder.c_str()) == 0) folder = folder.parent_path();
    return folder;
  }
  bool is_below_root(const fs::path& folder) const {
    const auto way = folder.lexically_relative(root_);
    return !way.empty() && way != "." && *way.begin() != "..";
  }

  const fs::path root_;
  std::map<fs::path, bool> leads_out_;  // of the folders that were touched
};

std::unique_ptr<DirSource> open_object(const fs::path& path, const std::string& url, const std::string& if_match) {
  struct stat status{};
  if (!if_match.empty() && ::stat(path.c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR))
    fail_changed(url, true);
  return std::make_unique<DirSource>(path, url, if_match);
}

}  // namespace

DirStore::DirStore(fs::path root, std::string url_prefix, const base::Clock& clock)
    : root_(std::move(root)), url_prefix_(std::move(url_prefix)), clock_(clock) {}

std::string DirStore::url(std::string_view key) const { return url_prefix_ + std::string(key); }

fs::path DirStore::path_of(std::string_view key) const {
  if (!is_key(key))
    base::fail(ErrorKind::config,
               "{} is no key in a directory: no '..', '.', leading '/' or name that begins with '{}' may stand in it",
               base::quoted(url(key), 400), kOwnPrefix);
  return root_ / key;
}

// "a//b" and "a/" would be read as "a/b" and "a", which are other keys.
fs::path DirStore::path_for_writing(std::string_view key) const {
  const auto parts = base::split(key, '/');
  if (std::find(parts.begin(), parts.end(), "") != parts.end())
    base::fail(ErrorKind::config, "{} is no key in a directory: a part of it is empty", base::quoted(url(key), 400));
  return path_of(key);
}

void DirStore::list(std::string_view prefix, const std::function<void(const Object&)>& visit) const {
  const std::string folder = folder_of_prefix(prefix);
  const fs::path start = folder.empty() ? root_ : path_of(folder);
  auto found = with_url(url(prefix), [&] { return files_below(root_, start, prefix); });
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  for (const auto& object : found) visit(object);
}

std::vector<std::string> DirStore::list_folders(std::string_view prefix) const {
  const std::string folder = folder_of_prefix(prefix);
  return with_url(url(prefix), [&] { return folders_below(folder.empty() ? root_ : path_of(folder)); });
}

std::optional<Object> DirStore::stat(std::string_view key) const {
  struct stat status{};
  if (::stat(path_of(key).c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG) return std::nullopt;
    base::fail_errno(errno, fmt::format("looking at {}", base::quoted(url(key), 400)));
  }
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return object_of(std::string(key), status);
}

std::unique_ptr<io::ByteSource> DirStore::open(std::string_view key, const OpenOptions& options) const {
  const fs::path path = path_of(key);
  return with_url(url(key), [&] { return open_object(path, url(key), options.if_match); });
}

// Where the object will stand, its folder made and its condition looked at.
DirTarget DirStore::target_of(std::string_view key, const CreateOptions& options) const {
  const fs::path path = path_for_writing(key);
  DirTarget target{.key = std::string(key), .url = url(key), .path = path, .lock_file = root_ / kLockName};
  if (options.locked_until)
    base::fail(ErrorKind::config, "{} cannot be locked: a directory has no Object Lock. Take a bucket that has it, or "
               "leave the lock out", base::quoted(target.url, 400));
  refuse_taken(target, options);
  with_url(target.url, [&] { io::make_folders(target.path.parent_path()); });
  return target;
}

std::unique_ptr<ObjectSink> DirStore::create(std::string_view key, const CreateOptions& options) const {
  const DirTarget target = target_of(key, options);
  return with_url(target.url, [&] { return std::make_unique<DirSink>(target, options); });
}

void DirStore::remove(std::span<const std::string> keys) const {
  std::vector<fs::path> paths;
  for (const auto& key : keys) paths.push_back(path_of(key));
  std::error_code error;
  if (!fs::exists(root_, error)) {
    if (error) base::fail_errno(error.value(), fmt::format("removing objects of {}", base::quoted(url(""), 400)));
    return;
  }
  const ChangeLock lock(root_ / kLockName, ChangeLock::Kind::together);
  Removal removal(root_);
  std::string first;
  size_t failed = 0;
  for (size_t at = 0; at < keys.size(); ++at) {
    const auto why = removal.remove(paths[at]);
    if (!why.empty() && failed++ == 0) first = fmt::format("{}: {}", base::quoted(url(keys[at]), 400), why);
  }
  removal.sync();
  if (failed > 0)
    base::fail(ErrorKind::io, "{} of {} could not be removed, first {}", failed, base::counted(keys.size(), "object"),
               first);
}

uint64_t DirStore::abort_uploads(std::string_view prefix, std::chrono::milliseconds older_than) const {
  const std::string folder = folder_of_prefix(prefix);
  const fs::path start = folder.empty() ? root_ : path_of(folder);
  return with_url(url(prefix), [&] { return remove_dead_below(start, now() - older_than); });
}

Object DirStore::copy(const Object& from, std::string_view to_key, const CreateOptions& options) const {
  const fs::path path = path_of(from.key);
  const auto source = with_url(url(from.key), [&] { return open_object(path, url(from.key), from.etag); });
  const DirTarget target = target_of(to_key, options);
  return with_url(target.url, [&] {
    DirSink sink(target, options);
    sink.write_all(*source);
    sink.commit();
    return sink.object();
  });
}

}  // namespace tabferry::store
