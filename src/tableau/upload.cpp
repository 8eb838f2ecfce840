#include "tableau/upload.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "base/url.h"

using namespace std::chrono_literals;
using tabferry::base::ErrorKind;

namespace tabferry::tableau {
namespace {

constexpr int kMaxUploads = 3;

// not_found: the site forgot the upload (404015).
bool worth_a_new_upload(const base::Error& error) {
  return error.kind() == ErrorKind::transient || error.kind() == ErrorKind::not_found;
}

}  // namespace

uint64_t chunk_size_for(uint64_t file_bytes, uint64_t wanted) {
  const uint64_t least = (file_bytes + kMaxChunks - 1) / kMaxChunks;
  if (least > kMaxChunkBytes)
    base::fail(ErrorKind::refused, "the file has {}: Tableau takes at most {} chunks of {}",
               base::human_bytes(file_bytes), kMaxChunks, base::human_bytes(kMaxChunkBytes));
  return std::clamp<uint64_t>(std::max(wanted, least), 1, kMaxChunkBytes);
}

std::string upload_id_in_url(const std::string& upload_id) {
  std::string encoded;
  for (const char c : upload_id) encoded += c == ':' ? ":" : base::percent_encoded({&c, 1});
  return encoded;
}

std::string Upload::run(std::stop_token stop) {
  for (int upload = 1;; ++upload) {
    try {
      return run_once(stop);
    } catch (const base::Error& error) {
      if (upload == kMaxUploads || !worth_a_new_upload(error)) throw;
      if (request_.on_step)
        request_.on_step(fmt::format("the upload broke off ({}): uploading again from the start, {} of {}",
                                     error.what(), upload + 1, kMaxUploads));
    }
    if (!clock_.sleep_for(1s * upload, stop)) base::fail_cancelled("waiting to upload again");
  }
}

std::string Upload::run_once(std::stop_token stop) {
  const std::string id = begin(stop);
  for (uint64_t offset = 0; offset < file_->size_bytes(); offset += chunk_bytes_) append(id, offset, stop);
  return id;
}

// Repeating it leaves an empty upload behind, which the site forgets.
std::string Upload::begin(std::stop_token stop) {
  const std::string doing = "beginning an upload";
  const Answer answer = lane_.ask_ok(
      {.doing = doing, .method = "POST", .path = "fileUploads", .body = http::text_body(""), .may_repeat = true}, stop);
  const std::string id = answer.root(doing).child("fileUpload").attribute_or("uploadSessionId", "");
  if (id.empty()) base::fail(ErrorKind::corrupt, "{}: the answer holds no upload id", doing);
  return id;
}

void Upload::append(const std::string& id, uint64_t offset, std::stop_token stop) {
  const uint64_t size = std::min(chunk_bytes_, file_->size_bytes() - offset);
  const Multipart form = multipart_of(
      "", FilePart{.name = "tableau_file", .filename = "chunk", .file = file_, .offset = offset, .size_bytes = size});
  const uint64_t chunks = (file_->size_bytes() + chunk_bytes_ - 1) / chunk_bytes_;
  Call call{.doing = fmt::format("uploading part {} of {}", offset / chunk_bytes_ + 1, chunks),
            .method = "PUT",
            .path = "fileUploads/" + upload_id_in_url(id),
            .content_type = form.content_type,
            .body = form.body};
  if (request_.on_sent)
    call.on_sent = [&](uint64_t sent) {
      request_.on_sent(offset + std::min(size, sent - std::min(sent, form.file_begins_at)));
    };
  lane_.ask_ok(call, stop);
}

}  // namespace tabferry::tableau
