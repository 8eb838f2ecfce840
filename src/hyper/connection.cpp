#include "hyper/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/text.h"
#include "hyper/engine_log.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::hyper {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kSlice{100};             // how long a wait may miss the stop token
constexpr milliseconds kConnectTimeout{10'000};
constexpr milliseconds kDeathShows{10'000};     // a dying process closes its sockets before it can be reaped

// Everything is said, also what is empty: what a conninfo string leaves out libpq takes from PGHOSTADDR, PGOPTIONS ... of
// our environment, and without a password it looks for a ~/.pgpass.
std::string conninfo(const fs::path& socket_folder) {
  std::string host;
  for (const char c : socket_folder.string()) {
    if (c == '\'' || c == '\\') host += '\\';
    host += c;
  }
  return fmt::format("host='{}' hostaddr='' port=1 user=tableau_internal_user dbname=tableau_internal_user password=unasked "
                     "options='' requirepeer='' sslmode=disable gssencmode=disable channel_binding=disable "
                     "target_session_attrs=any client_encoding=UTF8 application_name=tabferry", host);
}

// Waits for one of `events`; 0 after a slice.
short poll_slice(int socket, short events, milliseconds slice) {
  pollfd entry{socket, events, 0};
  const int ready = ::poll(&entry, 1, static_cast<int>(slice.count()));
  return ready > 0 ? entry.revents : short{0};
}

std::string words(const PGconn* connection) { return std::string(base::trim(PQerrorMessage(connection))); }

}  // namespace

fs::path socket_in(const fs::path& folder) { return folder / ".s.PGSQL.1"; }

Connection::Pg Connection::open(const fs::path& socket_folder, steady_clock::time_point deadline,
                                const std::stop_token& stop, std::string& reason) {
  ::unsetenv("PGSERVICE");   // the one variable that a conninfo string cannot override
  Pg connection(PQconnectStart(conninfo(socket_folder).c_str()));
  if (!connection) throw std::bad_alloc();
  PQsetNoticeProcessor(connection.get(), [](void*, const char*) {}, nullptr);   // libpq would print them
  auto state = PQstatus(connection.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
    if (stop.stop_requested()) base::fail_cancelled("connecting to the extract engine");
    const bool late = steady_clock::now() >= deadline;
    const short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (!late && poll_slice(PQsocket(connection.get()), events, kSlice) == 0) continue;
    reason = "it does not answer";
    if (late) return nullptr;
    state = PQconnectPoll(connection.get());
  }
  if (state == PGRES_POLLING_OK && PQsetnonblocking(connection.get(), 1) == 0) return connection;
  reason = words(connection.get());
  return nullptr;
}

bool Connection::accepted(const fs::path& socket_folder, steady_clock::time_point deadline, const std::stop_token& stop,
                          std::string& reason) {
  return open(socket_folder, deadline, stop, reason) != nullptr;
}

Connection::Connection(const fs::path& socket_folder, Peer peer, std::stop_token stop)
    : peer_(std::move(peer)), stop_(std::move(stop)) {
  std::string reason;
  connection_ = open(socket_folder, steady_clock::now() + kConnectTimeout, stop_, reason);
  if (connection_) return;
  const auto ended = peer_.process->wait_for_end(milliseconds(0));
  base::fail(ErrorKind::io, "connecting to the extract engine (hyperd, pid {}): {}", peer_.process->pid(),
             ended ? "it has died: " + words_for_status(*ended) : reason);
}

void Connection::check_open() const {
  if (!connection_) base::fail(ErrorKind::io, "{}: the connection to the extract engine was given up before", doing_);
}

void Connection::fail_lost() {
  const std::string reason = words(connection_.get());
  close();
  const auto deadline = steady_clock::now() + kDeathShows;
  auto ended = peer_.process->wait_for_end(kSlice);
  while (!ended && !stop_.stop_requested() && steady_clock::now() < deadline) ended = peer_.process->wait_for_end(kSlice);
  if (!ended)
    base::fail(ErrorKind::io, "the connection to the extract engine (hyperd, pid {}) broke while {}: {}",
               peer_.process->pid(), doing_, reason);
  base::fail(ErrorKind::io, "the extract engine (hyperd, pid {}) died while {}: {}. {}", peer_.process->pid(), doing_,
             words_for_status(*ended), last_words(peer_.output));
}

void Connection::wait(short events) {
  for (;;) {
    if (stop_.stop_requested() || given_up_.stop_requested()) {
      close();
      base::fail_cancelled(doing_);
    }
    if (PQsocket(connection_.get()) < 0) fail_lost();
    if (poll_slice(PQsocket(connection_.get()), events, kSlice) != 0) return;
  }
}

// What the engine says meanwhile stays in the socket: it answers a statement only when it has read it, and in a COPY
// refused_in_copy() looks there.
void Connection::flush() {
  for (;;) {
    const int left = PQflush(connection_.get());
    if (left < 0) fail_lost();
    if (left == 0) return;
    wait(POLLOUT);
  }
}

Result Connection::collect() {
  Result last;
  for (;;) {
    while (PQisBusy(connection_.get()) == 1) {
      wait(POLLIN);
      if (PQconsumeInput(connection_.get()) == 0) fail_lost();
    }
    Result next(PQgetResult(connection_.get()));
    if (PQstatus(connection_.get()) == CONNECTION_BAD) fail_lost();
    if (!next) return last;
    const auto status = PQresultStatus(next.get());
    const bool copy_begins = status == PGRES_COPY_IN;
    if (status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
      close();
      base::fail(ErrorKind::bug, "{}: COPY ... TO STDOUT is not taken here; use a SELECT", doing_);
    }
    if (!refused(last)) last = std::move(next);
    if (copy_begins) return last;
  }
}

Result Connection::execute(const std::string& sql, std::string_view doing) {
  doing_ = doing;
  check_open();
  if (sql.find('\0') != std::string::npos) base::fail(ErrorKind::config, "{}: a name or value has a NUL byte in it", doing_);
  if (stop_.stop_requested()) base::fail_cancelled(doing_);
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0) fail_lost();
  copy_refused_ = false;
  flush();
  return collect();
}

