#include "io/file_sink.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::io {
namespace {

constexpr int kMostNames = 1000;   // as many may write one file at once

std::string shown(const fs::path& path) { return base::quoted(path.string(), 400); }

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

fs::path passing_name(const fs::path& path, int number) {
  const std::string id = base::sha256_hex(path.filename().string()).substr(0, 16);
  return folder_of(path) / fmt::format("{}{}{}", kPassingPrefix, id, number == 0 ? "" : fmt::format("-{}", number));
}

bool is_named(const base::Fd& fd, const fs::path& name) {
  struct stat opened{}, named{};
  return ::fstat(fd.get(), &opened) == 0 && ::lstat(name.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
         opened.st_dev == named.st_dev;
}

// Offers passing names to `take`, which returns 0 or an errno, until one is free. Returns that one.
template <class Take>
fs::path take_passing_name(const fs::path& path, const Take& take) {
  int error = EEXIST;
  for (int number = 0; number < kMostNames && error == EEXIST; ++number) {
    const fs::path name = passing_name(path, number);
    error = take(name);
    if (error == EEXIST && remove_if_dead(name)) error = take(name);
    if (error == 0) return name;
  }
  base::fail_errno(error, fmt::format("making a file beside {}", shown(path)));
}

// False where another writer holds it. No locks on the file system: then nobody can take it for a dead one's.
bool lock(const base::Fd& fd) { return ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }

}  // namespace

FileSink::FileSink(fs::path path, const FileSinkOptions& options) : path_(std::move(path)), options_(options) {
  if (options_.nameless) open_nameless();
  if (!fd_) open_named();
}

FileSink::~FileSink() {
  if (!passing_.empty()) ::unlink(passing_.c_str());
}

void FileSink::open_nameless() {
  if (::access("/proc/self/fd", X_OK) != 0) return;   // the way to its name
  fd_ = base::Fd(::open(folder_of(path_).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, options_.mode));
  if (fd_) lock(fd_);
}

// Between the two calls another writer may take the file for a dead one's, and remove it: then the next name is tried.
void FileSink::open_named() {
  passing_ = take_passing_name(path_, [&](const fs::path& name) {
    fd_ = base::Fd(::open(name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, options_.mode));
    return !fd_ ? errno : lock(fd_) && is_named(fd_, name) ? 0 : EEXIST;
  });
}

void FileSink::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd_.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) base::fail_errno(errno, fmt::format("writing {}", shown(path_)));
    bytes.remove_prefix(static_cast<size_t>(put));
  }
}

void FileSink::commit() {
  if (::fsync(fd_.get()) != 0) base::fail_errno(errno, fmt::format("syncing {}", shown(path_)));
  if (options_.replace) {
    replace();
  } else {
    appear();
  }
  passing_.clear();
  sync_folder_of(path_);
}

bool FileSink::link_to(const fs::path& name) const {
  const std::string self = fmt::format("/proc/self/fd/{}", fd_.get());
  return ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

void FileSink::replace() {
  if (passing_.empty()) {
    if (link_to(path_)) return;   // there was none to replace: no passing name at all
    if (errno != EEXIST) base::fail_errno(errno, fmt::format("giving {} its name", shown(path_)));
    passing_ = take_passing_name(path_, [&](const fs::path& name) { return link_to(name) ? 0 : errno; });
  }
  if (::rename(passing_.c_str(), path_.c_str()) != 0)
    base::fail_errno(errno, fmt::format("renaming the finished file to {}", shown(path_)));
}

// linkat() and link() never replace. Not every file system knows RENAME_NOREPLACE; one that does not knows links.
void FileSink::appear() {
  bool done = false;
  if (passing_.empty()) {
    done = link_to(path_);
  } else {
    done = ::renameat2(AT_FDCWD, passing_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) == 0;
    if (!done && (errno == EINVAL || errno == ENOSYS)) {
      done = ::link(passing_.c_str(), path_.c_str()) == 0;
      if (done) ::unlink(passing_.c_str());
    }
  }
  if (done) return;
  if (errno == EEXIST)
    base::fail(ErrorKind::conflict, "{} is there already and stays as it is", shown(path_));
  base::fail_errno(errno, fmt::format("giving {} its name", shown(path_)));
}

// Its writer holds the lock as long as it lives. A file that changed its name or vanished meanwhile is left alone.
bool remove_if_dead(const fs::path& passing) {
  const base::Fd fd(::open(passing.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  return fd && ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0 && is_named(fd, passing) && ::unlink(passing.c_str()) == 0;
}

void sync_folder_of(const fs::path& path) {
  const base::Fd fd(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || (::fsync(fd.get()) != 0 && errno != EINVAL))   // EINVAL: a network file system that syncs no folders
    base::fail_errno(errno, fmt::format("syncing the folder of {}", shown(path)));
}

}  // namespace tabferry::io
