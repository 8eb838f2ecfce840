#include "http/client.h"

#include "base/error.h"
#include "base/text.h"
#include "http/retry.h"
#include "http/transport.h"

namespace tabferry::http {
namespace {

// The answer, whatever it says, or the failure as an exception.
Response answer_of(Outcome outcome, int attempts) {
  if (outcome.response) return std::move(*outcome.response);
  if (attempts == 1) throw *outcome.failure;
  base::fail(outcome.failure->kind(), "{} (tried {} times)", outcome.failure->what(), attempts);
}

std::string reason_of(const Request& request, const Outcome& outcome) {
  return outcome.response ? fmt::format("{} answered {}", host_of(request.url), outcome.response->status)
                          : std::string(outcome.failure->what());
}

}  // namespace

struct Client::State {
  State(NetworkOptions network, Retry retry_rule, const base::Clock& the_clock)
      : transport(std::move(network)), retry(std::move(retry_rule)), clock(the_clock) {}

  void wait(const Request& request, const Outcome& outcome, int attempt, std::stop_token stop) {
    const auto time = wait_after(attempt, outcome, retry, clock.now(), dice);
    if (retry.on_wait)
      retry.on_wait(fmt::format("{}; attempt {} of {} in {}", reason_of(request, outcome), attempt + 1, retry.attempts,
                                base::human_seconds(static_cast<double>(time.count()) / 1000)));
    if (!clock.sleep_for(time, stop))
      base::fail_cancelled(
          fmt::format("waiting to try {} again ({})", host_of(request.url), reason_of(request, outcome)));
  }

  Transport transport;
  Retry retry;
  const base::Clock& clock;
  std::mt19937_64 dice{std::random_device{}()};
  bool outcome_unknown = false;
};

Client::Client(NetworkOptions network, Retry retry, const base::Clock& clock)
    : state_(std::make_unique<State>(std::move(network), std::move(retry), clock)) {}

Client::~Client() = default;

Response Client::send(const Request& request, std::stop_token stop) {
  state_->outcome_unknown = false;
  for (int attempt = 1;; ++attempt) {
    Outcome outcome = state_->transport.exchange(request, stop);
    state_->outcome_unknown = !outcome.response && (state_->outcome_unknown || outcome.wholly_sent);
    if (attempt >= state_->retry.attempts || !worth_repeating(request, outcome))
      return answer_of(std::move(outcome), attempt);
    state_->wait(request, outcome, attempt, stop);
  }
}

bool Client::outcome_unknown() const { return state_->outcome_unknown; }

}  // namespace tabferry::http
