#include "report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/text.h"
#include "doc/xml.h"
#include "report/style.h"

namespace tabferry::report {
namespace {

using doc::Element;
using doc::XmlDocument;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kHostile =
    "</td></style><script>alert(1)</script>\" onload='x' &amp; \u202E\x01\xFF javascript:alert(2)";
const std::string kHostileShown =
    "</td></style><script>alert(1)</script>\" onload='x' &amp; [U+202E]␁\\xff javascript:alert(2)";

// A report all of whose texts are `text`.
Report everywhere(const std::string& text) {
  Report report{.command = text, .status = Status::partial, .headline = text + "\n" + text};
  Section section{.heading = text, .facts = {{text, text}, {text, text}}};
  section.tables.push_back({.caption = text, .header = {text, text, text, text}, .rows = {{text, text, text, text}}});
  section.warnings = {text};
  section.next_steps = {text};
  section.charts = {{text, ChartForm::bars, {{text, 1, text}}}, {text, ChartForm::areas, {{text, 1, text}}}};
  report.sections = {section, section};
  return report;
}

XmlDocument parsed(const std::string& html) {
  static const std::string kDoctype = "<!DOCTYPE html>\n";
  EXPECT_TRUE(html.starts_with(kDoctype));
  return XmlDocument::parse(html.substr(kDoctype.size()), "the page");
}

std::string policy_of(const Element& root) {
  for (const auto& meta : root.descendants("meta"))
    if (meta.attribute_or("http-equiv", "") == "Content-Security-Policy") return meta.attribute_or("content", "");
  return "";
}

void expect_only_plain_elements(const Element& at) {
  static const std::set<std::string_view> kKnown = {
      "html", "head",   "meta", "title",   "link",    "style",      "body",  "header",   "main", "section", "footer",
      "svg",  "circle", "path", "rect",    "text",    "g",          "desc",  "p",        "span", "h1",      "h2",
      "div",  "dl",     "dt",   "dd",      "figure",  "figcaption", "table", "colgroup", "col",  "thead",   "tbody",
      "tr",   "th",     "td",   "details", "summary", "ul",         "li",    "b",        "a"};
  EXPECT_TRUE(kKnown.contains(at.name())) << at.name();
  for (const auto& [name, value] : at.attributes()) {
    EXPECT_FALSE(name.starts_with("on") || name == "style" || name == "src") << name;
    if (name == "href") {
      EXPECT_TRUE(value == "data:," || value.starts_with("http")) << value;
    }
  }
  for (const auto& child : at.children()) expect_only_plain_elements(child);
}

TEST(Html, KeepsForeignTextAsText) {
  const auto html = to_html(everywhere(kHostile));
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_EQ(html.find("\u202E"), std::string::npos);
  EXPECT_TRUE(base::is_utf8(html));
  const auto page = parsed(html);
  expect_only_plain_elements(page.root());
  EXPECT_EQ(page.root().descendants("style").size(), 1U);
  EXPECT_EQ(page.root().descendants("h1")[0].text(), kHostileShown);
  EXPECT_EQ(page.root().descendants("td")[0].text(), kHostileShown);
  EXPECT_EQ(page.root().descendants("td")[0].attribute("data-label"), kHostileShown);
}

TEST(Html, ShowsTheSameTextInEveryPlace) {
  const auto page = parsed(to_html(everywhere(kHostile)));
  for (const auto* name : {"h1", "dt", "dd", "figcaption", "th", "td"})
    for (const auto& element : page.root().descendants(name)) EXPECT_EQ(element.text(), kHostileShown) << name;
  for (const auto& element : page.root().descendants("li")) EXPECT_EQ(element.text(), kHostileShown);
}

TEST(Html, NoAttackHasRoomInAnyPlaceOfAnyByte) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = std::string("<b onclick=x>") + static_cast<char>(byte) + "</title></desc>";
    SCOPED_TRACE(byte);
    expect_only_plain_elements(parsed(to_html(everywhere(text))).root());
  }
}

TEST(Html, ForbidsScriptsAndRequests) {
  const auto policy = policy_of(parsed(to_html(everywhere("a"))).root());
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("style-src " + style_source() + ";"));
  EXPECT_THAT(policy, HasSubstr("form-action 'none'"));
  EXPECT_EQ(style_sheet().find_first_of("<>&"), std::string::npos);
  EXPECT_EQ(style_sheet().find("url("), std::string::npos);
}

TEST(Html, LinksOnlyAddressesOfTheWeb) {
  Report report{.command = "backup", .headline = "x"};
  Section section;
  for (const auto* value : {"https://acme.example/a?b=1&c=2", "HTTP://acme.example", "javascript:alert(1)",
                            "data:text/html,x", "s3://bucket/key", "https://acme.example/ <b>", "https",
                            "https://acme.example/\u202Ex", "see https://acme.example"})
    section.facts.push_back({"a", value});
  report.sections.push_back(section);
  const auto page = parsed(to_html(report));
  const auto links = page.root().descendants("a");
  ASSERT_EQ(links.size(), 2U);
  EXPECT_EQ(links[0].attribute("href"), "https://acme.example/a?b=1&c=2");
  EXPECT_EQ(links[0].attribute("rel"), "noopener noreferrer");
  EXPECT_EQ(links[1].attribute("href"), "HTTP://acme.example");
}