// In a COPY libpq reads nothing of what the engine says, so its first byte is looked at in the socket: 'E' is an
// ErrorResponse (https://www.postgresql.org/docs/15/protocol-message-formats.html), anything else a notice to swallow.
bool Connection::refused_in_copy() {
  if (copy_refused_) return true;
  const int socket = PQsocket(connection_.get());
  if (socket < 0) fail_lost();
  if (poll_slice(socket, POLLIN, milliseconds(0)) == 0) return false;
  char first = 0;
  const ssize_t n = ::recv(socket, &first, 1, MSG_PEEK | MSG_DONTWAIT);
  if (n == 1 && first == 'E') copy_refused_ = true;
  else if (PQconsumeInput(connection_.get()) == 0) fail_lost();
  return copy_refused_;
}

bool Connection::send_copy(std::string_view message) {
  check_open();
  if (stop_.stop_requested()) wait(POLLOUT);
  if (refused_in_copy()) return false;
  if (PQputCopyData(connection_.get(), message.data(), static_cast<int>(message.size())) != 1) fail_lost();
  flush();
  return true;
}

Result Connection::finish_copy() {
  check_open();
  if (PQputCopyEnd(connection_.get(), nullptr) != 1) fail_lost();
  flush();
  return collect();
}

bool refused(const Result& result) {
  const auto status = PQresultStatus(result.get());
  return result && (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_NONFATAL_ERROR);
}

std::string field(const Result& result, int which) {
  const char* text = PQresultErrorField(result.get(), which);
  return text == nullptr ? std::string() : std::string(base::trim(text));
}

}  // namespace tabferry::hyper
