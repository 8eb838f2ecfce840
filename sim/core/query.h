// Pages, filters and sorting of lists
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_concepts_filtering_and_sorting.htm and
// .../rest_api_concepts_paging.htm).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/call.h"
#include "sim/core/site.h"

namespace tabferry::sim {

struct Condition {
  std::string field;
  std::string op;                   // eq, in, gt, gte, lt, lte, has, cieq
  std::vector<std::string> values;  // one, but for `in`
};

// "name:eq:Sales,createdAt:gt:2025-01-01T00:00:00Z". As on a real site a comma or '&' in a value cannot be escaped.
// Refuses with 400008 what is none of this.
std::vector<Condition> parse_filter(std::string_view text);
// Numbers are compared as numbers, all else as text, which is right for ISO times. eq knows '*' at the value's ends and
// within.
bool holds(const Condition& condition, const std::string& value);

struct SortKey {
  std::string field;
  bool descending = false;
};
std::vector<SortKey> parse_sort(std::string_view text);  // "name:asc,createdAt:desc"

struct Page {
  uint64_t number = 1;
  uint64_t size = 100;
};
// Refuses with 400006 (number), 400007 (size), 403014 (more than 1000).
Page requested_page(const Call& call);
// The part of `total` items that the page shows, [first, last). Refuses with 400006 a page beyond the end.
std::pair<size_t, size_t> range_of(const Page& page, size_t total);
Node pagination(const Page& page, size_t total);

// The values of a field for filters and sorts: an attribute, an alias ("ownerName"), an attribute of what it refers to
// ("project.name"), "tags". Absent where the kind has no such field.
std::optional<std::vector<std::string>> values_of(const Site& site, const Item& item, std::string_view field);

// Those of `items` that the call's filter lets through, in the order of its sort (as they come where it has none).
// Refuses with 400008 a filter by a field that the kind does not have; such a sort is passed over.
std::vector<const Item*> selected(const Site& site, const Call& call, std::vector<const Item*> items);

}  // namespace tabferry::sim