Report with_rows(size_t count) {
  Report report{.command = "backup", .headline = "x"};
  Table table{.header = {"name", "bytes"}, .right_aligned = {false, true}, .quiet = true};
  for (size_t i = 0; i < count; ++i) table.rows.push_back({"item " + std::to_string(i), std::to_string(i)});
  report.sections.push_back({.heading = "Items", .tables = {table}});
  return report;
}

std::vector<std::string> first_cells(const Element& at) {
  std::vector<std::string> cells;
  for (const auto& row : at.descendants("tr"))
    if (const auto cell = row.child("td")) cells.push_back(cell.text());
  return cells;
}

TEST(Html, FoldsLongTablesAndKeepsEveryRow) {
  const auto page = parsed(to_html(with_rows(51)));
  const auto folded = page.root().descendants("details");
  ASSERT_EQ(folded.size(), 1U);
  EXPECT_EQ(folded[0].child("summary").text(), "Show 31 more rows");
  const auto all = first_cells(page.root());
  ASSERT_EQ(all.size(), 51U);
  for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], "item " + std::to_string(i));
  EXPECT_EQ(first_cells(folded[0]).front(), "item 20");
}

TEST(Html, ShowsTablesOfFiftyRowsWhole) {
  const auto page = parsed(to_html(with_rows(50)));
  EXPECT_TRUE(page.root().descendants("details").empty());
  EXPECT_EQ(first_cells(page.root()).size(), 50U);
  EXPECT_EQ(page.root().descendants("td")[1].attribute("class"), "number");
}

TEST(Html, LeavesOutTablesAndChartsOfNothing) {
  Report report = with_rows(0);
  report.sections[0].charts = {{"none", ChartForm::areas, {{"empty", 0, "0 B"}}}};
  const auto page = parsed(to_html(report));
  EXPECT_TRUE(page.root().descendants("table").empty());
  EXPECT_TRUE(page.root().descendants("rect").empty());
}

TEST(Html, SaysTheStatusInWordsAndInTheMark) {
  for (const auto status : {Status::done, Status::partial, Status::failed, Status::cancelled}) {
    const auto page = parsed(to_html({.command = "backup", .status = status, .headline = "what is true"}));
    const auto header = page.root().descendants("header").at(0);
    EXPECT_EQ(header.child("svg").attribute("class"), "mark " + std::string(name_of(status)));
    EXPECT_EQ(header.descendants("span").at(0).text(), name_of(status));
    EXPECT_EQ(page.root().descendants("title").at(0).text(), "tabferry backup: what is true");
  }
}

Report with_chart(ChartForm form) {
  Report report{.command = "backup", .headline = "x"};
  Chart chart{
      "sizes",
      form,
      {{"small", 1, "1 GB"}, {"large", 4, "4 GB"}, {"none", 0, "0 B"}, {"odd", std::nan(""), "?"}, {"less", -3, "-3"}}};
  report.sections.push_back({.heading = "Projects", .charts = {chart}});
  return report;
}

TEST(Html, ChartsAreNamedAndDescribed) {
  for (const auto form : {ChartForm::bars, ChartForm::areas}) {
    const auto page = parsed(to_html(with_chart(form)));
    const auto chart = page.root().descendants("figure").at(0).child("svg");
    EXPECT_EQ(chart.attribute("role"), "img");
    EXPECT_EQ(chart.attribute("aria-labelledby"), "chart-0-0-title chart-0-0-desc");
    EXPECT_EQ(chart.child("title").text(), "sizes");
    EXPECT_THAT(chart.child("desc").text(), testing::StartsWith("small: 1 GB; large: 4 GB; "));
  }
}

std::vector<std::string> widths_of(const Element& at, std::string_view style) {
  std::vector<std::string> widths;
  for (const auto& rectangle : at.descendants("rect"))
    if (rectangle.attribute_or("class", "").starts_with(style)) widths.push_back(rectangle.attribute_or("width", ""));
  return widths;
}

TEST(Html, BarsAreInProportionToTheLargest) {
  const auto page = parsed(to_html(with_chart(ChartForm::bars)));
  EXPECT_THAT(widths_of(page.root(), "bar"), ElementsAre("25.000%", "100.000%"));
  EXPECT_EQ(widths_of(page.root(), "track").size(), 5U);
}

TEST(Html, AreasAreInProportionAndLargestFirst) {
  const auto page = parsed(to_html(with_chart(ChartForm::areas)));
  EXPECT_THAT(widths_of(page.root(), "tile"), ElementsAre("80.000%", "20.000%"));
  EXPECT_EQ(page.root().descendants("figure").at(0).descendants("g").at(0).child("title").text(), "large: 4 GB");
}

TEST(Html, TheFirstFactsStandAsFiguresWhereAllAreShort) {
  Report report{.command = "backup", .headline = "x"};
  report.sections = {{.facts = {{"items", "312"}, {"took", "3 s"}}}, {.facts = {{"items", "312"}, {"took", "3 s"}}}};
  const auto lists = [&] {
    std::vector<std::string> classes;
    const auto page = parsed(to_html(report));
    for (const auto& list : page.root().descendants("dl")) classes.push_back(list.attribute_or("class", ""));
    return classes;
  };
  EXPECT_THAT(lists(), ElementsAre("figures", "facts"));
  report.sections[0].facts.push_back({"where", "a text that is too long to be a figure"});
  EXPECT_THAT(lists(), ElementsAre("facts", "facts"));
}

}  // namespace
}  // namespace tabferry::report
