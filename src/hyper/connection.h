// libpq without a wait that nobody can end: every one looks at the stop token and at the engine at least every 100 ms.
// Knows the wire; knows nothing of tables. One thread at a time.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "hyper/process.h"

namespace tabferry::hyper {

struct FreeResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, FreeResult>;

// SOCKETDIR/.s.PGSQL.1: libpq's rule for a socket's name (port 1).
std::filesystem::path socket_in(const std::filesystem::path& folder);

// Whom a connection talks to: to tell how it died.
struct Peer {
  std::shared_ptr<Process> process;
  std::filesystem::path output;   // see engine_log.h
};

// All members but the constructor may throw Error{io}: the engine died (and how), or the connection broke; Error{cancelled}.
// Behind either of them the connection is closed and every further call throws Error{io}.
class Connection {
 public:
  Connection(const std::filesystem::path& socket_folder, Peer peer, std::stop_token stop);

  // Whether the engine takes a connection; else `reason` says why not. Throws nothing but Error{cancelled}.
  static bool accepted(const std::filesystem::path& socket_folder, std::chrono::steady_clock::time_point deadline,
                       const std::stop_token& stop, std::string& reason);

  // One statement. What the engine refuses is an answer (refused()), for the caller to judge. `doing` is for messages:
  // "loading the table orders".
  Result execute(const std::string& sql, std::string_view doing);

  // Inside of a COPY ... FROM STDIN that execute() has begun: one message, sent whole. False: the engine has refused the
  // data already (it says why at finish_copy).
  bool send_copy(std::string_view message);
  Result finish_copy();

  // From any thread: whatever waits, and every later wait, ends with Error{cancelled}.
  void give_up() { given_up_.request_stop(); }
  // Ends the connection at once; the engine rolls back what was not finished.
  void close() { connection_.reset(); }

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  using Pg = std::unique_ptr<PGconn, Finish>;
  static Pg open(const std::filesystem::path& socket_folder, std::chrono::steady_clock::time_point deadline,
                 const std::stop_token& stop, std::string& reason);

  void check_open() const;
  void wait(short events);
  void flush();
  Result collect();
  bool refused_in_copy();
  [[noreturn]] void fail_lost();

  Pg connection_;
  Peer peer_;
  std::stop_token stop_;
  std::string doing_ = "talking to the extract engine";
  bool copy_refused_ = false;
  std::stop_source given_up_;
};

bool refused(const Result& result);
// A field of the engine's answer (PG_DIAG_SQLSTATE ...), "" where it has none.
std::string field(const Result& result, int which);

}  // namespace tabferry::hyper
