#include "sim/query.h"

#include <charconv>

#include "base/glob.h"
#include "base/text.h"

namespace tabferry::sim {
namespace {

constexpr uint64_t kMaxPageSize = 1000;
constexpr std::string_view kOperators[] = {"eq", "in", "gt", "gte", "lt", "lte", "has", "cieq"};

// At the commas that stand in no brackets.
std::vector<std::string_view> expressions_of(std::string_view text) {
  std::vector<std::string_view> found;
  size_t start = 0;
  int depth = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '[') ++depth;
    if (i < text.size() && text[i] == ']') --depth;
    if (i < text.size() && (text[i] != ',' || depth > 0)) continue;
    found.push_back(text.substr(start, i - start));
    start = i + 1;
  }
  return found;
}

std::vector<std::string> values_of(std::string_view op, std::string_view text) {
  if (op != "in") return {std::string(text)};
  if (!text.starts_with('[') || !text.ends_with(']'))
    refuse(400008, "Invalid filter expression: 'in' needs a list in brackets.");
  std::vector<std::string> values;
  for (const auto value : base::split(text.substr(1, text.size() - 2), ',')) values.emplace_back(value);
  return values;
}

Condition parse_condition(std::string_view text) {
  const auto first = text.find(':');
  const auto second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos) refuse(400008, "Invalid filter expression '{}'.", text);
  Condition condition{std::string(text.substr(0, first)), std::string(text.substr(first + 1, second - first - 1)), {}};
  if (std::find(std::begin(kOperators), std::end(kOperators), condition.op) == std::end(kOperators))
    refuse(400008, "Invalid filter operator '{}'.", condition.op);
  condition.values = values_of(condition.op, text.substr(second + 1));
  return condition;
}

// Only '*' means something in a filter's value.
bool matches_text(const std::string& wanted, const std::string& value) {
  if (wanted.find('*') == std::string::npos) return wanted == value;
  std::string pattern;
  for (const char c : wanted) {
    if (c == '[' || c == '?') pattern += std::string("[") + c + "]";
    else pattern += c;
  }
  return base::Glob(pattern, base::Glob::Form::fnmatch).matches(value);
}

uint64_t number_of(const Call& call, std::string_view name, uint64_t otherwise, int code, std::string_view what) {
  const auto text = call.query_value(name);
  if (!text) return otherwise;
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc{} || end != text->data() + text->size() || number == 0)
    refuse(code, "Invalid {} '{}'", what, *text);
  return number;
}

}  // namespace

std::vector<Condition> parse_filter(std::string_view text) {
  std::vector<Condition> conditions;
  if (text.empty()) return conditions;
  for (const auto expression : expressions_of(text)) conditions.push_back(parse_condition(expression));
  return conditions;
}

bool holds(const Condition& condition, const std::string& value) {
  const std::string& wanted = condition.values.front();
  if (condition.op == "eq") return matches_text(wanted, value);
  if (condition.op == "cieq") return base::equal_ignoring_case(wanted, value);
  if (condition.op == "gt") return value > wanted;
  if (condition.op == "gte") return value >= wanted;
  if (condition.op == "lt") return value < wanted;
  if (condition.op == "lte") return value <= wanted;
  if (condition.op == "has") return value.find(wanted) != std::string::npos;
  return std::find(condition.values.begin(), condition.values.end(), value) != condition.values.end();
}

std::vector<SortKey> parse_sort(std::string_view text) {
  std::vector<SortKey> keys;
  for (const auto piece : base::split(text, ',')) {
    const auto parts = base::split(piece, ':');
    if (!parts[0].empty()) keys.push_back({std::string(parts[0]), parts.size() > 1 && base::lower(parts[1]) == "desc"});
  }
  return keys;
}

Page requested_page(const Call& call) {
  const Page page{number_of(call, "pageNumber", 1, 400006, "page number"),
                  number_of(call, "pageSize", 100, 400007, "page size")};
  if (page.size > kMaxPageSize)
    refuse(403014, "The page size {} is larger than the maximum of {}.", page.size, kMaxPageSize);
  return page;
}

std::pair<size_t, size_t> range_of(const Page& page, size_t total) {
  const uint64_t pages = std::max<uint64_t>(1, (total + page.size - 1) / page.size);
  if (page.number > pages) refuse(400006, "Invalid page number '{}'", page.number);
  const uint64_t first = (page.number - 1) * page.size;
  return {first, std::min<uint64_t>(total, first + page.size)};
}

Node pagination(const Page& page, size_t total) {
  Node node("pagination");
  node.with_number("pageNumber", page.number).with_number("pageSize", page.size).with_number("totalAvailable", total);
  return node;
}

}  // namespace tabferry::sim
