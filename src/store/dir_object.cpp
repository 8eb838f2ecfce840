#include "store/dir_object.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "base/error.h"
#include "base/text.h"
#include "io/copy.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::store {
namespace {

struct stat status_of_fd(int fd, const std::string& url) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) base::fail_errno(errno, fmt::format("looking at {}", base::quoted(url, 400)));
  return status;
}

std::string etag_of_fd(int fd) {
  struct stat status{};
  return ::fstat(fd, &status) == 0 ? etag_of(status) : "";
}

void set_exact_time(int fd, const std::string& url) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, now};
  if (::futimens(fd, times) != 0)
    base::fail_errno(errno, fmt::format("setting the time of {}", base::quoted(url, 400)));
}

}  // namespace

std::string etag_of(const struct stat& status) {
  return fmt::format("{}-{}-{}.{:09}", status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

std::string etag_of_path(const fs::path& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? etag_of(status) : "";
}

Object object_of(std::string key, const struct stat& status) {
  const auto since_epoch =
      std::chrono::seconds(status.st_mtim.tv_sec) + std::chrono::nanoseconds(status.st_mtim.tv_nsec);
  return {.key = std::move(key),
          .size_bytes = static_cast<uint64_t>(status.st_size),
          .etag = etag_of(status),
          .modified_at = base::WallTime(std::chrono::floor<std::chrono::milliseconds>(since_epoch))};
}

// A network file system locks alone only what is open for writing.
ChangeLock::ChangeLock(const fs::path& file, Kind kind)
    : fd_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666)) {
  if (!fd_) base::fail_errno(errno, fmt::format("opening the lock {}", base::quoted(file.string(), 400)));
  int failed = 0;
  do failed = ::flock(fd_.get(), kind == Kind::alone ? LOCK_EX : LOCK_SH);
  while (failed != 0 && errno == EINTR);
  if (failed != 0 && kind == Kind::alone)
    base::fail_errno(errno, fmt::format("locking {} (an object is replaced on a condition only where the file system "
                                        "has locks: take another file system, or S3)",
                                        base::quoted(file.string(), 400)));
}

DirSource::DirSource(const fs::path& path, std::string url, std::string etag)
    : path_(path), file_(path), url_(std::move(url)), etag_(std::move(etag)) {
  if (etag_.empty()) etag_ = etag_of_fd(file_.fd());
  check(etag_of_fd(file_.fd()));
}

size_t DirSource::read(std::span<char> into) {
  const size_t got = ended_ ? 0 : file_.read(into);
  if (got > 0 || ended_) return got;
  check(etag_of_fd(file_.fd()));
  check(etag_of_path(path_));
  ended_ = true;
  return 0;
}

void DirSource::check(const std::string& now) const {
  if (now != etag_) fail_changed(url_, now.empty());
}

DirSink::DirSink(DirTarget target, CreateOptions options)
    : target_(std::move(target)), options_(std::move(options)), file_(target_.path, {.replace = !options_.if_absent}) {
  object_.key = target_.key;
}

void DirSink::write(std::string_view bytes) {
  file_.write(bytes);
  object_.size_bytes += bytes.size();
}

void DirSink::write_all(DirSource& source) {
  ssize_t copied = 0;
  while ((copied = ::copy_file_range(source.fd(), nullptr, file_.fd(), nullptr, size_t{1} << 30, 0)) > 0)
    object_.size_bytes += static_cast<uint64_t>(copied);
  // What the file system does not copy by itself; and the end, where the version is looked at.
  io::copy(source, *this);
}

void DirSink::check_size() const {
  if (options_.size_bytes && *options_.size_bytes != object_.size_bytes)
    base::fail(ErrorKind::bug, "{} was to be {} bytes and {} were written; nothing was stored",
               base::quoted(target_.url, 400), *options_.size_bytes, object_.size_bytes);
}

// The bytes go to the disk before the lock is taken, so that nobody waits for them. The sink itself refuses a name that
// is taken; only what may be replaced is looked at under the lock.
void DirSink::commit() {
  check_size();
  set_exact_time(file_.fd(), target_.url);
  object_ = object_of(target_.key, status_of_fd(file_.fd(), target_.url));
  with_url(target_.url, [&] {
    if (options_.if_absent) return file_.commit();
    if (::fsync(file_.fd()) != 0) base::fail_errno(errno, "syncing");
    const bool conditional = !options_.if_match.empty();
    const ChangeLock lock(target_.lock_file, conditional ? ChangeLock::Kind::alone : ChangeLock::Kind::together);
    refuse_taken(target_, options_);
    file_.commit();
  });
}

void refuse_taken(const DirTarget& target, const CreateOptions& options) {
  struct stat status{};
  if (options.if_absent && ::lstat(target.path.c_str(), &status) == 0)
    base::fail(ErrorKind::conflict, "{} is there already and stays as it is", base::quoted(target.url, 400));
  if (options.if_match.empty()) return;
  const std::string now = etag_of_path(target.path);
  if (now != options.if_match)
    base::fail(ErrorKind::conflict, "{} {} since it was read, and stays as it is now", base::quoted(target.url, 400),
               now.empty() ? "was deleted" : "was replaced or changed");
}

}  // namespace tabferry::store
