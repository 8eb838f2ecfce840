#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config_tree.h"
#include "base/error.h"

namespace tabferry::app {
namespace {

using Kind = ConfigTree::Kind;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string yaml_error(const std::string& text) {
  try {
    read_yaml(text, "t.yaml");
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::config);
    return error.what();
  }
  return "no error";
}

const ConfigTree& at(const ConfigTree& tree, const std::string& key) {
  for (const auto& child : tree.children)
    if (child.key == key) return child;
  throw std::out_of_range(key);
}

// YAML 1.2.2, 10.3.2.
TEST(ConfigYaml, UnquotedScalarsFollowTheCoreSchema) {
  const std::pair<const char*, Kind> cases[] = {
      {"007", Kind::number},   {"-12", Kind::number},  {"0o17", Kind::number}, {"0xfF", Kind::number},
          {"1e3", Kind::number}, {".5", Kind::number},
      {"1.", Kind::number},    {"-.inf", Kind::number}, {".nan", Kind::number}, {"+1.5E-3", Kind::number},
          {"true", Kind::boolean}, {"FALSE", Kind::boolean},
      {"~", Kind::nothing},    {"null", Kind::nothing}, {"", Kind::nothing},    {"yes", Kind::text},
          {"no", Kind::text},    {"1.2.3", Kind::text},
      {"2024-01-01", Kind::text}, {"1_000", Kind::text}, {"e5", Kind::text},    {"1e", Kind::text},
          {".", Kind::text},     {"-", Kind::text},
      {"tRUE", Kind::text},    {"512MiB", Kind::text}, {"0x", Kind::text},      {"\"7\"", Kind::text},
          {"'true'", Kind::text}, {"\"\"", Kind::text},
      {"!!str 7", Kind::text}, {"\"~\"", Kind::text}};
  for (const auto& [text, kind] : cases) {
    if (std::string(text) == "-") continue;   // "k: -" is a list in YAML
    EXPECT_EQ(at(read_yaml(std::string("k: ") + text + "\n", "t"), "k").kind, kind) << text;
  }
}

TEST(ConfigYaml, KeepsOrderLinesAndUnicode) {
  const auto tree = read_yaml("# first\nb: 1\na:\n  - x\n  - {c: \"\\U0001F600 é\"}\n'a;]%': |\n  two\n  lines\n", "t");
  ASSERT_EQ(tree.children.size(), 3U);
  EXPECT_EQ(tree.children[0].key, "b");
  EXPECT_EQ(tree.children[0].line, 2);
  EXPECT_EQ(at(tree, "a").children[1].children[0].text, "😀 é");
  EXPECT_EQ(at(tree, "a").children[1].line, 5);
  EXPECT_EQ(at(tree, "a;]%").text, "two\nlines\n");
  EXPECT_LT(at(tree, "a").order, at(tree, "a;]%").order);
}

TEST(ConfigYaml, ReadsBomAndWindowsLineEnds) {
  const auto tree = read_yaml("\xEF\xBB\xBF" "a: x\r\nb: y\r\n", "t");
  EXPECT_EQ(at(tree, "a").text, "x");
  EXPECT_EQ(at(tree, "b").text, "y");
  EXPECT_EQ(at(tree, "b").line, 2);
}

TEST(ConfigYaml, RefusesTheSameKeyTwice) {
  EXPECT_EQ(yaml_error("a: 1\nb: {x: 1,\n  x: 2}\n"),
      "t.yaml:3:3: the key 'x' stands twice here; it stands in line 2 already");
  EXPECT_THAT(yaml_error("a: 1\n'a': 2\n"), StartsWith("t.yaml:2:1: the key 'a' stands twice"));
}

TEST(ConfigYaml, RefusesKeysThatAreNoText) {
  EXPECT_EQ(yaml_error("a:\n  2024: x\n"), "t.yaml:2:3: the key 2024 is a number to YAML; quote it: \"2024\"");
  EXPECT_EQ(yaml_error("true: x\n"), "t.yaml:1:1: the key true is a truth value to YAML; quote it: \"true\"");
  EXPECT_THAT(yaml_error("null: x\n"), HasSubstr("a key that is called null goes in quotes"));
  EXPECT_THAT(yaml_error("{a: 1}: x\n"), HasSubstr("a key must be text here"));
  EXPECT_THAT(yaml_error("[a]: x\n"), HasSubstr("a key must be text here"));
  EXPECT_THAT(yaml_error("a: &x y\n*x : z\n"), HasSubstr("an alias cannot be a key"));
}

TEST(ConfigYaml, ParserErrorsHaveFileLineColumnAndACure) {
  EXPECT_THAT(yaml_error("a:\n\tb: 1\n"), HasSubstr("a tab indents this line: indent with spaces"));
  EXPECT_THAT(yaml_error("a: b: c\n"),
      HasSubstr("text with a colon and a space in it, or that starts with %, @ or `, goes in quotes"));
  EXPECT_THAT(yaml_error("a: 1\nb: [1, 2\n"),
      StartsWith("t.yaml:2:1: this is not valid YAML: end of sequence flow not found"));
  EXPECT_THAT(yaml_error("a: @x\n"), HasSubstr("goes in quotes"));
  EXPECT_THAT(yaml_error("files: *.csv\n"), HasSubstr("text that starts with * or & goes in quotes: \"*.csv\""));
  EXPECT_THAT(yaml_error("d: \"\\d\"\n"), HasSubstr("a backslash goes in single quotes"));
  EXPECT_THAT(yaml_error("a: \"x\n"), HasSubstr("a quote before is never closed"));
  EXPECT_THAT(yaml_error("a: 'x\nb: y"), HasSubstr("a quote before is never closed"));
  EXPECT_THAT(yaml_error("a: 1\n  b: 2\n"), StartsWith("t.yaml:2:"));
}

TEST(ConfigYaml, RefusesWhatIsNoPlainConfiguration) {
  EXPECT_EQ(yaml_error("a: 1\n---\nb: 2\n"),
      "t.yaml:2:1: a second document starts here; one file holds one configuration");
  EXPECT_EQ(yaml_error("a: \xE9\n"), "t.yaml is not UTF-8: save it as UTF-8");
  EXPECT_EQ(yaml_error("a: 1\nb: 2\x04\nc: 3\n"), "t.yaml:2: the control character \\x04 may not stand in YAML");
  EXPECT_THAT(yaml_error("a: !include x\n"), HasSubstr("t.yaml:1:4: the tag '!include' is not understood"));
  EXPECT_THAT(yaml_error("a: !!set {x: y}\n"), HasSubstr("is not understood"));
}

TEST(ConfigYaml, ExpandsAliasesAndMergeKeys) {
  const auto tree = read_yaml("base: &base {project: Finance, tables: {t: 1}}\nmore: &more {x: 1, project: Other}\n"
                              "a:\n  <<: *base\n  project: Own\nb: {<<: [*more, *base]}\nc: *base\n\"<<\": plain\n",
                                  "t");
  EXPECT_EQ(at(at(tree, "a"), "project").text, "Own");
  EXPECT_EQ(at(at(at(tree, "a"), "tables"), "t").text, "1");
  EXPECT_EQ(at(at(tree, "b"), "project").text, "Other");
  EXPECT_EQ(at(at(tree, "b"), "tables").children.size(), 1U);
  EXPECT_EQ(at(at(tree, "c"), "project").text, "Finance");
  EXPECT_EQ(at(tree, "c").line, 7);
  EXPECT_EQ(at(tree, "<<").text, "plain");
  EXPECT_THAT(yaml_error("a: {<<: 7}\n"), HasSubstr("<< takes a map or a list of maps"));
}

TEST(ConfigYaml, AliasesCannotExplode) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    bomb += fmt::format("a{0}: &a{0} [", i);
    for (int k = 0; k < 10; ++k) bomb += fmt::format("*a{}, ", i - 1);
    bomb += "]\n";
  }
  EXPECT_THAT(yaml_error(bomb), HasSubstr("more than 200,000 values once the aliases are expanded"));
  EXPECT_THAT(yaml_error("a: &a {b: *a}\n"), HasSubstr("t.yaml:1:11: this alias stands inside of what it names"));
  EXPECT_THAT(yaml_error("a: &a {<<: *a}\n"), HasSubstr("this alias stands inside of what it names"));
}

