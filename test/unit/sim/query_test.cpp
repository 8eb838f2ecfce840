#include "sim/core/query.h"

#include <gtest/gtest.h>

#include "support/refusal.h"

namespace tabferry::sim {
namespace {

TEST(SimQuery, ReadsFilters) {
  const auto conditions = parse_filter("updatedAt:gt:2025-01-01T00:00:00Z,name:in:[a,b c],name:eq:x:y");
  ASSERT_EQ(conditions.size(), 3U);
  EXPECT_EQ(conditions[0].values, std::vector<std::string>{"2025-01-01T00:00:00Z"});
  EXPECT_EQ(conditions[1].values, (std::vector<std::string>{"a", "b c"}));
  EXPECT_EQ(conditions[2].values, std::vector<std::string>{"x:y"});
  for (const char* bad : {"name", "name:eq", "name:like:x", "name:in:a"})
    EXPECT_EQ(code_of([&] { parse_filter(bad); }), 400008) << bad;
  EXPECT_EQ(code_of([] { parse_filter("name:eq:Sales, daily"); }), 400008);  // commas cannot be escaped
}

TEST(SimQuery, KnowsTheOperators) {
  const auto holds_for = [](const std::string& filter, const std::string& value) {
    return holds(parse_filter(filter).front(), value);
  };
  EXPECT_TRUE(holds_for("name:eq:Sales", "Sales"));
  EXPECT_TRUE(holds_for("name:eq:Sales", "sales"));
  EXPECT_FALSE(holds_for("name:eq:Sales", "Sale"));
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

struct Books {
  Books() {
    site.put(Item(Kind::user, "u1").set("name", "Zoe"));
    site.put(Item(Kind::user, "u2").set("name", "Ann"));
    add("1", "b", "u1", "10");
    add("2", "a", "u2", "9");
    add("3", "c", "u1", "100");
  }
  void add(const std::string& id, const std::string& name, const std::string& owner, const std::string& size) {
    Item item(Kind::datasource, id);
    item.set("name", name).set("owner", owner).set("size", size);
    site.put(item.put_part(Node("tags").as_list().add(Node("tag").with("label", "t" + name))));
  }
  std::string selected_for(const std::string& filter, const std::string& sort) {
    Call call;
    call.query = {{"filter", filter}, {"sort", sort}};
    std::vector<const Item*> all;
    for (const auto& [id, item] : site.all(Kind::datasource)) all.push_back(&item);
    std::string ids;
    for (const Item* item : selected(site, call, all)) ids += item->id();
    return ids;
  }
  Site site;
};

TEST(SimQuery, SelectsAndSorts) {
  Books books;
  EXPECT_EQ(books.selected_for("", ""), "123");
  EXPECT_EQ(books.selected_for("name:in:[a,b]", "color:asc,name:desc"), "12");
  EXPECT_EQ(books.selected_for("", "size:asc"), "213");  // as numbers
  EXPECT_EQ(books.selected_for("size:gt:9", ""), "13");
}

TEST(SimQuery, KnowsAliasesReferencesAndTags) {
  Books books;
  EXPECT_EQ(books.selected_for("ownerName:eq:Zoe", ""), "13");
  EXPECT_EQ(books.selected_for("owner.name:eq:Ann", ""), "2");
  EXPECT_EQ(books.selected_for("owner.id:eq:u2", ""), "2");
  EXPECT_EQ(books.selected_for("tags:in:[ta,tc]", "ownerName:asc"), "23");
}

TEST(SimQuery, RefusesUnknownFields) {
  Books books;
  EXPECT_EQ(code_of([&] { books.selected_for("color:eq:red", ""); }), 400008);
}

}  // namespace
}  // namespace tabferry::sim
