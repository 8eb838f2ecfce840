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

// Keeps its place in the pace as long as the body is on its way.
class OpenAnswer : public Incoming {
 public:
  OpenAnswer(Response head, std::unique_ptr<Exchange> exchange, PacedAttempt attempt)
      : attempt_(std::move(attempt)), head_(std::move(head)), exchange_(std::move(exchange)) {}

  const Response& head() const override { return head_; }
  std::optional<uint64_t> size_bytes() const override { return exchange_->announced_bytes(); }
  size_t read(std::span<char> into) override {
    try {
      return exchange_->read(into);
    } catch (const base::Error& error) {
      attempt_.ends_with({.troubled = error.kind() == base::ErrorKind::transient});
      throw;
    }
  }

 private:
  PacedAttempt attempt_;  // ends after the exchange
  Response head_;
  std::unique_ptr<Exchange> exchange_;
};

}  // namespace

struct Client::State {
  State(NetworkOptions network, Retry retry_rule, const base::Clock& the_clock, Pace* the_pace)
      : transport(std::move(network)), retry(std::move(retry_rule)), clock(the_clock), pace(the_pace) {}

  // Until an answer is there that is not to be asked for again; what stands in the way of one is thrown. `take` gets
  // the answer and the attempt's place in the pace.
  template <class Attempt, class Take>
  void settle(const Request& request, std::stop_token stop, Attempt attempt_once, Take take) {
    outcome_unknown = false;
    for (int attempt = 1;; ++attempt) {
      std::optional<PacedAttempt> paced(std::in_place, pace, stop);
      Outcome outcome = attempt_once();
      paced->ends_with(ending_of(outcome, retry, clock.now()));
      outcome_unknown = !outcome.response && (outcome_unknown || outcome.wholly_sent);
      if (attempt >= retry.attempts || !worth_repeating(request, outcome))
        return take(answer_of(std::move(outcome), attempt), std::move(*paced));
      paced.reset();
      wait(request, outcome, attempt, stop);
    }
  }

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
  Pace* pace;
  std::mt19937_64 dice{std::random_device{}()};
  bool outcome_unknown = false;
};

Client::Client(NetworkOptions network, Retry retry, const base::Clock& clock, Pace* pace)
    : state_(std::make_unique<State>(std::move(network), std::move(retry), clock, pace)) {}

Client::~Client() = default;

Response Client::send(const Request& request, std::stop_token stop) {
  Response response;
  state_->settle(
      request, stop, [&] { return state_->transport.exchange(request, stop); },
      [&](Response answer, PacedAttempt) { response = std::move(answer); });
  return response;
}

std::unique_ptr<Incoming> Client::open(const Request& request, std::stop_token stop) {
  std::unique_ptr<Exchange> exchange;
  std::unique_ptr<Incoming> incoming;
  state_->settle(
      request, stop,
      [&] {
        exchange.reset();
        return state_->transport.open(request, stop, exchange);
      },
      [&](Response head, PacedAttempt attempt) {
        incoming = std::make_unique<OpenAnswer>(std::move(head), std::move(exchange), std::move(attempt));
      });
  return incoming;
}

bool Client::outcome_unknown() const { return state_->outcome_unknown; }

}  // namespace tabferry::http
