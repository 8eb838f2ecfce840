#include "sim/core/uploads.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "sim/core/ids.h"
#include "sim/core/refusal.h"

namespace tabferry::sim {

UploadBlock::UploadBlock(std::filesystem::path path, uint64_t offset) : path_(std::move(path)), offset_(offset) {
  fd_ = base::Fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd_) base::fail_errno(errno, fmt::format("opening the upload {}", path_.string()));
}

UploadBlock::~UploadBlock() {
  if (!finished_) [[maybe_unused]]
    const int cut = ::ftruncate(fd_.get(), static_cast<off_t>(offset_));
}

void UploadBlock::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd_.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) base::fail_errno(errno, fmt::format("writing the upload {}", path_.string()));
    written_ += static_cast<uint64_t>(put);
    bytes.remove_prefix(static_cast<size_t>(put));
  }
}

uint64_t UploadBlock::finish() {
  finished_ = true;
  return offset_ + written_;
}

std::string Uploads::start() {
  const std::string session = make_upload_session_id();
  uploads_[session].place.path = folder_.upload_path(make_luid());
  return session;
}

Uploads::Place Uploads::begin_block(const std::string& session) {
  Upload& upload = idle(session);
  if (upload.blocks >= kMaxBlocks) refuse(400016, "A file is limited to {} blocks.", kMaxBlocks);
  upload.is_busy = true;
  return upload.place;
}

void Uploads::end_block(const std::string& session, uint64_t size_bytes) {
  Upload& upload = at(session);
  upload.place.size_bytes = size_bytes;
  upload.is_busy = false;
  ++upload.blocks;
}

void Uploads::abandon_block(const std::string& session) { at(session).is_busy = false; }

Uploads::Place Uploads::take(const std::string& session) {
  const Upload upload = idle(session);
  if (upload.blocks == 0)
    refuse(400011, "There was a problem publishing the file: nothing was uploaded to session '{}'.", session);
  uploads_.erase(session);
  return upload.place;
}

Uploads::Upload& Uploads::at(const std::string& session) {
  const auto found = uploads_.find(session);
  if (found == uploads_.end()) refuse(404015, "File upload session '{}' could not be found.", session);
  return found->second;
}

Uploads::Upload& Uploads::idle(const std::string& session) {
  Upload& upload = at(session);
  if (upload.is_busy) refuse(500000, "errors.upload.concurrent_write");
  return upload;
}

}  // namespace tabferry::sim
