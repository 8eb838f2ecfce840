// One request that is forwarded, and its answer, with the fault that falls on it. One thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "weather/body.h"
#include "weather/duplex.h"
#include "weather/fault.h"
#include "weather/framing.h"

namespace tabferry::weather {

// How a connection goes on.
enum class Ending {
  next,    // it may carry another request
  cut,     // the client gets a clean FIN
  reset,   // both get RST
  stalled, // it stays open, and silent, until the client leaves
};

class Exchange {
 public:
  // `done(bytes)` is called when the fault has happened; bytes: how much of the body went through before.
  Exchange(Duplex& duplex, const RequestHead& head, size_t head_bytes, const Fault* fault,
           std::function<void(uint64_t)> done);
  // Throws Error{corrupt} where the answer is no HTTP, Error{cancelled} when all must end.
  Ending run();

 private:
  bool judge_request();
  bool judge_answer();
  bool judge_answer_head();
  void begin_answer(const AnswerHead& head);
  bool pass_or_swallow(size_t bytes);
  bool abandoned(std::string_view next) const;
  std::optional<Ending> ending();
  std::optional<Ending> fault_ending();
  std::optional<Ending> happened(Ending ending, uint64_t bytes);
  bool is(FaultKind kind) const { return fault_ != nullptr && fault_->kind == kind; }
  bool swallows() const { return is(FaultKind::reset_after_request) || is(FaultKind::mute); }
  uint64_t request_limit() const;
  uint64_t answer_limit() const;

  Duplex& duplex_;
  const std::string method_;
  const bool expects_continue_;
  const Fault* const fault_;
  const std::function<void(uint64_t)> done_;
  Body request_, answer_;
  bool began_ = false;      // some byte came from the server
  bool continued_ = false;  // an interim answer came
  bool answered_ = false;   // the answer's head came
  bool until_close_ = false;
  bool given_up_ = false;   // the client will not send the body that it announced
};

}  // namespace tabferry::weather
