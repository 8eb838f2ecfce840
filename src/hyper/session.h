// One connection to the engine (libpq). One thread at a time. A stop token given at connect ends every wait.
//
// Errors: Error{io} with the engine's words (it died and how, the disk is full, out of memory), Error{cancelled}; SQL that
// is wrong is Error{bug}. Bad data is an answer of CopyIn::finish(), not an exception. A session that has thrown
// Error{cancelled}, or lost its engine, throws Error{io} from then on. The time zone is UTC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "table/schema.h"

namespace tabferry::hyper {

struct CopyOptions {
  char delimiter = ',';
  char quote = '"';
  std::string null_string;
};

// The record that the engine refused, in its own words.
struct BadRecord {
  uint64_t record = 0;               // from 1, over the whole COPY; the engine's "line" counts records (tried). 0: unknown
  size_t column = 0;                 // from 1; 0: unknown (the number of fields is wrong, a quote is left open)
  std::string column_name;           // of that column
  std::string reason;                // "numeric overflow"
};

struct CopyResult {
  uint64_t rows = 0;
  std::optional<BadRecord> bad;      // the COPY was refused and nothing of it was kept
};

// A running COPY ... FROM STDIN. Data goes out in messages of 1 MiB (8 KiB messages are 3.5 times slower: hyper.md).
// The session may be used for nothing else while it lives. One that dies unfinished closes the session: the engine then
// rolls back.
class CopyIn {
 public:
  CopyIn(CopyIn&&) noexcept;
  CopyIn& operator=(CopyIn&&) noexcept;
  ~CopyIn();

  // False: the engine has refused the data already; stop feeding and call finish(). hyperd 0.0.26963 swallows the rest
  // of a COPY that it has refused and says so only at its end (tried), so what can be checked is better checked before.
  bool write(std::string_view bytes);
  // Once, last. Behind it the session is free again.
  CopyResult finish();

 private:
  friend class Session;
  struct State;
  explicit CopyIn(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class Session {
 public:
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  // Runs one statement (the engine refuses several at once); its rows, NULL as absent.
  std::vector<std::vector<std::optional<std::string>>> query(const std::string& sql);

  // A new extract file (absolute path in UTF-8, replaced if it exists), attached under the name "x". It is the only one,
  // so names without a database are looked up in it.
  void create_database(const std::string& path);
  // An existing one, under the same name. Throws Error{not_found}, Error{corrupt}: no extract that this engine reads.
  void attach(const std::string& path);
  void detach();                          // flushes: the file is whole only behind it

  // With its schema, where that does not exist. Throws Error{config} with the engine's words where it refuses the names
  // (the same column twice, not UTF-8).
  void create_table(const table::Table& table);
  CopyIn copy_in(const table::Table& table, const CopyOptions& options);
  // The tables of the attached extract, with columns as the engine tells them, by schema and name. Throws Error{config}
  // where a column has a type that table::Type does not know (a 32-bit float of database version 4).
  std::vector<table::Table> tables();
  uint64_t row_count(const table::TableName& name);

 private:
  friend class Engine;
  friend class CopyIn;
  struct State;
  explicit Session(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace tabferry::hyper
