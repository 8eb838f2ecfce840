// The objects of a directory: one that is read, one that is written. Keys and folders are DirStore's business.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/fd.h"
#include "base/text.h"
#include "io/file.h"
#include "store/store.h"

namespace tabferry::store {

// "inode-size-seconds.nanoseconds" of the last change. DirSink sets that time by the clock to the nanosecond, for the
// file system's own ticks are milliseconds, and an inode may come back within one.
std::string etag_of(const struct stat& status);
// Of the file of that name; empty where there is none.
std::string etag_of_path(const std::filesystem::path& path);

Object object_of(std::string key, const struct stat& status);

// Held while a name changes its file: together by those who replace or remove whatever is there, alone by one who first
// looks at what is there. Who creates if absent needs none. flock() of a file in the root, for all processes.
class ChangeLock {
 public:
  enum class Kind { together, alone };
  // Blocks while another one works. Throws Error{io}; `together` passes over a file system without locks.
  ChangeLock(const std::filesystem::path& file, Kind kind);

 private:
  base::Fd fd_;
};

// An object's data, whose version is looked at again when its end is reached: the file that was read to its end is the
// file that stands there, whole and unchanged.
class DirSource : public io::ByteSource {
 public:
  // An empty etag means the version that is there now. Throws Error{conflict} where there is another.
  DirSource(const std::filesystem::path& path, std::string url, std::string etag);

  size_t read(std::span<char> into) override;
  int fd() const { return file_.fd(); }

 private:
  void check(const std::string& now) const;

  std::filesystem::path path_;
  io::FileSource file_;
  std::string url_;
  std::string etag_;
  bool ended_ = false;
};

struct DirTarget {
  std::string key;
  std::string url;
  std::filesystem::path path;
  std::filesystem::path lock_file;
};

class DirSink : public ObjectSink {
 public:
  DirSink(DirTarget target, CreateOptions options);

  void write(std::string_view bytes) override;
  void commit() override;
  Object object() const override { return object_; }
  // Writes all of it, by the file system's own copying where it can (which shares blocks where it can).
  void write_all(DirSource& source);

 private:
  void check_size() const;

  DirTarget target_;
  CreateOptions options_;
  io::FileSink file_;
  Object object_;
};

// Throws Error{conflict} where `options` forbid to write over what is there now.
void refuse_taken(const DirTarget& target, const CreateOptions& options);

// Runs `step`; what the file system says is told with the object's own name, for a path alone does not tell the store.
template <class Step>
auto with_url(const std::string& url, const Step& step) {
  try {
    return step();
  } catch (const base::Error& error) {
    if (std::string_view(error.what()).find(url) != std::string_view::npos) throw;
    base::fail(error.kind(), "{}: {}", base::quoted(url, 400), error.what());
  }
}

}  // namespace tabferry::store
