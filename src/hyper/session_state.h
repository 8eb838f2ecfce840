// What session.cpp and copy.cpp share, and Engine::connect() makes.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "base/error.h"
#include "flow/channel.h"
#include "flow/lane.h"
#include "hyper/connection.h"
#include "hyper/refusal.h"
#include "hyper/session.h"

namespace tabferry::hyper {

struct Session::State {
  explicit State(Connection&& opened);

  // A statement that must succeed. Throws Error{`otherwise`} where the engine refuses it without blaming the machine.
  Result run(const std::string& sql, std::string_view doing, base::ErrorKind otherwise = base::ErrorKind::bug);
  [[noreturn]] void fail_refused(const Refusal& refusal, std::string_view doing, base::ErrorKind otherwise) const;

  Connection connection;
  std::string database;   // the path of the attached extract, or empty
};

// The engine starves where it waits for the scanner to fill the next message (a socket holds a fifth of one), so that a
// lane of its own sends what is full while the next one is filled: a load took 1.4 times as long without it.
struct CopyIn::State {
  State(Session::State& the_session, std::vector<table::Column> the_columns, std::string what);
  ~State();

  void send();            // on the lane: until the channel ends
  bool hand_over();       // what waits; false: the engine has refused the data. Throws what the lane has thrown.

  Session::State& session;               // outlives us; its connection is the lane's until finish() has joined it
  std::vector<table::Column> columns;
  std::string doing;
  std::string waiting;                   // less than one message
  bool finished = false;
  std::atomic<bool> refused = false;
  flow::Channel<std::string> messages;
  flow::Channel<std::string> sent;       // their buffers, to be filled again
  flow::Lane lane;                       // last: it uses the above
};

Refusal read_refusal(const Result& result);
// 'text' in Hyper's SQL, a quote in it doubled (backslashes are plain there).
std::string sql_text(std::string_view text);
// x."schema"."table"
std::string attached_name(const table::TableName& name);

}  // namespace tabferry::hyper
