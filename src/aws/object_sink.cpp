#include "aws/object_sink.h"

#include <aws/checksums/crc.h>

#include <algorithm>

#include "aws/checksum.h"
#include "aws/multipart.h"
#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::aws {
namespace {

// A request that sends one piece of memory.
struct Sent : Exchange {
  std::string body;  // read by the runtime until it has finished
};

struct Piece {
  size_t number;
  uint64_t crc64nvme;
  std::shared_ptr<Sent> sent;
  Running running;
};

constexpr auto kAbortPatience = std::chrono::seconds(5);

class S3Sink : public store::ObjectSink {
 public:
  S3Sink(std::shared_ptr<const Transfers> transfers, std::string_view key, const store::CreateOptions& options)
      : transfers_(std::move(transfers)),
        bucket_(transfers_->bucket()),
        key_(key),
        options_(options),
        headers_(creation_headers(bucket_.options(), options)),
        asked_(bucket_.asked("writing", key, "s3:PutObject")),
        part_bytes_(part_bytes()) {}

  // A part that the server takes in behind the abort would stay for ever: those under way are waited for, not cut.
  ~S3Sink() override {
    const auto until = std::chrono::steady_clock::now() + kAbortPatience;
    for (const auto& piece : under_way_) {
      std::unique_lock lock(piece.sent->mutex);
      piece.sent->changed.wait_until(lock, until, [&] { return piece.sent->finished; });
    }
  }

  void write(std::string_view bytes) override {
    written_ += bytes.size();
    make_room(bytes.size());
    while (kept_.size() + bytes.size() > part_bytes_) {
      const size_t some = part_bytes_ - kept_.size();
      kept_.append(bytes.substr(0, some));
      bytes.remove_prefix(some);
      send_part();
      make_room(bytes.size());
    }
    kept_.append(bytes);
  }

  void commit() override {
    check_size();
    std::string etag;
    if (!multipart_) {
      etag = put_whole();
    } else {
      if (!kept_.empty()) send_part();
      while (!under_way_.empty()) finish_oldest();
      etag = multipart_->complete(base64_of(crc_));
    }
    made_ = {.key = key_, .size_bytes = written_, .etag = std::move(etag)};
  }

  store::Object object() const override { return made_; }

 private:
  // 10,000 parts are the most; a length that is announced makes them larger.
  uint64_t part_bytes() const {
    return std::max(bucket_.options().memory.part_bytes, options_.size_bytes.value_or(0) / kMostParts + 1);
  }

  // Memory in proportion to what came, and never more than a part: what std::string adds by itself may be twice that.
  void make_room(uint64_t more) {
    const uint64_t needed = std::min(kept_.size() + more, part_bytes_);
    if (needed <= kept_.capacity()) return;
    const uint64_t all = options_.size_bytes && sent_parts_ == 0 ? *options_.size_bytes : 0;
    const uint64_t room = std::min(std::max({needed, 2 * uint64_t{kept_.capacity()}, all}), part_bytes_);
    std::string larger = room == part_bytes_ ? transfers_->part_memory().take() : "";
    larger.reserve(room);
    larger.append(kept_);
    kept_.swap(larger);
  }

  void check_size() const {
    if (options_.size_bytes && *options_.size_bytes != written_)
      base::fail(ErrorKind::bug, "writing {}: {} bytes were announced and {} came", base::quoted(asked_.url, 400),
                 *options_.size_bytes, written_);
  }

  // One request over a connection of this thread's own: several threads that write small objects do not wait for each
  // other.
  std::string put_whole() {
    BucketCall call{.doing = asked_.doing,
                    .right = asked_.right,
                    .method = "PUT",
                    .key = key_,
                    .headers = headers_,
                    .body = std::exchange(kept_, {}),
                    .signs_body = false};
    call.headers.emplace_back("x-amz-checksum-crc64nvme", base64_of(crc64nvme(call.body)));
    const auto response = bucket_.ask(call);
    if (response.status == 404 && !options_.if_match.empty()) fail_gone(refusal_in(response));
    if (response.status >= 300) bucket_.fail(call, response);
    return bucket_.etag_in(response.header("etag"), key_);
  }

