// A directory as a store. Keys are paths below the root with '/' between; links are followed as the file system does,
// but nothing is removed where one leads out of the root.
// ETag: inode-size-mtime in nanoseconds; looked at when an object is opened and again at the end of its data.
//
// Names that begin with ".tabferry-" are the store's own and no keys: ".tabferry-lock" in the root, and the passing
// names of io::FileSink, the only thing that a killed process may leave (the next writer of that key clears it up).
// Conditions hold among all who write through a
// DirStore (flock, which a network file system must have), not against others who write into the folder.
#pragma once

#include <filesystem>

#include "store/store.h"

namespace tabferry::store {

struct DirTarget;

class DirStore : public Store {
 public:
  // `url_prefix` + key is what url() says: "file:///data/" or, for a directory that stands in for a bucket,
  // "s3://bucket/". The root need not exist: it then holds no object, and the first one that is created makes it.
  // `clock` is what now() says, and must outlive the store; files get the machine's time.
  DirStore(std::filesystem::path root, std::string url_prefix, const base::Clock& clock = base::system_clock());

  void list(std::string_view prefix, const std::function<void(const Object&)>& visit) const override;
  std::vector<std::string> list_folders(std::string_view prefix) const override;
  std::optional<Object> stat(std::string_view key) const override;
  std::unique_ptr<io::ByteSource> open(std::string_view key, const OpenOptions& options = {}) const override;
  // Missing folders are made, and stay where nothing is committed.
  // A key cannot be another one's folder ("a" and "a/b"): Error{io}.
  std::unique_ptr<ObjectSink> create(std::string_view key, const CreateOptions& options = {}) const override;
  // Folders stay, empty ones too: they are no objects.
  void remove(std::span<const std::string> keys) const override;
  Object copy(const Object& from, std::string_view to_key, const CreateOptions& options = {}) const override;
  // Its passing files (there are none where the file system knows nameless files): those whose writer is dead.
  uint64_t abort_uploads(std::string_view prefix, std::chrono::milliseconds older_than) const override;
  base::WallTime now() const override { return clock_.now(); }
  std::string url(std::string_view key) const override;

 private:
  std::filesystem::path path_of(std::string_view key) const;
  std::filesystem::path path_for_writing(std::string_view key) const;
  DirTarget target_of(std::string_view key, const CreateOptions& options) const;

  std::filesystem::path root_;
  std::string url_prefix_;
  const base::Clock& clock_;
};

}  // namespace tabferry::store
