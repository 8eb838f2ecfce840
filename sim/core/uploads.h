// Upload sessions: files that grow block by block until a publish takes them.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/fd.h"
#include "sim/core/folder.h"

namespace tabferry::sim {

// One block being appended. What is not finished is cut off again.
class UploadBlock {
 public:
  UploadBlock(std::filesystem::path path, uint64_t offset);
  ~UploadBlock();
  UploadBlock(const UploadBlock&) = delete;
  UploadBlock& operator=(const UploadBlock&) = delete;

  void write(std::string_view bytes);
  uint64_t finish();  // the size of the file with this block

 private:
  std::filesystem::path path_;
  base::Fd fd_;
  uint64_t offset_;
  uint64_t written_ = 0;
  bool finished_ = false;
};

// One thread at a time. Every member but start() refuses an unknown session with 404015.
class Uploads {
 public:
  static constexpr int kMaxBlocks = 1000;  // "A file is limited to 1000 blocks."

  explicit Uploads(const Folder& folder) : folder_(folder) {}

  struct Place {
    std::filesystem::path path;
    uint64_t size_bytes = 0;
  };

  std::string start();
  // Claims the session for one block. Refuses a second writer (500000, as Tableau's errors.upload.concurrent_write) and
  // block 1001.
  Place begin_block(const std::string& session);
  void end_block(const std::string& session, uint64_t size_bytes);
  void abandon_block(const std::string& session);
  // Ends the session: its file is the caller's now, to be moved away (or left, and gone at the next start). Refuses
  // with 400011 a session without a block.
  Place take(const std::string& session);

 private:
  struct Upload {
    Place place;
    int blocks = 0;
    bool is_busy = false;
  };
  Upload& at(const std::string& session);
  Upload& idle(const std::string& session);

  const Folder& folder_;
  std::map<std::string, Upload> uploads_;
};

}  // namespace tabferry::sim
