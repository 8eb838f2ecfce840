// What session.cpp and copy.cpp share, and Engine::connect() makes.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
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

struct CopyIn::State {
  Session::State* session;               // outlives us
  std::vector<table::Column> columns;
  std::string doing;
  std::string waiting;                   // less than one message
  bool finished = false;
};

Refusal read_refusal(const Result& result);
// 'text' in Hyper's SQL, a quote in it doubled (backslashes are plain there).
std::string sql_text(std::string_view text);
// x."schema"."table"
std::string attached_name(const table::TableName& name);

}  // namespace tabferry::hyper
