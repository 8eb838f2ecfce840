// Columns and their types: what csv, hyper, package and publish say to each other. Plain values.
//
// Types are those of the Hyper engine (database version 2: https://tableau.github.io/hyper-db/docs/sql/datatype).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tabferry::table {

enum class Kind {
  boolean, small_int, integer, big_int, oid, double_precision, numeric,
  text, varchar, character, date, time, timestamp, timestamp_tz, interval, bytes, json, geography,
};

// What Tableau shows: the local-type of a .tds (Tableau document schema, metadata-record/local-type).
enum class Family { boolean, integer, real, string, date, datetime, spatial, other };

struct Type {
  Kind kind = Kind::text;
  int precision = 0;   // numeric
  int scale = 0;       // numeric
  int length = 0;      // varchar, character

  bool operator==(const Type&) const = default;
};

struct Column {
  std::string name;
  Type type;
  bool nullable = true;

  bool operator==(const Column&) const = default;
};

struct TableName {
  std::string schema = "public";
  std::string name;

  bool operator==(const TableName&) const = default;
  auto operator<=>(const TableName&) const = default;
};

struct Table {
  TableName name;
  std::vector<Column> columns;   // in the order of the file's fields

  bool operator==(const Table&) const = default;
};

// Reads a type as people write it, in any case and with spaces around: the SQL names (bigint, "double precision",
// numeric(10,2), varchar(20), char(3), timestamptz ...) and every name of the s3-to-hyper sample (big_int bool bytes date
// double geography int interval json oid small_int text timestamp timestamp_tz string varchar integer int64).
// `int64` is 64-bit here (the sample made it 32-bit and overflowed). varchar without a length is text.
// Throws Error{config}: unknown type (with "did you mean"), numeric beyond 18 digits, a length below 1.
Type parse_type(std::string_view text);

// The type in Hyper's SQL: "bigint", "numeric(10,2)".
std::string sql(const Type& type);

Family family(const Type& type);
// "integer", "real", "string" ...: the local-type's word.
std::string_view name_of(Family family);

// A name in Hyper's SQL: in double quotes, a quote in it doubled. Never empty: Error{config} where it is.
std::string sql_name(std::string_view name);
// "schema"."name"
std::string sql_name(const TableName& name);
// For people: "orders", or "Extract.orders" outside of the schema public.
std::string display(const TableName& name);

}  // namespace tabferry::table
