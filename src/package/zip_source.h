// What libzip reads from and writes to: file descriptors. Left to itself libzip writes a changed archive over the file
// it was read from; here the changed archive goes to another file, so that libzip copies the entries that stay as they
// are.
#pragma once

#include <zip.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace tabferry::package {

// Owns no descriptor; must outlive every zip_source_t it made. One thread.
class ZipSource {
 public:
  // For reading only.
  explicit ZipSource(int read_fd);
  // Reads one file, writes (when the archive is closed) to an empty other one.
  ZipSource(int read_fd, int write_fd, std::function<void(uint64_t)> progress, std::stop_token stop);
  ZipSource(const ZipSource&) = delete;
  ZipSource& operator=(const ZipSource&) = delete;

  // A new zip_source_t; it belongs to the libzip call that takes it.
  zip_source_t* make();
  uint64_t size_bytes() const { return size_bytes_; }   // of the file that is read, as it was at the beginning
  // Throws what went wrong inside a callback: what progress() threw, Error{cancelled}, Error{io}. Returns where nothing
  // did.
  void rethrow(std::string_view what_was_being_done) const;

 private:
  static zip_int64_t called(void* self, void* data, zip_uint64_t length, zip_source_cmd_t command);
  zip_int64_t read_side(void* data, zip_uint64_t length, zip_source_cmd_t command);
  zip_int64_t write_side(void* data, zip_uint64_t length, zip_source_cmd_t command);
  zip_int64_t describe(void* data, zip_uint64_t length);
  zip_int64_t read(char* into, zip_uint64_t length);
  zip_int64_t write(const char* from, zip_uint64_t length);
  zip_int64_t seek_write(void* data, zip_uint64_t length);
  zip_int64_t flush();
  zip_int64_t failed(int zip_code, int error_number);
  zip_int64_t supported() const;

  int read_fd_;
  int write_fd_ = -1;
  std::function<void(uint64_t)> progress_;
  std::stop_token stop_;
  uint64_t size_bytes_ = 0;
  uint64_t read_at_ = 0;
  uint64_t flushed_to_ = 0;     // where the buffered bytes belong
  uint64_t furthest_ = 0;       // the highest offset written
  std::string buffered_;
  zip_error_t error_{};
  int error_number_ = 0;
  bool cancelled_ = false;
  std::exception_ptr thrown_;
};

}  // namespace tabferry::package