  void send_part() {
    if (!multipart_) multipart_.emplace(bucket_, key_, headers_, Multipart::Parts::sent);
    if (sent_parts_ == kMostParts)
      base::fail(
          ErrorKind::refused,
          "writing {}: more than {} parts of {}: S3 takes no more. Give the store more memory: parts grow with it",
          base::quoted(asked_.url, 400), kMostParts, base::human_bytes(part_bytes_));
    if (under_way_.size() >= bucket_.options().memory.parts_under_way) finish_oldest();
    ++sent_parts_;
    under_way_.push_back(send(multipart_->query(sent_parts_)));
  }

  Piece send(const std::string& query) {
    const auto sent = std::make_shared<Sent>();
    sent->body = std::exchange(kept_, {});
    const auto message =
        transfers_->message("PUT", key_, {{"Content-Length", std::to_string(sent->body.size())}}, query);
    aws_s3_checksum_config checksum{};
    checksum.location = AWS_SCL_TRAILER;
    checksum.checksum_algorithm = AWS_SCA_CRC64NVME;
    aws_s3_meta_request_options request{};
    request.type = AWS_S3_META_REQUEST_TYPE_DEFAULT;
    request.operation_name = aws_byte_cursor_from_c_str("UploadPart");
    request.message = message.get();
    request.checksum_config = &checksum;
    request.request_body = cursor(sent->body);
    const uint64_t crc = crc64nvme(sent->body);
    return {.number = sent_parts_, .crc64nvme = crc, .sent = sent, .running = transfers_->start(request, sent)};
  }

  void finish_oldest() {
    auto& oldest = under_way_.front();
    auto etag = finish(oldest);
    crc_ = aws_checksums_crc64nvme_combine(crc_, oldest.crc64nvme, oldest.sent->body.size());
    multipart_->add(oldest.number, std::move(etag), base64_of(oldest.crc64nvme));
    transfers_->part_memory().give_back(std::move(oldest.sent->body));  // what is out is not read any more
    under_way_.pop_front();
  }

  // Waits until it is out; its ETag.
  std::string finish(Piece& piece) {
    std::unique_lock lock(piece.sent->mutex);
    transfers_->wait(lock, *piece.sent, asked_, [] { return false; });
    if (piece.sent->error != 0) throw transfers_->error_of(*piece.sent, asked_);
    return bucket_.etag_in(piece.sent->header("etag"), key_);
  }

  // 404 NoSuchKey where the object that was to be replaced is there no more.
  void fail_gone(const Refusal& refusal) const {
    const auto error = error_of(refusal, asked_);
    if (refusal.code != "NoSuchBucket")
      base::fail(ErrorKind::conflict, "{}: it was deleted by someone else", error.what());
  }

  std::shared_ptr<const Transfers> transfers_;
  const Bucket& bucket_;
  const std::string key_;
  const store::CreateOptions options_;
  const Headers headers_;
  const Asked asked_;
  const uint64_t part_bytes_;
  std::string kept_;                    // not sent yet
  std::optional<Multipart> multipart_;  // dies behind under_way_: aborted when no part is sent any more
  std::deque<Piece> under_way_;
  size_t sent_parts_ = 0;
  uint64_t crc_ = 0;  // of the parts that are out, in order
  uint64_t written_ = 0;
  store::Object made_;
};

}  // namespace

std::unique_ptr<store::ObjectSink> create_object(std::shared_ptr<const Transfers> transfers, std::string_view key,
                                                 const store::CreateOptions& options) {
  return std::make_unique<S3Sink>(std::move(transfers), key, options);
}

}  // namespace tabferry::aws
