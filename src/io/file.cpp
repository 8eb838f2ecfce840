#include "io/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "io/copy.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::io {
namespace {

base::Fd open_for_reading(const fs::path& path) {
  base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));   // a pipe must not hold us
  if (fd) return fd;
  if (errno == ENOENT || errno == ENOTDIR)
    base::fail(ErrorKind::not_found, "there is no file {}", base::quoted(path.string(), 400));
  base::fail_errno(errno, fmt::format("opening {}", base::quoted(path.string(), 400)));
}

uint64_t size_of(int fd, const fs::path& path) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) base::fail_errno(errno, fmt::format("looking at {}", path.string()));
  if (S_ISDIR(status.st_mode)) base::fail(ErrorKind::not_found, "{} is a folder, not a file", base::quoted(path.string(), 400));
  if (!S_ISREG(status.st_mode)) base::fail(ErrorKind::io, "{} is a pipe or a device, not a file", base::quoted(path.string(), 400));
  return static_cast<uint64_t>(status.st_size);
}

}  // namespace

FileSource::FileSource(const fs::path& path) : path_(path), fd_(open_for_reading(path)) {
  size_bytes_ = size_of(fd_.get(), path_);
}

FileSource::FileSource(const fs::path& path, uint64_t offset, uint64_t length) : FileSource(path) {
  left_ = length;
  ranged_ = true;
  if (::lseek(fd_.get(), static_cast<off_t>(offset), SEEK_SET) < 0)
    base::fail_errno(errno, fmt::format("seeking in {}", path_.string()));
}

size_t FileSource::read(std::span<char> into) {
  const size_t wanted = static_cast<size_t>(std::min<uint64_t>(into.size(), left_));
  if (wanted == 0) return 0;
  ssize_t got = 0;
  do got = ::read(fd_.get(), into.data(), wanted);
  while (got < 0 && errno == EINTR);
  if (got < 0) base::fail_errno(errno, fmt::format("reading {}", base::quoted(path_.string(), 400)));
  if (ranged_ && got == 0)
    base::fail(ErrorKind::conflict, "{} became shorter while it was read", base::quoted(path_.string(), 400));
  left_ -= static_cast<uint64_t>(got);
  return static_cast<size_t>(got);
}

std::string read_text(const fs::path& path, size_t limit_bytes) {
  FileSource source(path);
  std::string text;
  char block[65536];
  while (const size_t got = source.read(block)) {
    text.append(block, got);
    if (text.size() > limit_bytes)
      base::fail(ErrorKind::config, "{} is larger than {}: is it the right file?", base::quoted(path.string(), 400),
                 base::human_bytes(limit_bytes));
  }
  return text;
}

void commit_file(const fs::path& from, const fs::path& to) {
  const base::Fd fd(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) base::fail_errno(errno, fmt::format("syncing {}", from.string()));
  if (::rename(from.c_str(), to.c_str()) != 0)
    base::fail_errno(errno, fmt::format("renaming {} to {}", from.string(), base::quoted(to.string(), 400)));
  sync_folder_of(to);
}

void move_file(const fs::path& from, const fs::path& to) {
  struct stat source{}, target{};
  const fs::path folder = to.has_parent_path() ? to.parent_path() : fs::path(".");
  if (::stat(from.c_str(), &source) != 0) base::fail_errno(errno, fmt::format("looking at {}", from.string()));
  if (::stat(folder.c_str(), &target) != 0) base::fail_errno(errno, fmt::format("looking at the folder {}", base::quoted(folder.string(), 400)));
  if (source.st_dev == target.st_dev) return commit_file(from, to);
  FileSource in(from);
  FileSink out(to);
  copy(in, out);
  out.commit();
  std::error_code ignored;
  fs::remove(from, ignored);
}

void make_folders(const fs::path& folder) {
  std::error_code error;
  if (folder.empty() || fs::is_directory(folder, error)) return;
  make_folders(folder.parent_path());
  if (fs::create_directory(folder, error)) return sync_folder_of(folder);
  if (error) base::fail_errno(error.value(), fmt::format("making the folder {}", base::quoted(folder.string(), 400)));
}

uint64_t size_of(const fs::path& file) { return FileSource(file).size_bytes(); }

uint64_t free_disk_bytes(const fs::path& folder) {
  struct statvfs status{};
  if (::statvfs(folder.c_str(), &status) != 0)
    base::fail_errno(errno, fmt::format("asking for the free space of {}", folder.string()));
  return static_cast<uint64_t>(status.f_bavail) * status.f_frsize;
}

}  // namespace tabferry::io
