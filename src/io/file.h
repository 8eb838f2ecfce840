// Files as sources and sinks.
#pragma once

#include <filesystem>
#include <string>

#include "base/fd.h"
#include "io/byte_source.h"
#include "io/file_sink.h"

namespace tabferry::io {

// A file or one range of it. Throws Error{not_found} or Error{io}, with the path.
class FileSource : public ByteSource {
 public:
  explicit FileSource(const std::filesystem::path& path);
  // The bytes [offset, offset + length) of the file as it was opened; a file that is shorter by then throws Error{conflict}.
  FileSource(const std::filesystem::path& path, uint64_t offset, uint64_t length);

  size_t read(std::span<char> into) override;
  uint64_t size_bytes() const { return size_bytes_; }   // of the file when it was opened
  int fd() const { return fd_.get(); }

 private:
  std::filesystem::path path_;
  base::Fd fd_;
  uint64_t size_bytes_ = 0;
  uint64_t left_ = UINT64_MAX;   // of the range; the whole file where there is none
  bool ranged_ = false;
};

// The whole of a small file. Throws Error{config} where it is larger than limit_bytes.
std::string read_text(const std::filesystem::path& path, size_t limit_bytes = size_t{16} << 20);

// Syncs a finished file, renames it over `to` (same file system) and syncs the folder.
void commit_file(const std::filesystem::path& from, const std::filesystem::path& to);

// The same from anywhere: renames where both are on one file system, else copies and removes `from`.
void move_file(const std::filesystem::path& from, const std::filesystem::path& to);

// Makes the folder and those above it, where they are missing; each new one is synced into the one above.
void make_folders(const std::filesystem::path& folder);

uint64_t size_of(const std::filesystem::path& file);

// The bytes free for this user on the disk of `folder`.
uint64_t free_disk_bytes(const std::filesystem::path& folder);

}  // namespace tabferry::io
