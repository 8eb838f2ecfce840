#include "aws/object_source.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::aws {
namespace {

struct Download : Exchange {
  std::deque<std::string> pieces;  // what came and was not read yet
  size_t at = 0;                   // of the first piece: what was read of it
  void take(std::string piece) override { pieces.push_back(std::move(piece)); }
};

// Some servers put quotes around it in one answer and leave them out in another.
std::string_view bare(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  return etag;
}

class S3Object : public io::ByteSource {
 public:
  S3Object(std::shared_ptr<const Transfers> transfers, std::string_view key, const store::OpenOptions& options)
      : transfers_(std::move(transfers)),
        options_(options),
        asked_(transfers_->bucket().asked("reading", key, "s3:GetObject")),
        key_(key) {
    start();
  }

  size_t read(std::span<char> into) override {
    std::unique_lock lock(download_->mutex);
    if (taken_ > 0 && download_->pieces.empty()) {  // what is free must be offered before more is waited for
      lock.unlock();
      offer_taken();
      lock.lock();
    }
    transfers_->wait(lock, *download_, asked_, [&] { return !download_->pieces.empty(); });
    if (download_->pieces.empty() && may_start_again()) {
      lock.unlock();
      start();
      return read(into);
    }
    if (download_->pieces.empty()) {
      check_end();
      return 0;
    }
    const size_t got = take(into);
    lock.unlock();
    read_bytes_ += got;
    if (options_.size_bytes && read_bytes_ > *options_.size_bytes) fail_length();
    if (!small()) taken_ += got;
    if (taken_ >= kWindowStep) offer_taken();
    return got;
  }

 private:
  static constexpr uint64_t kWindowStep = uint64_t{1} << 20;  // each opening wakes the runtime

  uint64_t part_bytes() const { return transfers_->bucket().options().memory.part_bytes; }
  // Known to fit into one part: one plain GET, and a window for all of it.
  bool small() const { return options_.size_bytes && *options_.size_bytes <= part_bytes(); }

  void offer_taken() {
    transfers_->refresh_keys();
    open_window(std::exchange(taken_, 0));
  }

  // Expired keys are met by fresh ones, once.
  bool may_start_again() {
    if (download_->error == 0 || read_bytes_ > 0 || std::exchange(started_again_, true)) return false;
    return transfers_->mended(*download_);
  }

  void start() {
    download_ = std::make_shared<Download>();
    running_.emplace(request());
    open_window(small() ? *options_.size_bytes + 1
                        : std::max<uint64_t>(options_.read_ahead_bytes.value_or(2 * part_bytes()), 1));
  }

  Running request() const {
    Headers headers;
    if (!options_.if_match.empty()) headers.emplace_back("If-Match", options_.if_match);
    const auto message = transfers_->message("GET", key_, headers);
    aws_s3_checksum_config checksum{};
    checksum.validate_response_checksum = true;
    aws_s3_meta_request_options request{};
    request.type = small() ? AWS_S3_META_REQUEST_TYPE_DEFAULT : AWS_S3_META_REQUEST_TYPE_GET_OBJECT;
    request.operation_name = aws_byte_cursor_from_c_str("GetObject");
    request.message = message.get();
    request.checksum_config = &checksum;
    const uint64_t size_hint = options_.size_bytes.value_or(0);
    if (options_.size_bytes) request.object_size_hint = &size_hint;
    return transfers_->start(request, download_);
  }

  void open_window(uint64_t bytes) { aws_s3_meta_request_increment_read_window(running_->get(), bytes); }

  // As much as there is, over several pieces.
  size_t take(std::span<char> into) {
    size_t got = 0;
    while (got < into.size() && !download_->pieces.empty()) {
      const std::string& piece = download_->pieces.front();
      const size_t some = std::min(into.size() - got, piece.size() - download_->at);
      std::memcpy(into.data() + got, piece.data() + download_->at, some);
      got += some;
      download_->at += some;
      if (download_->at < piece.size()) break;
      download_->pieces.pop_front();
      download_->at = 0;
    }
    return got;
  }

  void check_end() {
    if (download_->error != 0) fail_reading();
    check_version();
    if (options_.size_bytes && read_bytes_ != *options_.size_bytes) fail_length();
    if (!std::exchange(ended_, true)) transfers_->count(download_->validated);
  }

  // Not every server does as If-Match says.
  void check_version() const {
    const std::string came = download_->header("etag");
    if (!options_.if_match.empty() && !came.empty() && bare(came) != bare(options_.if_match))
      store::fail_changed(asked_.url, false);
  }

  [[noreturn]] void fail_length() const {
    base::fail(ErrorKind::corrupt, "reading {}: {}{} bytes came and {} were listed; nothing of it was used",
               base::quoted(asked_.url, 400), read_bytes_ > *options_.size_bytes ? "at least " : "", read_bytes_,
               *options_.size_bytes);
  }

  [[noreturn]] void fail_reading() const {
    const auto error = transfers_->error_of(*download_, asked_);
    const bool listed = !options_.if_match.empty();
    if (listed && (error.kind() == ErrorKind::conflict || error.kind() == ErrorKind::not_found))
      store::fail_changed(asked_.url, error.kind() == ErrorKind::not_found);
    throw error;
  }

  std::shared_ptr<const Transfers> transfers_;
  const store::OpenOptions options_;
  const Asked asked_;
  const std::string key_;
  std::shared_ptr<Download> download_;
  std::optional<Running> running_;
  bool started_again_ = false;
  bool ended_ = false;
  uint64_t read_bytes_ = 0;
  uint64_t taken_ = 0;  // since the window was opened last
};

}  // namespace

std::unique_ptr<io::ByteSource> open_object(std::shared_ptr<const Transfers> transfers, std::string_view key,
                                            const store::OpenOptions& options) {
  return std::make_unique<S3Object>(std::move(transfers), key, options);
}

}  // namespace tabferry::aws
