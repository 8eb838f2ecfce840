#include <gtest/gtest.h>

#include "sim/content/custom_views.h"
#include "sim/content/virtual_connections.h"
#include "sim/core/refusal.h"

namespace tabferry::sim {
namespace {

TEST(VirtualConnection, FindsDatabasesHoweverDeep) {
  const Node found = connections_in(R"({"revision": {"content": [{"connections": [
      {"class": "postgres", "server": "a", "port": 5432, "username": "u", "dbname": "d"}, {"name": "none"}, 1]}]},
      "connections": [{"dbClass": "mysql", "server": "b", "port": "3306x"}]})");
  ASSERT_EQ(found.children.size(), 2u);
  const Node& first = found.children[0];
  EXPECT_EQ(first.attribute("type"), "postgres");
  EXPECT_EQ(first.attribute("serverPort"), "5432");
  EXPECT_EQ(first.attribute("databaseName"), "d");
  EXPECT_EQ(found.children[1].attribute("serverAddress"), "b");
  EXPECT_EQ(found.children[1].attribute("serverPort"), "");
}

TEST(VirtualConnection, RefusesContentThatIsNoObject) {
  for (const char* content : {"", "[]", "1", "{", "{\"a\": 1, \"a\": 2}"})
    EXPECT_THROW(connections_in(content), Refusal) << content;
}

TEST(CustomView, IsMadeOfItsSourceView) {
  EXPECT_EQ(
      source_view_of(R"([{"viewName": "A", "tcv": "a-_="}, {"isSourceView": true, "viewName": "B", "tcv": "YQ"}])"),
      "B");
  EXPECT_EQ(source_view_of(R"([{"viewName": "A", "tcv": "YQ"}])"), "A");
  for (const char* file : {"", "{}", "[]", "[1]", R"([{"viewName": "A"}])", R"([{"viewName": 1, "tcv": "YQ"}])",
                           R"([{"viewName": "A", "tcv": "a b"}])"})
    EXPECT_THROW(source_view_of(file), Refusal) << file;
}

}  // namespace
}  // namespace tabferry::sim
