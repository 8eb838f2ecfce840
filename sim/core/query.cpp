#include "sim/core/query.h"

#include <algorithm>
#include <charconv>

#include "base/glob.h"
#include "base/text.h"
#include "sim/core/kinds.h"

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

std::vector<std::string> wanted_values(std::string_view op, std::string_view text) {
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
  condition.values = wanted_values(condition.op, text.substr(second + 1));
  return condition;
}

// Names are one name in any case for eq, too [INF: tabcmd asks for the project "Default" and finds "default"]. Only '*'
// means something in a filter's value.
bool matches_text(const std::string& wanted, const std::string& value) {
  if (wanted.find('*') == std::string::npos) return base::equal_ignoring_case(wanted, value);
  std::string pattern;
  for (const char c : base::lower(wanted)) {
    if (c == '[' || c == '?')
      pattern += std::string("[") + c + "]";
    else
      pattern += c;
  }
  return base::Glob(pattern, base::Glob::Form::fnmatch).matches(base::lower(value));
}

std::optional<uint64_t> as_number(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

int compared(const std::string& a, const std::string& b) {
  const auto x = as_number(a), y = as_number(b);
  if (x && y) return *x < *y ? -1 : *x > *y;
  return a.compare(b);
}

uint64_t number_of(const Call& call, std::string_view name, uint64_t otherwise, int code, std::string_view what) {
  const auto text = call.query_value(name);
  if (!text) return otherwise;
  const auto number = as_number(*text);
  if (!number || *number == 0) refuse(code, "Invalid {} '{}'", what, *text);
  return *number;
}

std::vector<std::string> labels_of(const Item& item) {
  std::vector<std::string> labels;
  if (const Node* tags = item.part("tags"))
    for (const auto& tag : tags->children) labels.push_back(tag.attribute_or("label", ""));
  return labels;
}

std::string referred(const Site& site, const Item& item, Kind kind, std::string_view field,
                     std::string_view attribute) {
  const std::string& id = item.get(field);
  if (attribute == "id") return id;
  const Item* target = site.find(kind, id);
  return target == nullptr ? "" : target->get(attribute);
}

bool passes(const Site& site, const Item& item, const std::vector<Condition>& conditions) {
  return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& condition) {
    const auto values = values_of(site, item, condition.field);
    if (!values) refuse(400008, "Invalid filter expression: unknown field '{}'.", condition.field);
    return std::any_of(values->begin(), values->end(), [&](const auto& value) { return holds(condition, value); });
  });
}

void sort_by(const Site& site, const SortKey& key, std::vector<const Item*>& items) {
  std::vector<std::pair<std::string, const Item*>> keyed;
  for (const Item* item : items) {
    const auto values = values_of(site, *item, key.field);
    if (!values) return;
    keyed.emplace_back(values->empty() ? "" : values->front(), item);
  }
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    return key.descending ? compared(b.first, a.first) < 0 : compared(a.first, b.first) < 0;
  });
  std::transform(keyed.begin(), keyed.end(), items.begin(), [](const auto& pair) { return pair.second; });
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
  if (condition.op == "gt") return compared(value, wanted) > 0;
  if (condition.op == "gte") return compared(value, wanted) >= 0;
  if (condition.op == "lt") return compared(value, wanted) < 0;
  if (condition.op == "lte") return compared(value, wanted) <= 0;
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

std::optional<std::vector<std::string>> values_of(const Site& site, const Item& item, std::string_view field) {
  const KindRule& rule = rule_of(item.kind());
  if (field == "id") return std::vector{item.id()};
  if (field == "tags") return labels_of(item);
  for (const auto& known : rule.fields)
    if (known.name == field) return std::vector{item.get(field)};
  for (const auto& alias : rule.aliases)
    if (alias.name == field && alias.field.empty()) return std::vector{item.get(alias.attribute)};
  for (const auto& alias : rule.aliases)
    if (alias.name == field) return std::vector{referred(site, item, alias.kind, alias.field, alias.attribute)};
  const auto dot = field.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  for (const auto& child : rule.children)
    if (child.element == field.substr(0, dot) && !child.attributes.empty())
      return std::vector{referred(site, item, child.kind, child.element, field.substr(dot + 1))};
  return std::nullopt;
}

std::vector<const Item*> selected(const Site& site, const Call& call, std::vector<const Item*> items) {
  const auto conditions = parse_filter(call.query_value("filter").value_or(""));
  if (!conditions.empty()) std::erase_if(items, [&](const Item* item) { return !passes(site, *item, conditions); });
  const auto keys = parse_sort(call.query_value("sort").value_or(""));
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) sort_by(site, *key, items);
  return items;
}

}  // namespace tabferry::sim
