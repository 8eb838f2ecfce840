#include "weather/connection.h"

#include <algorithm>

#include "base/error.h"

namespace tabferry::weather {
namespace {

using std::chrono::steady_clock;

std::string status_answer(int status, std::string_view method, bool last) {
  const std::string body = fmt::format("weather: {}\n", status);
  return fmt::format("HTTP/1.1 {} Weather\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n{}\r\n{}", status,
                     body.size(), last ? "Connection: close\r\n" : "", method == "HEAD" ? "" : body);
}

}  // namespace

Connection::Connection(base::Fd client, const Path& path, Ledger& ledger, int stop)
    : ledger_(ledger), duplex_(std::move(client), path, stop, ledger.bytes_to_server, ledger.bytes_to_client) {}

void Connection::run() {
  Ending ending = Ending::next;
  while (ending == Ending::next) {
    const auto head_bytes = next_head();
    ending = head_bytes ? serve(*head_bytes) : Ending::cut;
  }
  if (ending == Ending::stalled) return wait_for_leave(duplex_.client, duplex_.stop);
  if (ending == Ending::reset) reset(duplex_.server, duplex_.stop);
  duplex_.server.reset();
  if (ending == Ending::reset) return reset(duplex_.client, duplex_.stop);
  close_cleanly(duplex_.client, duplex_.stop);
}

// Absent where one of the two has closed, or the server speaks without being asked.
std::optional<size_t> Connection::next_head() {
  for (;;) {
    const bool moved = duplex_.move();
    if (const auto length = head_length(duplex_.up.unseen())) return length;
    if (duplex_.up.ended() || duplex_.down.ended() || !duplex_.down.unseen().empty()) return std::nullopt;
    if (!moved) duplex_.wait();
  }
}

Ending Connection::serve(size_t head_bytes) {
  const RequestHead head = parse_request(duplex_.up.unseen().substr(0, head_bytes));
  const Turn turn = ledger_.begin(head);
  const Fault* fault = turn.fault;
  const auto done = [this, &turn](uint64_t body_bytes) { ledger_.done(turn, body_bytes); };
  if (fault != nullptr && fault->kind == FaultKind::status) {
    done(0);
    return answer_here(head, head_bytes, *fault);
  }
  if (fault != nullptr && (fault->kind == FaultKind::reset_before || fault->kind == FaultKind::cut_before)) {
    done(0);
    return fault->kind == FaultKind::cut_before ? Ending::cut : Ending::reset;
  }
  if (!connect()) return Ending::reset;
  return Exchange(duplex_, head, head_bytes, fault, done).run();
}

bool Connection::connect() {
  try {
    duplex_.connect();
    return true;
  } catch (const base::Error& error) {
    if (error.kind() == base::ErrorKind::cancelled) throw;
    ledger_.note_error(error.what());
    return false;
  }
}

Ending Connection::answer_here(const RequestHead& head, size_t head_bytes, const Fault& fault) {
  duplex_.up.drop(head_bytes);
  // Nobody asks for the body here: the client that waits for 100 Continue keeps it, and must not take us for ready.
  const bool last = head.expects_continue;
  if (!last) drop_request_body(head);
  const auto asked = std::max(steady_clock::now(), duplex_.up.pace().ready_at());
  duplex_.down.pace().not_before(asked + duplex_.path.latency);
  duplex_.down.put(status_answer(fault.status, head.method, last));
  while (duplex_.down.pending() && !duplex_.up.was_reset())
    if (!duplex_.move()) duplex_.wait();
  if (duplex_.down.broken() || duplex_.up.was_reset()) return Ending::reset;
  return last ? Ending::cut : Ending::next;
}

void Connection::drop_request_body(const RequestHead& head) {
  Body body(head.body);
  for (;;) {
    const bool moved = duplex_.move();
    duplex_.up.drop(body.take(duplex_.up.unseen()));
    if (body.ended() || duplex_.up.ended()) return;
    if (!moved) duplex_.wait();
  }
}

}  // namespace tabferry::weather
