// Pages, filters and sorting of lists
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_concepts_filtering_and_sorting.htm and
// .../rest_api_concepts_paging.htm).
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/call.h"

namespace tabferry::sim {

// What lists may be filtered and sorted by: a field's name and its value for an item. Flags are "true" and "false".
template <class T>
using Fields = std::map<std::string, std::function<std::string(const T&)>, std::less<>>;

struct Condition {
  std::string field;
  std::string op;                    // eq, in, gt, gte, lt, lte, has, cieq
  std::vector<std::string> values;   // one, but for `in`
};

// "name:eq:Sales,createdAt:gt:2025-01-01T00:00:00Z". As on a real site a comma or '&' in a value cannot be escaped.
// Refuses with 400008 what is none of this.
std::vector<Condition> parse_filter(std::string_view text);
// Values are compared as text, which is right for ISO times. eq knows '*' at the value's ends and within.
bool holds(const Condition& condition, const std::string& value);

struct SortKey {
  std::string field;
  bool descending = false;
};
std::vector<SortKey> parse_sort(std::string_view text);   // "name:asc,createdAt:desc"

struct Page {
  uint64_t number = 1;
  uint64_t size = 100;
};
// Refuses with 400006 (number), 400007 (size), 403014 (more than 1000).
Page requested_page(const Call& call);
// The part of `total` items that the page shows, [first, last). Refuses with 400006 a page beyond the end.
std::pair<size_t, size_t> range_of(const Page& page, size_t total);
Node pagination(const Page& page, size_t total);

// The items that a call's filter, sort and page leave. Refuses with 400008 a filter by a field that is not among
// `fields`; such a sort is passed over.
template <class T>
struct Selection {
  std::vector<const T*> items;   // of this page
  Node pagination;
};

template <class T>
bool passes(const T& item, const std::vector<Condition>& conditions, const Fields<T>& fields) {
  for (const auto& condition : conditions) {
    const auto field = fields.find(condition.field);
    if (field == fields.end()) refuse(400008, "Invalid filter expression: unknown field '{}'.", condition.field);
    if (!holds(condition, field->second(item))) return false;
  }
  return true;
}

template <class T>
void sort_by(std::vector<const T*>& items, const std::vector<SortKey>& keys, const Fields<T>& fields) {
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    const auto field = fields.find(key->field);
    if (field == fields.end()) continue;
    std::stable_sort(items.begin(), items.end(), [&](const T* a, const T* b) {
      return key->descending ? field->second(*b) < field->second(*a) : field->second(*a) < field->second(*b);
    });
  }
}

template <class T>
Selection<T> select(const std::map<std::string, T>& all, const Call& call, const Fields<T>& fields) {
  const auto conditions = parse_filter(call.query_value("filter").value_or(""));
  const Page page = requested_page(call);
  std::vector<const T*> items;
  for (const auto& [id, item] : all)
    if (passes(item, conditions, fields)) items.push_back(&item);
  sort_by(items, parse_sort(call.query_value("sort").value_or("")), fields);
  const auto [first, last] = range_of(page, items.size());
  const Node pages = pagination(page, items.size());
  return {{items.begin() + static_cast<std::ptrdiff_t>(first), items.begin() + static_cast<std::ptrdiff_t>(last)},
          pages};
}

}  // namespace tabferry::sim
