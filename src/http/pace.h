// Who says when a request may go out, where many clients talk to one far side that limits them all.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

namespace tabferry::http {

// Any thread may call any member.
class Pace {
 public:
  struct Ending {
    bool troubled = false;  // 429, 5xx, or no answer for a reason that may pass
    std::optional<std::chrono::milliseconds> retry_after;  // what the far side asked for, at most Retry::max_wait
  };

  virtual ~Pace() = default;
  // Waits until one more attempt may go out. Throws Error{cancelled}.
  virtual void before(std::stop_token stop) = 0;
  // Once for each before() that returned: the attempt is over, with the last byte of its answer.
  virtual void after(const Ending& ending) noexcept = 0;
};

// One attempt's place, from before() to after(). A Pace that is null asks for nothing.
class PacedAttempt {
 public:
  PacedAttempt(Pace* pace, std::stop_token stop) : pace_(pace) {
    if (pace_ != nullptr) pace_->before(stop);
  }
  PacedAttempt(PacedAttempt&& other) noexcept : pace_(other.pace_), ending_(other.ending_) { other.pace_ = nullptr; }
  PacedAttempt& operator=(PacedAttempt&&) = delete;
  ~PacedAttempt() {
    if (pace_ != nullptr) pace_->after(ending_);
  }

  void ends_with(const Pace::Ending& ending) { ending_ = ending; }

 private:
  Pace* pace_;
  Pace::Ending ending_;
};

}  // namespace tabferry::http
