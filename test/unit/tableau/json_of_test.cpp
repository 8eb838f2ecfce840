// An answer as JSON: nothing lost, lists always lists.
#include "tableau/json_of.h"

#include <gtest/gtest.h>

#include <string>

namespace tabferry::tableau {
namespace {

std::string line(std::string_view xml) { return doc::to_line(json_of(doc::XmlDocument::parse(xml, "test").root())); }

TEST(JsonOf, AttributesThenChildrenInTheirOrderAllAsText) {
  EXPECT_EQ(line(R"(<workbook id="7" size="04"><project name="A" id="p"/><owner id="u"/></workbook>)"),
            R"({"id":"7","size":"04","project":{"name":"A","id":"p"},"owner":{"id":"u"}})");
}

TEST(JsonOf, AListIsAListEvenWithOneItem) {
  EXPECT_EQ(line(R"(<tags><tag label="x"/></tags>)"), R"({"tag":[{"label":"x"}]})");
  EXPECT_EQ(line(R"(<capabilities><capability name="Read" mode="Allow"/></capabilities>)"),
            R"({"capability":[{"name":"Read","mode":"Allow"}]})");
  EXPECT_EQ(line(R"(<virtualConnectionConnections><connection id="1"/></virtualConnectionConnections>)"),
            R"({"connection":[{"id":"1"}]})");
  EXPECT_EQ(line(R"(<labelCategoryList><labelCategory name="c"/></labelCategoryList>)"),
            R"({"labelCategory":[{"name":"c"}]})");
}

TEST(JsonOf, WhatTheSchemaLetsRepeatIsAListWhateverItsParentIsCalled) {
  EXPECT_EQ(line(R"(<permissions><granteeCapabilities><group id="g"/></granteeCapabilities></permissions>)"),
            R"({"granteeCapabilities":[{"group":{"id":"g"}}]})");
  EXPECT_EQ(line(R"(<linkedTasks><linkedTasks id="1"/></linkedTasks>)"), R"({"linkedTasks":[{"id":"1"}]})");
  EXPECT_EQ(line(R"(<groupSet id="s"><group id="g"/></groupSet>)"), R"({"id":"s","group":[{"id":"g"}]})");
}

TEST(JsonOf, WhatRepeatsUnexpectedlyBecomesAList) {
  EXPECT_EQ(line(R"(<a><b x="1"/><c/><b x="2"/><b x="3"/></a>)"), R"({"b":[{"x":"1"},{"x":"2"},{"x":"3"}],"c":{}})");
}

TEST(JsonOf, TextAloneIsAStringAndNothingIsAnEmptyObject) {
  EXPECT_EQ(line("<flow><restApiVersion>3.27</restApiVersion><tags/></flow>"),
            R"({"restApiVersion":"3.27","tags":{}})");
  EXPECT_EQ(line("<sequence> </sequence>"), R"(" ")");
  EXPECT_EQ(line("<urls><url>a</url><url/></urls>"), R"({"url":["a",{}]})");
}

TEST(JsonOf, TextBesideOthersIsTheKeyValue) {
  EXPECT_EQ(line(R"(<productVersion build="1">2025.3</productVersion>)"), R"({"build":"1","value":"2025.3"})");
  EXPECT_EQ(line("<a>\n  <b/>\n</a>"), R"({"b":{}})");
  EXPECT_EQ(line(R"(<a value="1">two</a>)"), R"({"value":"1","valueText":"two"})");
}

TEST(JsonOf, AChildNamedAsAnAttributeKeepsBoth) {
  EXPECT_EQ(line(R"(<task schedule="s"><schedule id="1"/></task>)"),
            R"({"schedule":"s","scheduleElement":{"id":"1"}})");
  EXPECT_EQ(line(R"(<task a="s" aElement="t"><a/><a x="1"/></task>)"),
            R"({"a":"s","aElement":"t","aElementElement":[{},{"x":"1"}]})");
}

TEST(JsonOf, PrefixesAndDeclarationsOfTheDocumentAreNotItsData) {
  EXPECT_EQ(line(R"(<t:a xmlns:t="http://tableau.com/api" xmlns:xsi="x" xsi:schemaLocation="y"><t:b c="1"/></t:a>)"),
            R"({"b":{"c":"1"}})");
}

TEST(JsonOf, CharactersArriveAsTheyWereMeant) {
  EXPECT_EQ(line("<a n='&lt;&amp;&quot;&#10;é'>x</a>"), "{\"n\":\"<&\\\"\\né\",\"value\":\"x\"}");
  EXPECT_EQ(line("<content><![CDATA[{\"a\": \"<\"}]]></content>"), "\"{\\\"a\\\": \\\"<\\\"}\"");
}

}  // namespace
}  // namespace tabferry::tableau
