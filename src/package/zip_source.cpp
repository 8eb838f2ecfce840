#include "package/zip_source.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.h"

namespace tabferry::package {
namespace {

// libzip writes in pieces of 8 KiB; one system call and one look at the stop token for this many bytes.
constexpr size_t kBufferBytes = size_t{256} << 10;

}  // namespace

ZipSource::ZipSource(int read_fd) : read_fd_(read_fd) {
  struct stat status{};
  if (::fstat(read_fd, &status) != 0) base::fail_errno(errno, "looking at an open file");
  size_bytes_ = static_cast<uint64_t>(status.st_size);
  zip_error_init(&error_);
}

ZipSource::ZipSource(int read_fd, int write_fd, std::function<void(uint64_t)> progress, std::stop_token stop)
    : ZipSource(read_fd) {
  write_fd_ = write_fd;
  progress_ = std::move(progress);
  stop_ = std::move(stop);
}

zip_source_t* ZipSource::make() {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_function_create(&ZipSource::called, this, &error);
  if (source == nullptr) base::fail(base::ErrorKind::io, "opening a zip source: {}", zip_error_strerror(&error));
  return source;
}

void ZipSource::rethrow(std::string_view what_was_being_done) const {
  if (thrown_) std::rethrow_exception(thrown_);
  if (cancelled_) base::fail_cancelled(what_was_being_done);
  if (error_number_ != 0) base::fail_errno(error_number_, std::string(what_was_being_done));
}

// No exception may cross libzip's C frames: it is kept for rethrow().
zip_int64_t ZipSource::called(void* self, void* data, zip_uint64_t length, zip_source_cmd_t command) {
  auto& source = *static_cast<ZipSource*>(self);
  try {
    return source.read_side(data, length, command);
  } catch (...) {
    source.thrown_ = std::current_exception();
    return source.failed(ZIP_ER_CANCELLED, 0);
  }
}

zip_int64_t ZipSource::read_side(void* data, zip_uint64_t length, zip_source_cmd_t command) {
  switch (command) {
    case ZIP_SOURCE_OPEN: read_at_ = 0; return 0;
    case ZIP_SOURCE_READ: return read(static_cast<char*>(data), length);
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE: return 0;
    case ZIP_SOURCE_STAT: return describe(data, length);
    case ZIP_SOURCE_ERROR: return zip_error_to_data(&error_, data, length);
    case ZIP_SOURCE_TELL: return static_cast<zip_int64_t>(read_at_);
    case ZIP_SOURCE_SUPPORTS: return supported();
    case ZIP_SOURCE_SEEK: {
      const zip_int64_t to = zip_source_seek_compute_offset(read_at_, size_bytes_, data, length, &error_);
      if (to < 0) return -1;
      read_at_ = static_cast<uint64_t>(to);
      return 0;
    }
    default: return write_side(data, length, command);
  }
}

zip_int64_t ZipSource::write_side(void* data, zip_uint64_t length, zip_source_cmd_t command) {
  if (write_fd_ < 0) return failed(ZIP_ER_OPNOTSUPP, 0);
  switch (command) {
    case ZIP_SOURCE_BEGIN_WRITE: flushed_to_ = 0; return 0;
    case ZIP_SOURCE_WRITE: return write(static_cast<const char*>(data), length);
    case ZIP_SOURCE_SEEK_WRITE: return seek_write(data, length);
    case ZIP_SOURCE_TELL_WRITE: return static_cast<zip_int64_t>(flushed_to_ + buffered_.size());
    case ZIP_SOURCE_COMMIT_WRITE: return flush();
    case ZIP_SOURCE_ROLLBACK_WRITE:   // the caller drops the whole file
    case ZIP_SOURCE_REMOVE: return 0;
    default: return failed(ZIP_ER_OPNOTSUPP, 0);
  }
}

zip_int64_t ZipSource::describe(void* data, zip_uint64_t length) {
  if (length < sizeof(zip_stat_t)) return failed(ZIP_ER_INVAL, 0);
  auto* status = static_cast<zip_stat_t*>(data);
  zip_stat_init(status);
  status->size = size_bytes_;
  status->valid = ZIP_STAT_SIZE;
  return sizeof(zip_stat_t);
}

zip_int64_t ZipSource::read(char* into, zip_uint64_t length) {
  const uint64_t wanted = read_at_ >= size_bytes_ ? 0 : std::min<uint64_t>(length, size_bytes_ - read_at_);
  uint64_t got = 0;
  while (got < wanted) {
    const ssize_t piece = ::pread(read_fd_, into + got, wanted - got, static_cast<off_t>(read_at_ + got));
    if (piece < 0 && errno == EINTR) continue;
    if (piece < 0) return failed(ZIP_ER_READ, errno);
    if (piece == 0) break;
    got += static_cast<uint64_t>(piece);
  }
  read_at_ += got;
  return static_cast<zip_int64_t>(got);
}

zip_int64_t ZipSource::write(const char* from, zip_uint64_t length) {
  buffered_.append(from, length);
  if (buffered_.size() >= kBufferBytes && flush() < 0) return -1;
  return static_cast<zip_int64_t>(length);
}

zip_int64_t ZipSource::seek_write(void* data, zip_uint64_t length) {
  const uint64_t now = flushed_to_ + buffered_.size();
  const zip_int64_t to = zip_source_seek_compute_offset(now, std::max(now, furthest_), data, length, &error_);
  if (to < 0 || flush() < 0) return -1;
  flushed_to_ = static_cast<uint64_t>(to);
  return 0;
}

zip_int64_t ZipSource::flush() {
  if (stop_.stop_requested()) {
    cancelled_ = true;
    return failed(ZIP_ER_CANCELLED, 0);
  }
  size_t done = 0;
  while (done < buffered_.size()) {
    const ssize_t put = ::pwrite(write_fd_, buffered_.data() + done, buffered_.size() - done,
                                 static_cast<off_t>(flushed_to_ + done));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return failed(ZIP_ER_WRITE, errno);
    done += static_cast<size_t>(put);
  }
  flushed_to_ += buffered_.size();
  buffered_.clear();
  if (flushed_to_ > furthest_) {
    furthest_ = flushed_to_;
    if (progress_) progress_(furthest_);
  }
  return 0;
}

zip_int64_t ZipSource::failed(int zip_code, int error_number) {
  zip_error_set(&error_, zip_code, error_number);
  if (error_number_ == 0) error_number_ = error_number;
  return -1;
}

zip_int64_t ZipSource::supported() const {
  return write_fd_ >= 0 ? ZIP_SOURCE_SUPPORTS_WRITABLE | ZIP_SOURCE_MAKE_COMMAND_BITMASK(ZIP_SOURCE_WRITE)
                        : ZIP_SOURCE_SUPPORTS_SEEKABLE;
}

}  // namespace tabferry::package
