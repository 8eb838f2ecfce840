#include "sim/catalog/graphql.h"

#include <gtest/gtest.h>

namespace tabferry::sim::graphql {
namespace {

TEST(Graphql, ReadsFieldsWithAliasesAndArguments) {
  const auto fields = parse(R"(query q($ids: [String!]! = ["x"], $n: Int) {   # which
    mine: workbooks(filter: {luidWithin: $ids, name: "a \"b\"\n"}, first: 10, all: true,
      none: null, by: NAME) { luid } })");
  ASSERT_EQ(fields.size(), 1u);
  const Field& field = fields[0];
  EXPECT_EQ(field.alias, "mine");
  EXPECT_EQ(field.name, "workbooks");
  EXPECT_EQ(field.line, 2);
  EXPECT_EQ(field.column, 5);
  EXPECT_EQ(field.fields[0].name, "luid");
  const Value* filter = field.argument("filter");
  ASSERT_NE(filter, nullptr);
  EXPECT_EQ(filter->member("luidWithin")->kind, Value::Kind::variable);
  EXPECT_EQ(filter->member("luidWithin")->text, "ids");
  EXPECT_EQ(filter->member("name")->text, "a \"b\"\n");
  EXPECT_EQ(filter->member("nothing"), nullptr);
  EXPECT_EQ(field.argument("first")->kind, Value::Kind::number);
  EXPECT_EQ(field.argument("all")->kind, Value::Kind::flag);
  EXPECT_EQ(field.argument("none")->kind, Value::Kind::null);
  EXPECT_EQ(field.argument("by")->kind, Value::Kind::word);
}

TEST(Graphql, ReadsListsAndNumbers) {
  const auto fields = parse("{ a(list: [1, -2.5e+3, [], {}]) }");
  const Value* list = fields[0].argument("list");
  ASSERT_EQ(list->items.size(), 4u);
  EXPECT_EQ(list->items[1].text, "-2.5e+3");
  EXPECT_EQ(list->items[2].kind, Value::Kind::list);
  EXPECT_EQ(list->items[3].kind, Value::Kind::object);
}

TEST(Graphql, RefusesWhatIsNoQuery) {
  for (const char* text : {"",
                           "{",
                           "}",
                           "{}",
                           "{ a",
                           "{ a(",
                           "{ a(b) }",
                           "{ a(b: ) }",
                           "{ a(b: [ }",
                           "{ a(b: { }",
                           "query",
                           "query (",
                           "query ($a",
                           "{ a } { b }",
                           "{ ...x }",
                           "{ a @skip }",
                           "{ \"a\" }",
                           "{ a(b: \"x) }",
                           "subscription { a }",
                           "\x80",
                           "{ a(b: $) }"})
    EXPECT_THROW(parse(text), base::Error) << text;
  EXPECT_THROW(parse(std::string(1000, '{')), base::Error);
  EXPECT_THROW(parse("{ a(b: " + std::string(1000, '[') + ") }"), base::Error);
  EXPECT_THROW(parse("{ a }" + std::string(70'000, ' ')), base::Error);
}

}  // namespace
}  // namespace tabferry::sim::graphql
