#include "sim/core/wire.h"

#include <gtest/gtest.h>

namespace tabferry::sim {
namespace {

Payload one_project() {
  Node pagination("pagination");
  pagination.with_number("pageNumber", 1).with_number("pageSize", 100).with_number("totalAvailable", 1);
  Node list("projects");
  list.as_list().add(Node("project").with("name", "a<\"&\nb").with_flag("topLevelProject", true));
  return {pagination, list};
}

TEST(SimWire, XmlHasTheNamespaceAndTheDeclaration) {
  EXPECT_EQ(
      rendered(one_project(), Language::xml, 327),
      R"(<?xml version="1.0" encoding="UTF-8"?><tsResponse xmlns="http://tableau.com/api" )"
      R"(xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://tableau.com/api )"
      R"(https://help.tableau.com/samples/en-us/rest_api/ts-api_3_27.xsd"><pagination pageNumber="1" pageSize="100" )"
      R"(totalAvailable="1"/><projects><project name="a&lt;&quot;&amp;&#10;b" topLevelProject="true"/></projects>)"
      R"(</tsResponse>)");
}

TEST(SimWire, JsonMirrorsIt) {
  EXPECT_EQ(rendered(one_project(), Language::json, 327),
            R"({"pagination":{"pageNumber":"1","pageSize":"100","totalAvailable":"1"},)"
            R"("projects":{"project":[{"name":"a<\"&\nb","topLevelProject":true}]}})");
  Node empty("projects");
  EXPECT_EQ(rendered({empty.as_list()}, Language::json, 327), R"({"projects":{}})");
  Node info("serverInfo");
  info.add(Node("productVersion").with("build", "1").holding("2025.3")).add(Node("restApiVersion").holding("3.27"));
  EXPECT_EQ(rendered({info}, Language::json, 327),
            R"({"serverInfo":{"productVersion":{"value":"2025.3","build":"1"},"restApiVersion":"3.27"}})");
}

TEST(SimWire, RefusalsLookLikeTableaus) {
  const Refusal refusal(403007, "No.");
  EXPECT_EQ(refusal.status(), 403);
  EXPECT_NE(rendered(payload_of(refusal), Language::xml, 327)
                .find(R"(<error code="403007"><summary>Forbidden</summary><detail>No.</detail></error>)"),
            std::string::npos);
  EXPECT_EQ(rendered(payload_of(refusal), Language::json, 327),
            R"({"error":{"code":"403007","summary":"Forbidden","detail":"No."}})");
}

void expect_credentials(const Node& credentials) {
  EXPECT_EQ(credentials.attribute("name"), "admin");
  ASSERT_NE(credentials.child("site"), nullptr);
  EXPECT_EQ(credentials.child("site")->attribute("contentUrl"), "demo");
}

TEST(SimWire, RequestsMayHaveNamespacesOrNoneOrBeJson) {
  expect_credentials(
      parse_request(R"(<tsRequest><credentials name="admin"><site contentUrl="demo"/></credentials></tsRequest>)",
                    Language::xml, "credentials"));
  expect_credentials(parse_request(R"(<t:tsRequest xmlns:t="http://tableau.com/api"><t:credentials name="admin">)"
                                   R"(<t:site contentUrl="demo"/></t:credentials></t:tsRequest>)",
                                   Language::xml, "credentials"));
  expect_credentials(
      parse_request(R"({"credentials":{"name":"admin","site":{"contentUrl":"demo"}}})", Language::json, "credentials"));
}

TEST(SimWire, MalformedRequestsAre400000) {
  for (const char* body :
       {"", "<tsRequest>", "<tsRequest/>", "<other><credentials/></other>", "<tsRequest><site/></tsRequest>",
        "<tsRequest><credentials/><credentials/></tsRequest>", "<!DOCTYPE x><tsRequest/>"}) {
    try {
      parse_request(body, Language::xml, "credentials");
      ADD_FAILURE() << body;
    } catch (const Refusal& refusal) {
      EXPECT_EQ(refusal.code(), 400000) << body;
    }
  }
  EXPECT_THROW(expect_only(Node("site").with("color", "red"), {"contentUrl"}, {}), Refusal);
  EXPECT_THROW(expect_only(Node("site").add(Node("x")), {}, {"y"}), Refusal);
}

TEST(SimWire, FlagsAreTrueOrFalseInAnyCase) {
  Node node("site");
  node.with("yes", "True").with("no", "FALSE").with("empty", "").with("other", "1");
  EXPECT_EQ(asked_flag(node, "yes", 400003), true);
  EXPECT_EQ(asked_flag(node, "no", 400003), false);
  EXPECT_EQ(asked_flag(node, "absent", 400003), std::nullopt);
  for (const char* name : {"empty", "other"}) {
    try {
      asked_flag(node, name, 400003);
      ADD_FAILURE() << name;
    } catch (const Refusal& refusal) {
      EXPECT_EQ(refusal.code(), 400003) << name;
    }
  }
}

TEST(SimWire, WhatIsNeededIsThere) {
  Node node("site");
  node.with("name", " a ").with("blank", " ").add(Node("owner").with("id", "1"));
  EXPECT_EQ(needed_text(node, "name"), " a ");
  EXPECT_EQ(needed_child(node, "owner").attribute("id"), "1");
  EXPECT_THROW(needed_text(node, "blank"), Refusal);
  EXPECT_THROW(needed_text(node, "absent"), Refusal);
  EXPECT_THROW(needed_child(node, "project"), Refusal);
}

}  // namespace
}  // namespace tabferry::sim
