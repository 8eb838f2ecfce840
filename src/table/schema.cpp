#include "table/schema.h"

#include <array>
#include <charconv>
#include <optional>

#include "base/error.h"
#include "base/nearest.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::table {
namespace {

struct Word {
  std::string_view word;
  Kind kind;
};

// The first word of a kind is the one Hyper's SQL gets.
constexpr Word kWords[] = {
    {"bool", Kind::boolean},           {"boolean", Kind::boolean},
    {"smallint", Kind::small_int},     {"small_int", Kind::small_int},  {"int16", Kind::small_int}, {"int2", Kind::small_int},
    {"int", Kind::integer},            {"integer", Kind::integer},      {"int32", Kind::integer},   {"int4", Kind::integer},
    {"bigint", Kind::big_int},         {"big_int", Kind::big_int},      {"int64", Kind::big_int},   {"int8", Kind::big_int},
    {"oid", Kind::oid},
    {"double precision", Kind::double_precision}, {"double", Kind::double_precision}, {"float8", Kind::double_precision},
    {"numeric", Kind::numeric},        {"decimal", Kind::numeric},
    {"text", Kind::text},              {"string", Kind::text},
    {"varchar", Kind::varchar},        {"character varying", Kind::varchar},
    {"char", Kind::character},         {"character", Kind::character},
    {"date", Kind::date},              {"time", Kind::time},
    {"timestamp", Kind::timestamp},    {"timestamptz", Kind::timestamp_tz}, {"timestamp_tz", Kind::timestamp_tz},
    {"interval", Kind::interval},      {"bytea", Kind::bytes},          {"bytes", Kind::bytes},
    {"json", Kind::json},              {"geography", Kind::geography}, {"tabgeography", Kind::geography},
};

constexpr int kMaxPrecision = 18;   // 128-bit numerics need database version 3 and newer readers

std::optional<Kind> kind_of(std::string_view word) {
  for (const auto& known : kWords)
    if (known.word == word) return known.kind;
  return std::nullopt;
}

[[noreturn]] void fail_unknown(std::string_view text, std::string_view word) {
  std::array<std::string_view, std::size(kWords)> words{};
  for (size_t i = 0; i < words.size(); ++i) words[i] = kWords[i].word;
  base::fail(ErrorKind::config, "unknown type {}{}. Types: bool, smallint, int, bigint, double, numeric(p,s), text, "
             "varchar(n), char(n), date, time, timestamp, timestamptz, interval, bytes, json, oid, geography",
             base::quoted(text), base::did_you_mean(word, words));
}

// "(10,2)" -> {10, 2}; empty -> {}.
std::vector<int> read_arguments(std::string_view text, std::string_view whole) {
  std::vector<int> numbers;
  if (text.empty()) return numbers;
  if (text.front() != '(' || text.back() != ')') fail_unknown(whole, whole);
  for (auto part : base::split(text.substr(1, text.size() - 2), ',')) {
    part = base::trim(part);
    int number = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (error != std::errc{} || end != part.data() + part.size())
      base::fail(ErrorKind::config, "the type {} needs whole numbers in its brackets", base::quoted(whole));
    numbers.push_back(number);
  }
  return numbers;
}

Type numeric_type(const std::vector<int>& arguments, std::string_view whole) {
  if (arguments.empty() || arguments.size() > 2)
    base::fail(ErrorKind::config, "the type {} needs its digits: numeric(p,s), such as numeric(18,2)", base::quoted(whole));
  const int scale = arguments.size() == 2 ? arguments[1] : 0;
  if (arguments[0] < 1 || arguments[0] > kMaxPrecision || scale < 0 || scale > arguments[0])
    base::fail(ErrorKind::config, "the type {} is out of range: numeric(p,s) takes 1 to {} digits, and s from 0 to p; use double for more",
               base::quoted(whole), kMaxPrecision);
  return {.kind = Kind::numeric, .precision = arguments[0], .scale = scale};
}

// Hyper cuts what is too long for a char(1) in silence (tried); a varchar(1), which Tableau shows the same, refuses it.
Type one_character_or(Kind kind, int length) { return {.kind = length == 1 ? Kind::varchar : kind, .length = length}; }

Type string_type(Kind kind, const std::vector<int>& arguments, std::string_view whole) {
  if (arguments.empty()) return kind == Kind::varchar ? Type{.kind = Kind::text} : one_character_or(kind, 1);
  if (arguments.size() > 1 || arguments[0] < 1)
    base::fail(ErrorKind::config, "the type {} needs one length of at least 1, such as varchar(20)", base::quoted(whole));
  return one_character_or(kind, arguments[0]);
}

}  // namespace

Type parse_type(std::string_view text) {
  const std::string whole = base::lower(base::trim(text));
  const auto bracket = whole.find('(');
  const auto word = base::trim(std::string_view(whole).substr(0, bracket));
  const auto kind = kind_of(word);
  if (!kind) fail_unknown(text, word);
  const auto arguments =
      read_arguments(bracket == std::string::npos ? std::string_view{} : std::string_view(whole).substr(bracket), text);
  if (*kind == Kind::numeric) return numeric_type(arguments, text);
  if (*kind == Kind::varchar || *kind == Kind::character) return string_type(*kind, arguments, text);
  if (!arguments.empty()) base::fail(ErrorKind::config, "the type {} takes no numbers in brackets", base::quoted(text));
  return {.kind = *kind};
}

std::string sql(const Type& type) {
  std::string_view word;
  for (const auto& known : kWords) {
    if (known.kind != type.kind) continue;
    word = known.word;
    break;
  }
  if (type.kind == Kind::numeric) return fmt::format("numeric({},{})", type.precision, type.scale);
  if (type.kind == Kind::varchar || type.kind == Kind::character) return fmt::format("{}({})", word, type.length);
  return std::string(word);
}

Family family(const Type& type) {
  switch (type.kind) {
    case Kind::boolean: return Family::boolean;
    case Kind::small_int:
    case Kind::integer:
    case Kind::big_int:
    case Kind::oid: return Family::integer;
    case Kind::double_precision:
    case Kind::numeric: return Family::real;
    case Kind::text:
    case Kind::varchar:
    case Kind::character: return Family::string;
    case Kind::date: return Family::date;
    case Kind::time:
    case Kind::timestamp:
    case Kind::timestamp_tz: return Family::datetime;
    case Kind::geography: return Family::spatial;
    case Kind::interval:
    case Kind::bytes:
    case Kind::json: return Family::other;
  }
  return Family::other;
}

std::string_view name_of(Family family) {
  switch (family) {
    case Family::boolean: return "boolean";
    case Family::integer: return "integer";
    case Family::real: return "real";
    case Family::string: return "string";
    case Family::date: return "date";
    case Family::datetime: return "datetime";
    case Family::spatial: return "spatial";
    case Family::other: return "other";
  }
  return "other";
}

std::string sql_name(std::string_view name) {
  if (name.empty()) base::fail(ErrorKind::config, "a table or column has an empty name");
  std::string result = "\"";
  for (const char c : name) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + "\"";
}

std::string sql_name(const TableName& name) { return sql_name(name.schema) + "." + sql_name(name.name); }

std::string display(const TableName& name) {
  return name.schema == "public" ? name.name : name.schema + "." + name.name;
}

}  // namespace tabferry::table