TEST(ConfigYaml, DepthIsLimited) {
  EXPECT_THAT(yaml_error(std::string(60, '[') + std::string(60, ']')), HasSubstr("nested deeper than 50"));
  EXPECT_THAT(yaml_error(std::string(500'000, '[')), StartsWith("t.yaml:1:"));
  std::string deep = "a0: &a0 " + std::string(20, '[') + std::string(20, ']') + "\n";
  for (int i = 1; i < 4; ++i) deep += fmt::format("a{}: &a{} {}*a{}{}\n", i, i, std::string(10, '['), i - 1,
      std::string(10, ']'));
  EXPECT_THAT(yaml_error(deep), HasSubstr("nested deeper than 50"));
}

TEST(ConfigYaml, ManyKeysAreReadInGoodTime) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += fmt::format("k{}: 1\n", i);
  EXPECT_EQ(read_yaml(text, "t").children.size(), 20'000U);
}

TEST(ConfigJson, ErrorsHaveAPlaceAndNoBytesOfTheFile) {
  try {
    read_json("{\n  \"tableau_token\": \"s3cr3t\n}", "c.json");
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::config);
    EXPECT_THAT(error.what(), StartsWith("c.json:3:1: not valid JSON (syntax error while parsing"));
    EXPECT_THAT(error.what(), Not(HasSubstr("s3cr3t")));
  }
}

TEST(ConfigJson, ReadsSurrogatePairsAndKeepsOrder) {
  const auto tree = read_json(R"({"z": "\uD83D\uDE00", "a": [1, true, null, {"k": 1.5}]})", "c.json");
  EXPECT_EQ(tree.children[0].key, "z");
  EXPECT_EQ(tree.children[0].text, "😀");
  EXPECT_EQ(tree.children[1].children[0].text, "1");
  EXPECT_EQ(tree.children[1].children[1].kind, Kind::boolean);
  EXPECT_EQ(tree.children[1].children[2].kind, Kind::nothing);
  EXPECT_EQ(tree.children[1].children[3].children[0].text, "1.5");
  EXPECT_EQ(tree.children[0].line, 0);
  EXPECT_EQ(read_json("7", "c.json").text, "7");
}

}  // namespace
}  // namespace tabferry::app
