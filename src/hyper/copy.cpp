#include <charconv>

#include "base/error.h"
#include "base/text.h"
#include "hyper/session.h"
#include "hyper/session_state.h"

using tabferry::base::ErrorKind;

namespace tabferry::hyper {
namespace {

constexpr size_t kMessage = size_t{1} << 20;   // the fastest size tried: 64 KiB takes 1.4 times as long, 8 MiB 1.1 times
constexpr size_t kMessagesAhead = 4;

std::string copy_statement(const table::TableName& name, const CopyOptions& options) {
  return fmt::format("COPY {} FROM STDIN WITH (FORMAT CSV, DELIMITER {}, QUOTE {}, NULL {})", attached_name(name),
                     sql_text({&options.delimiter, 1}), sql_text({&options.quote, 1}), sql_text(options.null_string));
}

uint64_t rows_of(const Result& result) {
  const std::string_view tuples = PQcmdTuples(result.get());
  uint64_t rows = 0;
  const auto [end, error] = std::from_chars(tuples.data(), tuples.data() + tuples.size(), rows);
  if (error != std::errc{} || end != tuples.data() + tuples.size())
    base::fail(ErrorKind::bug, "the extract engine answers a COPY without a row count: {}",
               base::quoted(PQcmdStatus(result.get())));
  return rows;
}

}  // namespace

CopyIn Session::copy_in(const table::Table& table, const CopyOptions& options) {
  auto doing = fmt::format("loading the table {}", base::quoted(table::display(table.name)));
  const Result result = state_->run(copy_statement(table.name, options), doing);
  if (PQresultStatus(result.get()) != PGRES_COPY_IN)
    base::fail(ErrorKind::bug, "{}: the extract engine does not ask for data", doing);
  return CopyIn(std::make_unique<CopyIn::State>(*state_, table.columns, std::move(doing)));
}

CopyIn::State::State(Session::State& the_session, std::vector<table::Column> the_columns, std::string what)
    : session(the_session), columns(std::move(the_columns)), doing(std::move(what)), messages(kMessagesAhead), sent(kMessagesAhead + 2), lane([this] { send(); }) {
  waiting.reserve(kMessage);
}

CopyIn::State::~State() {
  messages.abandon();
  if (finished) return;
  session.connection.give_up();
  lane.wait();
  session.connection.close();
}

void CopyIn::State::send() {
  try {
    while (auto message = messages.pop()) {
      if (!session.connection.send_copy(*message)) {
        refused = true;
        break;
      }
      message->clear();
      sent.push(std::move(*message));   // has room for all there are: those ahead, the one here, the one being filled
    }
  } catch (...) {
    messages.abandon();
    throw;
  }
  messages.abandon();
}

bool CopyIn::State::hand_over() {
  std::string message = std::exchange(waiting, sent.try_pop().value_or(std::string()));
  waiting.reserve(kMessage);
  if (messages.push(std::move(message))) return true;
  lane.join();
  return !refused;
}

CopyIn::CopyIn(std::unique_ptr<State> state) : state_(std::move(state)) {}
CopyIn::CopyIn(CopyIn&&) noexcept = default;

CopyIn& CopyIn::operator=(CopyIn&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

CopyIn::~CopyIn() = default;

bool CopyIn::write(std::string_view bytes) {
  auto& waiting = state_->waiting;
  while (waiting.size() + bytes.size() >= kMessage) {
    const size_t taken = kMessage - waiting.size();
    waiting.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    if (!state_->hand_over()) return false;
  }
  waiting.append(bytes);
  return true;
}

CopyResult CopyIn::finish() {
  auto& session = state_->session;
  if (!state_->waiting.empty()) state_->hand_over();
  state_->messages.close();
  state_->lane.join();
  const Result result = session.connection.finish_copy();
  state_->finished = true;
  if (!refused(result)) return {.rows = rows_of(result)};
  const Refusal refusal = read_refusal(result);
  if (!blames_data(refusal)) session.fail_refused(refusal, state_->doing, ErrorKind::bug);
  return {.bad = read_bad_record(refusal, state_->columns)};
}

}  // namespace tabferry::hyper
