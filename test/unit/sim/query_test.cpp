#include "sim/query.h"

#include <gtest/gtest.h>

namespace tabferry::sim {
namespace {

int code_of(const std::function<void()>& refused) {
  try {
    refused();
  } catch (const Refusal& refusal) {
    return refusal.code();
  }
  return 0;
}

TEST(SimQuery, ReadsFilters) {
  const auto conditions = parse_filter("updatedAt:gt:2025-01-01T00:00:00Z,name:in:[a,b c],name:eq:x:y");
  ASSERT_EQ(conditions.size(), 3U);
  EXPECT_EQ(conditions[0].values, std::vector<std::string>{"2025-01-01T00:00:00Z"});
  EXPECT_EQ(conditions[1].values, (std::vector<std::string>{"a", "b c"}));
  EXPECT_EQ(conditions[2].values, std::vector<std::string>{"x:y"});
  for (const char* bad : {"name", "name:eq", "name:like:x", "name:in:a"})
    EXPECT_EQ(code_of([&] { parse_filter(bad); }), 400008) << bad;
  EXPECT_EQ(code_of([] { parse_filter("name:eq:Sales, daily"); }), 400008);   // commas cannot be escaped
}

TEST(SimQuery, KnowsTheOperators) {
  const auto holds_for = [](const std::string& filter, const std::string& value) {
    return holds(parse_filter(filter).front(), value);
  };
  EXPECT_TRUE(holds_for("name:eq:Sales", "Sales"));
  EXPECT_FALSE(holds_for("name:eq:Sales", "sales"));
  EXPECT_TRUE(holds_for("name:cieq:Sales", "sales"));
  EXPECT_TRUE(holds_for("name:eq:S*s?", "Sales?"));
  EXPECT_FALSE(holds_for("name:eq:S*s?", "Salesx"));
  EXPECT_TRUE(holds_for("name:in:[a,b]", "b"));
  EXPECT_FALSE(holds_for("name:in:[a,b]", "c"));
  EXPECT_TRUE(holds_for("at:gte:2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z"));
  EXPECT_FALSE(holds_for("at:gt:2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z"));
  EXPECT_TRUE(holds_for("at:lt:2025-01-02T00:00:00Z", "2025-01-01T00:00:00Z"));
  EXPECT_TRUE(holds_for("name:has:ale", "Sales"));
}

TEST(SimQuery, CutsPages) {
  const auto page_of = [](const std::string& number, const std::string& size) {
    Call call;
    call.query = {{"pageNumber", number}, {"pageSize", size}};
    return requested_page(call);
  };
  EXPECT_EQ(range_of(page_of("2", "10"), 15), (std::pair<size_t, size_t>{10, 15}));
  EXPECT_EQ(range_of(page_of("1", "1000"), 0), (std::pair<size_t, size_t>{0, 0}));
  EXPECT_EQ(requested_page(Call{}).size, 100U);
  EXPECT_EQ(code_of([&] { range_of(page_of("2", "10"), 10); }), 400006);
  EXPECT_EQ(code_of([&] { page_of("0", "10"); }), 400006);
  EXPECT_EQ(code_of([&] { page_of("x", "10"); }), 400006);
  EXPECT_EQ(code_of([&] { page_of("1", "0"); }), 400007);
  EXPECT_EQ(code_of([&] { page_of("1", "1001"); }), 403014);
}

TEST(SimQuery, SelectsSortsAndRefusesUnknownFields) {
  const std::map<std::string, std::string> all = {{"1", "b"}, {"2", "a"}, {"3", "c"}};
  const Fields<std::string> fields = {{"name", [](const std::string& value) { return value; }}};
  Call call;
  call.query = {{"sort", "color:asc,name:desc"}, {"filter", "name:in:[a,b]"}};
  const auto selection = select(all, call, fields);
  ASSERT_EQ(selection.items.size(), 2U);
  EXPECT_EQ(*selection.items[0], "b");
  EXPECT_EQ(selection.pagination.attribute("totalAvailable"), "2");
  call.query = {{"filter", "color:eq:red"}};
  EXPECT_EQ(code_of([&] { select(all, call, fields); }), 400008);
}

}  // namespace
}  // namespace tabferry::sim
