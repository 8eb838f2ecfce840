#include "http/transfer.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::http {
namespace {

constexpr size_t kMaxBodyBytes = size_t{64} << 20;
constexpr size_t kMaxHeaderBytes = size_t{1} << 20;  // of all answers to one request, the 1xx ones included

// "HTTP/1.1 200 OK"; 0 where there is no number.
int status_in(std::string_view line) {
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return 0;
  int status = 0;
  std::from_chars(line.data() + space + 1, line.data() + line.size(), status);
  return status;
}

}  // namespace

Transfer::Transfer(const Request& request, Spill* spill, Time now)
    : request_(request), spill_(spill), began_(now), sent_at_(now), last_byte_at_(now) {
  if (request.body) body_size_ = request.body->size_bytes;
  if (body_size_ > 0) open_body();
}

void Transfer::open_body() {
  source_ = request_.body->open();
  read_bytes_ = 0;
}

void Transfer::attach(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, &Transfer::on_read);
  curl_easy_setopt(easy, CURLOPT_READDATA, this);
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, &Transfer::on_seek);
  curl_easy_setopt(easy, CURLOPT_SEEKDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &Transfer::on_connected);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
}

void Transfer::look_at(CURL* easy, Time now) {
  curl_off_t sent = 0;
  curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &sent);
  if (const auto bytes = static_cast<uint64_t>(sent); bytes != sent_bytes_) {
    sent_bytes_ = bytes;
    last_byte_at_ = now;
    if (request_.on_sent) request_.on_sent(bytes);
  }
  if (wholly_sent() && !sent_seen_) sent_at_ = now;
  sent_seen_ = wholly_sent();
}

// A request without a body counts as sent as soon as there is a connection: its few bytes go out in one piece, and
// "may have gone out" is the careful reading.
bool Transfer::wholly_sent() const { return connected_ && sent_bytes_ >= body_size_; }

void Transfer::rethrow_from_callback() const {
  if (thrown_) std::rethrow_exception(thrown_);
}

Response Transfer::take_response(CURL* easy) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  return std::move(response_);
}

size_t Transfer::read(char* into, size_t size) {
  const auto wanted = static_cast<size_t>(std::min<uint64_t>(size, body_size_ - read_bytes_));
  if (wanted == 0) return 0;
  const size_t got = source_->read({into, wanted});
  if (got == 0)
    base::fail(ErrorKind::conflict, "what was being sent ended after {} of {}: it became shorter while it was read",
               base::human_bytes(read_bytes_), base::human_bytes(body_size_));
  read_bytes_ += got;
  return got;
}

void Transfer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) base::fail(ErrorKind::corrupt, "the answer's headers do not end");
  if (line.starts_with("HTTP/")) {  // a new answer: what came before was a 1xx
    response_.headers.clear();
    status_ = status_in(line);
    answer_began_ = status_ >= 200;
    return;
  }
  if (answer_began_ && base::trim(line).empty()) head_over_ = true;
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  response_.headers.emplace_back(base::lower(base::trim(line.substr(0, colon))), base::trim(line.substr(colon + 1)));
}

void Transfer::take_body(std::string_view bytes) {
  if (response_.body.size() + bytes.size() > kMaxBodyBytes)
    base::fail(ErrorKind::corrupt, "the answer is larger than {}", base::human_bytes(kMaxBodyBytes));
  response_.body += bytes;
}

// All or nothing: what curl is not told to keep must have been taken.
bool Transfer::take_stream(std::string_view bytes) {
  const size_t here = std::min(bytes.size(), into_.size() - taken_);
  if (bytes.size() - here > spill_->room()) return false;
  std::copy_n(bytes.data(), here, into_.data() + taken_);
  taken_ += here;
  spill_->put(bytes.substr(here));
  return true;
}

void Transfer::take_into(std::span<char> into, Time now) {
  into_ = into;
  taken_ = 0;
  last_byte_at_ = now;
}

template <class Result, class Work>
Result Transfer::guarded(Result on_failure, Work work) noexcept {
  try {
    return work();
  } catch (...) {
    thrown_ = std::current_exception();
    return on_failure;
  }
}

size_t Transfer::on_read(char* into, size_t size, size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  return transfer.guarded<size_t>(CURL_READFUNC_ABORT, [&] { return transfer.read(into, size * count); });
}

size_t Transfer::on_header(char* bytes, size_t size, size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.last_byte_at_ = std::chrono::steady_clock::now();
  return transfer.guarded<size_t>(0, [&] {
    transfer.take_header({bytes, size * count});
    return size * count;
  });
}

size_t Transfer::on_body(char* bytes, size_t size, size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.last_byte_at_ = std::chrono::steady_clock::now();
  return transfer.guarded<size_t>(0, [&]() -> size_t {
    if (!transfer.streams())
      transfer.take_body({bytes, size * count});
    else if (!transfer.take_stream({bytes, size * count}))
      return transfer.paused_ = true, CURL_WRITEFUNC_PAUSE;
    return size * count;
  });
}

// curl itself sends a request again where a kept connection turned out to be closed: only from the start.
int Transfer::on_seek(void* self, curl_off_t offset, int origin) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  return transfer.guarded<int>(CURL_SEEKFUNC_FAIL, [&] {
    if (transfer.body_size_ > 0) transfer.open_body();
    return CURL_SEEKFUNC_OK;
  });
}

int Transfer::on_connected(void* self, char*, char*, int, int) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.connected_ = true;
  transfer.last_byte_at_ = std::chrono::steady_clock::now();
  return CURL_PREREQFUNC_OK;
}

}  // namespace tabferry::http
