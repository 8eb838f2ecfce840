#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "doc/json.h"
#include "doc/xml.h"

namespace tabferry::doc {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

TEST(Json, KeepsOrderAndReadsEscapes) {
  const auto json = parse_json(R"({"b": 1, "a": "\uD83D\uDE00"})", "x.json");
  EXPECT_EQ(to_line(json), "{\"b\":1,\"a\":\"😀\"}");
}

TEST(Json, NamesThePlace) {
  EXPECT_THAT([] { parse_json("{\n \"a\": tru }", "x.json"); }, ThrowsMessage<base::Error>(HasSubstr("x.json: line 2, column")));
  EXPECT_THAT([] { parse_json(R"({"a": 1, "a": 2})", "x.json"); }, ThrowsMessage<base::Error>(HasSubstr("'a' stands twice")));
  EXPECT_THAT([] { parse_json(R"([{"a": {}}, {"a": [{"b": 1, "b": 2}]}])", "x.json"); }, ThrowsMessage<base::Error>(HasSubstr("'b' stands twice")));
  EXPECT_THAT([] { parse_json("1e9999", "x.json"); }, ThrowsMessage<base::Error>(HasSubstr("not valid JSON")));
  EXPECT_THAT([] { parse_json(std::string(100'000, '['), "x.json"); }, ThrowsMessage<base::Error>(HasSubstr("deeper")));
}

TEST(Json, DoesNotRepeatTheTokenThatIsWrong) {
  const std::string secret(1'000'000, 's');
  for (const auto& text : {"{\"pat_secret\": \"" + secret + "\x01\"}", "{\"n\": 1" + std::string(1'000'000, '0') + "e9999}"}) try {
      parse_json(text, "x.json");
      ADD_FAILURE() << "read";
    } catch (const base::Error& error) {
      EXPECT_LT(std::string_view(error.what()).size(), 300U);
      EXPECT_THAT(error.what(), AllOf(HasSubstr("not valid JSON"), Not(HasSubstr("sss"))));
    }
}

TEST(Json, WritesBrokenTextToo) { EXPECT_EQ(to_line(Json{{"a", "x\xff"}}), "{\"a\":\"x\uFFFD\"}"); }

TEST(Json, ReadsManyKeysInOneObject) {   // in time that grows with their number, not with its square
  std::string text = "{";
  for (int i = 0; i < 60'000; ++i) text += fmt::format("\"k{}\":{{\"a\":[1]}},", i);
  EXPECT_EQ(parse_json(text + "\"end\":1}", "x.json").size(), 60'001U);
}

TEST(Xml, WhatItCannotCarryIsNotWritten) {
  XmlWriter writer("a");
  writer.attribute("x", "1\x01\xff\xC3\xA4\xEF\xBF\xBE").text("\xC3");
  EXPECT_THAT(writer.str(), HasSubstr("<a x=\"1\uFFFD\u00e4\">\uFFFD</a>"));
}

TEST(Xml, RefusesWhatIsNoUtf8) {
  EXPECT_THAT([] { XmlDocument::parse("<a x='\xff'/>", "x.xml"); }, ThrowsMessage<base::Error>(HasSubstr("not UTF-8")));
}

TEST(Xml, ReadsWithoutPrefixes) {
  const auto document = XmlDocument::parse("\xef\xbb\xbf<t:a xmlns:t='u' x='1 &amp; 2'><t:b>t&lt;x<![CDATA[t]]></t:b><b/><c><b y=''/></c></t:a>", "x");
  const auto root = document.root();
  EXPECT_EQ(root.name(), "a");
  EXPECT_EQ(root.attribute("x"), "1 & 2");
  EXPECT_EQ(root.attribute("z"), std::nullopt);
  EXPECT_EQ(root.child("b").text(), "t<xt");
  EXPECT_EQ(root.children("b").size(), 2U);
  EXPECT_EQ(root.descendants("b").size(), 3U);
  EXPECT_FALSE(root.child("nothing"));
}

TEST(Xml, RefusesWhatIsHostile) {
  EXPECT_THAT([] { XmlDocument::parse("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "x"); },
              ThrowsMessage<base::Error>(HasSubstr("DOCTYPE")));
  EXPECT_THAT([] { XmlDocument::parse("<a><b></a>", "x.tds"); }, ThrowsMessage<base::Error>(HasSubstr("x.tds: at byte")));
  EXPECT_THAT([] { XmlDocument::parse("", "x"); }, ThrowsMessage<base::Error>(HasSubstr("x")));
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "<a>";
  for (int i = 0; i < 5000; ++i) deep += "</a>";
  EXPECT_THAT([&] { XmlDocument::parse(deep, "x"); }, ThrowsMessage<base::Error>(HasSubstr("deeper")));
}

TEST(Xml, WritesWhatItReads) {
  const std::string odd = "a<b>&\"'\n]]> 東京 😀";
  XmlWriter writer("tsRequest");
  writer.open("datasource").attribute("name", odd + "\x01").open("note").text(odd).close().close();
  const auto document = XmlDocument::parse(writer.str(), "written");
  EXPECT_EQ(document.root().child("datasource").attribute("name"), odd);
  EXPECT_EQ(document.root().child("datasource").child("note").text(), odd);
}

}  // namespace
}  // namespace tabferry::doc
