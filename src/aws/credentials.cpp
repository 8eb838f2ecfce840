#include "aws/credentials.h"

#include <fmt/format.h>

#include <mutex>

#include "aws/assume_role.h"
#include "aws/places.h"
#include "aws/service.h"
#include "base/error.h"

using namespace std::chrono_literals;

namespace tabferry::aws {
namespace {

constexpr auto kFreshFor = 5min;  // keys that end sooner are renewed: a request may take its time
constexpr auto kAskAgain = 30s;   // where no better ones were to be had and those at hand are still good

}  // namespace

struct Credentials::State {
  State(CredentialsOptions the_options, const Connection& connection, const base::Clock& the_clock)
      : options(std::move(the_options)),
        clock(the_clock),
        ca_bundle(connection.network.ca_bundle),
        sts(connection, the_clock),
        places(places_of(options, [this] { return (tls ? *tls : tls.emplace(ca_bundle)).get(); })) {}

  // Called with `mutex` held.
  bool good_for(std::chrono::milliseconds time) const {
    return last && !forgotten && (!last->expires || *last->expires > clock.now() + time);
  }

  Keys fresh(std::stop_token stop) {
    auto found = first_keys(places, options.patience, stop);
    return options.role_arn.empty() ? found : assume_role(sts, options, found, stop);
  }

  // Where renewing fails while the old ones are still good, they are.
  Keys renewed(std::stop_token stop) {
    try {
      return fresh(stop);
    } catch (const base::Error& error) {
      const std::lock_guard lock(mutex);
      if (error.kind() == base::ErrorKind::cancelled || !good_for(0s)) throw;
      return *last;
    }
  }

  const CredentialsOptions options;
  const base::Clock& clock;
  const std::string ca_bundle;
  std::optional<TlsContext> tls;
  Service sts;
  std::vector<Place> places;
  std::mutex asking;  // one asks, the others wait for what it finds
  mutable std::mutex mutex;
  std::optional<Keys> last;
  std::optional<base::WallTime> ask_again;  // not before
  bool forgotten = false;
};

Credentials::Credentials(CredentialsOptions options, const Connection& connection, const base::Clock& clock)
    : state_(std::make_unique<State>(std::move(options), connection, clock)) {}

Credentials::~Credentials() = default;

Keys Credentials::keys(std::stop_token stop) const {
  const std::lock_guard one_asks(state_->asking);
  {
    const std::lock_guard lock(state_->mutex);
    const bool waiting = state_->ask_again && state_->clock.now() < *state_->ask_again;
    if (state_->good_for(waiting ? 0min : kFreshFor)) return *state_->last;
  }
  auto found = state_->renewed(stop);
  const std::lock_guard lock(state_->mutex);
  state_->forgotten = false;
  state_->last = std::move(found);
  if (!state_->good_for(kFreshFor)) state_->ask_again = state_->clock.now() + kAskAgain;
  return *state_->last;
}

std::optional<Keys> Credentials::last_keys() const {
  const std::lock_guard lock(state_->mutex);
  return state_->last;
}

std::shared_ptr<const Credentials> Credentials::hurried(const Connection& connection,
                                                        std::chrono::milliseconds patience) const {
  auto options = state_->options;
  options.patience = patience;
  return std::make_shared<const Credentials>(std::move(options), connection, state_->clock);
}

void Credentials::forget() const {
  const std::lock_guard lock(state_->mutex);
  state_->forgotten = true;
}

bool Credentials::has_role() const { return !state_->options.role_arn.empty(); }

}  // namespace tabferry::aws
