#include "base/tempdir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

#include "base/error.h"

namespace fs = std::filesystem;

namespace tabferry::base {
namespace {

constexpr std::string_view kMaking = ".tabferry-new-";    // until the lock is held
constexpr std::string_view kRunning = "tabferry-run-";
constexpr std::string_view kRandom = "XXXXXX";
constexpr const char* kLockName = ".lock";

Fd open_locked(const fs::path& lock_file, int extra_flags) {
  Fd fd(::open(lock_file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | extra_flags, 0600));
  if (fd && ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) fd.reset();
  return fd;
}

bool has_name(const fs::path& folder, std::string_view prefix) {
  const std::string name = folder.filename().string();
  return name.starts_with(prefix) && name.size() == prefix.size() + kRandom.size();
}

bool is_private(const fs::path& folder) {
  struct stat status{};
  return ::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid() &&
         (status.st_mode & 0777) == 0700;
}

bool is_a_minute_old(const fs::path& folder) {
  struct stat status{};
  return ::lstat(folder.c_str(), &status) == 0 && status.st_mtime + 60 < ::time(nullptr);
}

// A running folder got its name when its lock was held, and loses the lock file only while it is being removed. One that is
// being made may have no lock, or one that is not held yet: it must be a minute old.
bool is_dead(const fs::path& folder) {
  if (!is_private(folder)) return false;
  if (!has_name(folder, kRunning) && !(has_name(folder, kMaking) && is_a_minute_old(folder))) return false;
  return open_locked(folder / kLockName, 0) || !fs::exists(folder / kLockName);
}

}  // namespace

// The folder gets its final name only when its lock is held: whoever sees that name may rely on the lock.
TempDir::TempDir(const fs::path& parent) {
  std::string name = (parent / (std::string(kMaking) + std::string(kRandom))).string();
  if (::mkdtemp(name.data()) == nullptr) fail_errno(errno, fmt::format("making a private folder in {}", parent.string()));
  const fs::path made = name;
  lock_ = open_locked(made / kLockName, O_CREAT | O_EXCL);
  path_ = parent / (std::string(kRunning) + made.filename().string().substr(kMaking.size()));
  if (!lock_ || ::rename(made.c_str(), path_.c_str()) != 0) {
    const int reason = errno;
    std::error_code ignored;
    fs::remove_all(made, ignored);
    fail_errno(reason, fmt::format("locking the private folder {}", made.string()));
  }
}

TempDir::~TempDir() {
  if (!lock_) return;   // moved from
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path default_temp_parent() {
  const char* set = std::getenv("TMPDIR");
  return set != nullptr && *set != '\0' ? fs::absolute(set) : fs::path("/tmp");
}

std::vector<fs::path> sweep_leftovers(const fs::path& parent) {
  std::vector<fs::path> removed;
  std::error_code error;
  for (fs::directory_iterator at(parent, error), end; !error && at != end; at.increment(error)) {
    if (!is_dead(at->path())) continue;
    std::error_code ignored;
    fs::remove_all(at->path(), ignored);
    removed.push_back(at->path());
  }
  return removed;
}

}  // namespace tabferry::base
