#include "weather/exchange.h"

#include <algorithm>
#include <utility>

namespace tabferry::weather {
namespace {

using std::chrono::steady_clock;

}  // namespace

Exchange::Exchange(Duplex& duplex, const RequestHead& head, size_t head_bytes, const Fault* fault,
                   std::function<void(uint64_t)> done)
    : duplex_(duplex),
      method_(head.method),
      expects_continue_(head.expects_continue),
      fault_(fault),
      done_(std::move(done)),
      request_(head.body) {
  duplex_.up.pace().not_before(steady_clock::now());
  duplex_.up.clear(head_bytes);
}

Ending Exchange::run() {
  for (;;) {
    bool moved = duplex_.move();
    moved |= judge_request();
    moved |= judge_answer();
    if (const auto end = ending()) return *end;
    if (!moved) duplex_.wait();
  }
}

uint64_t Exchange::request_limit() const {
  return is(FaultKind::reset_in_request) ? duplex_.path.fault_bytes : UINT64_MAX;
}

uint64_t Exchange::answer_limit() const {
  const bool limited = is(FaultKind::cut_in_answer) || is(FaultKind::reset_in_answer) || is(FaultKind::stall);
  return limited ? duplex_.path.fault_bytes : UINT64_MAX;
}

// A client that waited for 100 Continue and got the answer instead may keep its body and go on with its next request.
bool Exchange::abandoned(std::string_view next) const {
  return expects_continue_ && !continued_ && answered_ && answer_.ended() && request_.bytes() == 0 &&
         looks_like_request(next);
}

bool Exchange::judge_request() {
  if (given_up_) return false;
  std::string_view bytes = duplex_.up.unseen();
  given_up_ = abandoned(bytes);
  const uint64_t left = request_limit() - std::min(request_limit(), request_.bytes());
  if (given_up_ || left == 0 || request_.ended() || bytes.empty()) return false;
  const size_t taken = request_.take(bytes.substr(0, static_cast<size_t>(std::min<uint64_t>(left, bytes.size()))));
  duplex_.up.clear(taken);
  return taken > 0;
}

bool Exchange::judge_answer() {
  if (!began_ && !duplex_.down.unseen().empty()) {
    began_ = true;
    duplex_.down.pace().not_before(steady_clock::now() + duplex_.path.latency);
  }
  if (!answered_) return judge_answer_head();
  if (duplex_.down.ended() && duplex_.down.unseen().empty()) answer_.close();
  const uint64_t left = answer_limit() - std::min(answer_limit(), answer_.bytes());
  if (left == 0 || (swallows() && duplex_.down.pending())) return false;
  const std::string_view bytes = duplex_.down.unseen();
  return pass_or_swallow(answer_.take(bytes.substr(0, static_cast<size_t>(std::min<uint64_t>(left, bytes.size())))));
}

bool Exchange::judge_answer_head() {
  const std::string_view bytes = duplex_.down.unseen();
  const auto length = head_length(bytes);
  if (!length && duplex_.down.ended() && !bytes.empty()) return pass_or_swallow(bytes.size());  // cut by the server
  if (!length) return false;
  const AnswerHead head = parse_answer(bytes.substr(0, *length), method_);
  if (head.interim()) {
    continued_ = true;
    duplex_.down.clear(*length);
    return true;
  }
  if (swallows() && duplex_.down.pending()) return false;  // an interim answer goes first
  begin_answer(head);
  return pass_or_swallow(*length);
}

void Exchange::begin_answer(const AnswerHead& head) {
  answered_ = true;
  answer_ = Body(head.body);
  until_close_ = answer_.until_close();
  if (!is(FaultKind::slow)) return;
  duplex_.down.pace().not_before(steady_clock::now() + fault_->wait);
  done_(0);
}

bool Exchange::pass_or_swallow(size_t bytes) {
  if (swallows())
    duplex_.down.drop(bytes);
  else
    duplex_.down.clear(bytes);
  return bytes > 0;
}

std::optional<Ending> Exchange::ending() {
  const Stream &up = duplex_.up, &down = duplex_.down;
  if (down.broken() || up.was_reset()) return Ending::reset;  // the client is gone
  if (fault_ != nullptr)
    if (const auto end = fault_ending()) return end;
  const bool answer_over = answered_ && answer_.ended() && !down.pending();
  const bool request_over = given_up_ || (request_.ended() && !up.pending());
  if (answer_over && request_over && !until_close_) return Ending::next;
  if (answer_over && up.ended() && !request_over) return Ending::cut;
  // An RST shows in the read or in the write, whichever comes first.
  const bool server_reset = down.was_reset() || up.broken();
  if (down.ended() && down.unseen().empty() && !down.pending()) return server_reset ? Ending::reset : Ending::cut;
  return std::nullopt;
}

std::optional<Ending> Exchange::happened(Ending ending, uint64_t bytes) {
  done_(bytes);
  return ending;
}

std::optional<Ending> Exchange::fault_ending() {
  const bool request_at_end = request_.ended() || request_.bytes() >= request_limit();
  const bool answer_at_end = answered_ && (answer_.ended() || answer_.bytes() >= answer_limit());
  const bool answer_passed = answer_at_end && !duplex_.down.pending();
  switch (fault_->kind) {
    case FaultKind::reset_in_request:
      if (request_at_end && !duplex_.up.pending()) return happened(Ending::reset, request_.bytes());
      return std::nullopt;
    case FaultKind::reset_after_request:
      if (answer_at_end) return happened(Ending::reset, 0);
      return std::nullopt;
    case FaultKind::cut_in_answer:
      if (answer_passed) return happened(Ending::cut, answer_.bytes());
      return std::nullopt;
    case FaultKind::reset_in_answer:
      if (answer_passed) return happened(Ending::reset, answer_.bytes());
      return std::nullopt;
    case FaultKind::stall:
      if (answer_passed) return happened(Ending::stalled, answer_.bytes());
      return std::nullopt;
    case FaultKind::mute:
      if (answer_at_end) return happened(Ending::stalled, 0);
      return std::nullopt;
    default:  // slow: a client that leaves need not be waited for
      return duplex_.up.ended() && duplex_.down.pending() ? std::optional(Ending::reset) : std::nullopt;
  }
}

}  // namespace tabferry::weather
