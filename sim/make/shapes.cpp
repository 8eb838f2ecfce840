#include "sim/make/shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "sim/make/dice.h"

namespace tabferry::sim::make {
namespace {

using table::Kind;

constexpr std::array kWords = {"North", "South", "Île-de-France", "O'Hara", "日本", "say \"\"hi\"\"", "A, B", "🚲"};

Field dimension(std::string name, std::string caption, table::Type type) {
  return {.column = {.name = std::move(name), .type = type}, .caption = std::move(caption), .measure = false};
}

Field measure(std::string name, std::string caption, table::Type type) {
  return {.column = {.name = std::move(name), .type = type}, .caption = std::move(caption), .measure = true};
}

Shape orders() {
  return {.name = "orders",
          .caption = "Orders",
          .fields = {dimension("order_id", "Order Id", {.kind = Kind::big_int}),
                     dimension("region", "Region", {.kind = Kind::text}),
                     dimension("order_date", "Order Date", {.kind = Kind::date}),
                     measure("amount", "Amount", {.kind = Kind::numeric, .precision = 12, .scale = 2}),
                     measure("quantity", "Quantity", {.kind = Kind::integer}),
                     dimension("returned", "Returned", {.kind = Kind::boolean}),
                     dimension("placed_at", "Placed At", {.kind = Kind::timestamp})},
          .formula = "IF [amount] > 100 AND [region] <> \"O'Hara & \"\"Co\"\"\" THEN [amount] * [quantity] END // ]]>"};
}

Shape customers() {
  return {.name = "customers",
          .caption = "Customers",
          .fields = {dimension("customer_id", "Customer Id", {.kind = Kind::big_int}),
                     dimension("name", "Name", {.kind = Kind::text}), dimension("since", "Since", {.kind = Kind::date}),
                     measure("credit", "Credit", {.kind = Kind::double_precision}),
                     measure("visits", "Visits", {.kind = Kind::small_int})},
          .formula = "SUM([credit]) / SUM([visits])"};
}

Shape stock() {
  return {
      .name = "Lager \"A\" & <B>",
      .caption = "Lager & Größe 📦",
      .fields = {dimension("Artikel's Nr.", "Artikel <Nr.>", {.kind = Kind::text}),
                 measure("Größe \"netto\" & <brutto>", "Größe \"netto\" & <brutto>", {.kind = Kind::double_precision}),
                 measure("Menge 📦", "Menge 📦 ]]>", {.kind = Kind::integer}),
                 dimension("gezählt am", "Gezählt am", {.kind = Kind::timestamp})},
      .formula = "[Menge 📦] * [Größe \"netto\" & <brutto>]"};
}

Shape sensors() {
  return {.name = "sensor_values",
          .caption = "Sensor values",
          .fields = {dimension("station", "Station", {.kind = Kind::text}),
                     dimension("measured_at", "Measured At", {.kind = Kind::timestamp}),
                     measure("temperature", "Temperature", {.kind = Kind::double_precision}),
                     measure("humidity", "Humidity", {.kind = Kind::small_int}),
                     dimension("ok", "Ok", {.kind = Kind::boolean})},
          .formula = "AVG([temperature]) - WINDOW_AVG(AVG([temperature]))"};
}

std::string date_of(Dice& dice) {
  return fmt::format("{}-{:02}-{:02}", 2020 + dice.below(6), 1 + dice.below(12), 1 + dice.below(28));
}

std::string value(const table::Type& type, uint64_t row, Dice& dice) {
  if (dice.below(20) == 0) return "";
  switch (type.kind) {
    case Kind::boolean:
      return dice.chance(50) ? "true" : "false";
    case Kind::small_int:
    case Kind::integer:
      return fmt::format("{}", dice.below(100));
    case Kind::big_int:
      return fmt::format("{}", 9'000'000'000 + row);
    case Kind::numeric:
    case Kind::double_precision:
      return fmt::format("{}.{:02}", dice.below(10'000), dice.below(100));
    case Kind::text:
      return fmt::format("\"{} {}\"", dice.pick(kWords), dice.below(50));
    case Kind::date:
      return date_of(dice);
    case Kind::timestamp:
      return fmt::format("{} {:02}:{:02}:00", date_of(dice), dice.below(24), dice.below(60));
    default:
      base::fail(base::ErrorKind::bug, "no value is made for the type {}", table::sql(type));
  }
}

const Field& first(const std::vector<Field>& fields, bool is_measure) {
  return *std::find_if(fields.begin(), fields.end(), [&](const Field& field) {
    return is_measure ? field.measure : !field.measure && field.column.type.kind == Kind::text;
  });
}

}  // namespace

const Field& Shape::first_dimension() const { return first(fields, false); }
const Field& Shape::first_measure() const { return first(fields, true); }

std::span<const Shape> shapes() {
  static const std::array all = {orders(), customers(), stock(), sensors()};
  return all;
}

table::Table extract_table(const Shape& shape) {
  table::Table table{.name = {.schema = "Extract", .name = "Extract"}, .columns = {}};
  for (const auto& field : shape.fields) table.columns.push_back(field.column);
  return table;
}

std::string csv_rows(const Shape& shape, uint64_t seed, uint64_t rows) {
  std::string csv;
  Dice dice(seed, "rows of " + shape.name);
  for (uint64_t row = 0; row < rows; ++row) {
    for (size_t at = 0; at < shape.fields.size(); ++at) {
      if (at > 0) csv += ',';
      csv += value(shape.fields[at].column.type, row, dice);
    }
    csv += '\n';
  }
  return csv;
}

}  // namespace tabferry::sim::make
