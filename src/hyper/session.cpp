#include "hyper/session.h"

#include <filesystem>

#include "base/error.h"
#include "base/text.h"
#include "hyper/session_state.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::hyper {
namespace {

std::string only_value(const Result& result) {
  return PQntuples(result.get()) == 1 ? PQgetvalue(result.get(), 0, 0) : "";
}

void check_absolute(const std::string& path) {
  if (!fs::path(path).is_absolute()) base::fail(ErrorKind::bug, "the extract {} is no absolute path", base::quoted(path));
}

std::string column_definition(const table::Column& column) {
  return table::sql_name(column.name) + " " + table::sql(column.type) + (column.nullable ? "" : " NOT NULL");
}

}  // namespace

Session::State::State(Connection&& opened) : connection(std::move(opened)) {
  run("SET timezone = 'UTC'", "setting the time zone");   // else the machine's decides what a timestamptz means
}

Result Session::State::run(const std::string& sql, std::string_view doing, ErrorKind otherwise) {
  Result result = connection.execute(sql, doing);
  if (refused(result)) fail_refused(read_refusal(result), doing, otherwise);
  return result;
}

void Session::State::fail_refused(const Refusal& refusal, std::string_view doing, ErrorKind otherwise) const {
  const bool ours = blames_statement(refusal) || blames_data(refusal);
  base::fail(ours ? otherwise : ErrorKind::io, "{}: the extract engine says: {} [{}]", doing, explain(refusal, database),
             refusal.code);
}

Refusal read_refusal(const Result& result) {
  return {field(result, PG_DIAG_SQLSTATE), field(result, PG_DIAG_MESSAGE_PRIMARY), field(result, PG_DIAG_MESSAGE_DETAIL)};
}

std::string sql_text(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') result += '\'';
    result += c;
  }
  return result + "'";
}

std::string attached_name(const table::TableName& name) { return "x." + table::sql_name(name); }

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

std::vector<std::vector<std::optional<std::string>>> Session::query(const std::string& sql) {
  const Result result = state_->run(sql, "asking the extract engine");
  if (PQresultStatus(result.get()) == PGRES_COPY_IN) {
    state_->connection.close();
    base::fail(ErrorKind::bug, "COPY ... FROM STDIN is no query");
  }
  std::vector<std::vector<std::optional<std::string>>> rows;
  for (int r = 0; r < PQntuples(result.get()); ++r) {
    auto& row = rows.emplace_back();
    for (int c = 0; c < PQnfields(result.get()); ++c) {
      auto& value = row.emplace_back();
      if (PQgetisnull(result.get(), r, c) == 0)
        value.emplace(PQgetvalue(result.get(), r, c), static_cast<size_t>(PQgetlength(result.get(), r, c)));
    }
  }
  return rows;
}

void Session::create_database(const std::string& path) {
  check_absolute(path);
  std::error_code error;
  fs::remove(path, error);
  if (error) base::fail_errno(error.value(), fmt::format("replacing the extract {}", path));
  const auto doing = fmt::format("creating the extract {}", path);
  state_->run("CREATE DATABASE " + table::sql_name(path), doing, ErrorKind::io);
  state_->run(fmt::format("ATTACH DATABASE {} AS x", table::sql_name(path)), doing, ErrorKind::io);
  state_->database = path;
}

void Session::attach(const std::string& path) {
  check_absolute(path);
  std::error_code error;
  if (!fs::is_regular_file(path, error)) base::fail(ErrorKind::not_found, "opening the extract {}: there is no such file", path);
  const auto doing = fmt::format("opening the extract {}", path);
  const auto sql = fmt::format("ATTACH DATABASE {} AS x", table::sql_name(path));
  const Result result = state_->connection.execute(sql, doing);
  if (refused(result)) {
    Refusal refusal = read_refusal(result);
    const bool torn = refusal.code == "XX001";   // "file is truncated": the file's fault though its class is the engine's
    if (torn) refusal.code = "42809";
    state_->fail_refused(refusal, doing, ErrorKind::corrupt);
  }
  state_->database = path;
}

void Session::detach() {
  state_->run("DETACH DATABASE x", fmt::format("writing the extract {} to disk", state_->database), ErrorKind::io);
  state_->database.clear();
}

void Session::create_table(const table::Table& table) {
  const auto doing = fmt::format("making the table {}", base::quoted(table::display(table.name)));
  state_->run("CREATE SCHEMA IF NOT EXISTS x." + table::sql_name(table.name.schema), doing, ErrorKind::config);
  std::vector<std::string> columns;
  for (const auto& column : table.columns) columns.push_back(column_definition(column));
  state_->run(fmt::format("CREATE TABLE {} ({})", attached_name(table.name), base::join(columns, ", ")), doing,
              ErrorKind::config);
}

uint64_t Session::row_count(const table::TableName& name) {
  const auto doing = fmt::format("counting the rows of {}", base::quoted(table::display(name)));
  return std::stoull(only_value(state_->run("SELECT count(*) FROM " + attached_name(name), doing)));
}

}  // namespace tabferry::hyper
