#include "tableau/session.h"

#include <algorithm>

#include "base/text.h"

using namespace std::chrono_literals;
using tabferry::base::ErrorKind;

namespace tabferry::tableau {
namespace {

constexpr int kMaxShortSessions = 3;
constexpr auto kShort = 60s;
constexpr std::chrono::milliseconds kSignOutWait{3'000};  // for each step of it

bool is_refusal(const base::Error& error) {
  return error.kind() == ErrorKind::denied || error.kind() == ErrorKind::config;
}

// On a client of its own: the lanes' clients may wait longer than the end of a run should.
void post_sign_out(const Ticket& ticket, const SiteOptions& options, const base::Clock& clock, std::stop_token stop) {
  http::NetworkOptions hurried = options.network;
  for (auto* const limit : {&hurried.connect_timeout, &hurried.first_byte_timeout, &hurried.stall_timeout})
    *limit = std::min(*limit, kSignOutWait);
  http::Client(hurried, {.attempts = 1}, clock)
      .send({.method = "POST",
             .url = ticket.api + "/auth/signout",
             .headers = {{"X-Tableau-Auth", ticket.token.reveal()}},
             .total_limit = options.sign_out_limit},
            stop);
}

}  // namespace

Session::Session(SiteOptions options, const base::Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      pace_({.requests_per_hour = options_.requests_per_hour, .lanes = options_.lanes}, clock),
      server_(options_.server) {
  while (server_.ends_with('/')) server_.pop_back();
}

Session::~Session() { sign_out({}); }

void Session::sign_in(http::Client& client, std::stop_token stop) {
  sign_out({});
  Lock lock(mutex_);
  wait_for_turn(lock, "signing in", stop);
  version_.reset();
  start(lock, client, stop);
}

// Ended by whoever holds the session already: nothing here may wait long or fail.
void Session::sign_out(std::stop_token stop) {
  Ticket last;
  {
    const std::lock_guard lock(mutex_);
    signed_in_ = false;
    std::swap(last, ticket_);
    ticket_.generation = last.generation;
  }
  if (last.token.empty()) return;
  try {
    post_sign_out(last, options_, clock_, stop);
  } catch (const std::exception&) {
    // The site ends a session that nobody uses by itself.
  }
}

ServerVersion Session::version() const {
  const std::lock_guard lock(mutex_);
  return version_.value_or(ServerVersion{});
}

Ticket Session::ticket(const std::string& doing) const {
  const std::lock_guard lock(mutex_);
  if (!signed_in_) base::fail(ErrorKind::bug, "{}: not signed in", doing);
  return ticket_;
}

std::string Session::time_to_expiration() const {
  const std::lock_guard lock(mutex_);
  return time_to_expiration_;
}

Ticket Session::newest() const {
  const std::lock_guard lock(mutex_);
  return ticket_;
}

Ticket Session::renewed(const Ticket& ended, const std::string& doing, http::Client& client, std::stop_token stop) {
  Lock lock(mutex_);
  const uint64_t turns_before = turns_;
  wait_for_turn(lock, doing, stop);
  if (!signed_in_) base::fail(ErrorKind::bug, "{}: signed out meanwhile", doing);
  if (ticket_.generation != ended.generation && !ticket_.token.empty()) return ticket_;
  const bool waited = turns_ != turns_before;
  if (failure_ && (is_refusal(*failure_) || (waited && failure_->kind() != ErrorKind::cancelled))) 
    throw base::Error(failure_->kind(), std::string(failure_->what()));  // a copy would share its text with other lanes
  // Nobody else ends a connected app's session.
  if (!ticket_.token.empty() && !ticket_.by_connected_app) refuse_short_sessions(doing);
  ticket_.token = {};
  start(lock, client, stop);
  return ticket_;
}

void Session::note_vain(const Ticket& renewed) {
  const std::lock_guard lock(mutex_);
  vain_ = renewed.generation;
}

bool Session::renewing_is_vain(const Ticket& ticket) const {
  const std::lock_guard lock(mutex_);
  return vain_ != 0 && ticket.generation == vain_ && clock_.steady_now() - signed_in_at_ < kShort;
}

void Session::wait_for_turn(Lock& lock, const std::string& doing, std::stop_token stop) {
  if (!turn_ended_.wait(lock, stop, [this] { return !signing_in_; })) base::fail_cancelled(doing);
}

// As long as one lives, its lane is the one that signs in. It gives the lock away, and has it again at its end.
class Session::Turn {
 public:
  Turn(Session& session, Lock& lock) : session_(session), lock_(lock) {
    session_.signing_in_ = true;
    session_.failure_.reset();
    lock_.unlock();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (!lock_.owns_lock()) lock_.lock();
    session_.signing_in_ = false;
    ++session_.turns_;
    session_.turn_ended_.notify_all();
  }

 private:
  Session& session_;
  Lock& lock_;
};

// Called and left with the lock held; without it while the network is at work.
void Session::start(Lock& lock, http::Client& client, std::stop_token stop) {
  const std::string server = server_;
  std::optional<ServerVersion> version = version_;
  const Turn turn(*this, lock);
  try {
    if (!version) version = ask_for_version(client, server, options_, stop);
    OpenedSession opened = open_session(client, server, *version, options_, clock_, stop);
    lock.lock();
    version_ = std::move(version);
    keep(std::move(opened));
  } catch (const base::Error& error) {
    if (!lock.owns_lock()) lock.lock();
    failure_ = error;
    throw;
  }
}

void Session::keep(OpenedSession opened) {
  server_ = opened.server;
  time_to_expiration_ = opened.time_to_expiration;
  ticket_ = {.generation = ticket_.generation + 1,
             .api = fmt::format("{}/api/{}", server_, version_->rest_api_version),
             .token = std::move(opened.token),
             .site_id = std::move(opened.site_id),
             .user_id = std::move(opened.user_id),
             .by_connected_app = opened.by_connected_app};
  signed_in_ = true;
  signed_in_at_ = clock_.steady_now();
}

// A session that ends again and again within a minute is being ended by somebody.
void Session::refuse_short_sessions(const std::string& doing) {
  short_sessions_ = clock_.steady_now() - signed_in_at_ < kShort ? short_sessions_ + 1 : 0;
  if (short_sessions_ > kMaxShortSessions)
    base::fail(ErrorKind::denied,
               "{}: the session ended {} times within a minute of its sign-in: another client uses this token (two "
               "sign-ins with one token end each other's session). Give each client a token of its own",
               doing, short_sessions_);
}

}  // namespace tabferry::tableau
