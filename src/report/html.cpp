#include "report/html.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/html_table.h"
#include "report/style.h"
#include "report/svg.h"
#include "report/visible.h"

namespace tabferry::report {
namespace {

using doc::XmlWriter;

std::string_view mark_path(Status status) {
  switch (status) {
    case Status::done:
      return "M7 12.5l3.4 3.4L17 8.8";
    case Status::partial:
      return "M12 7v6M12 16.6v.1";
    case Status::failed:
      return "M8.5 8.5l7 7M15.5 8.5l-7 7";
    case Status::cancelled:
    case Status::continues:
      return "M7.5 12h9";
  }
  return "";
}

// Beside words that say the same: hidden from those who listen.
void write_mark(XmlWriter& page, Status status) {
  page.open("svg")
      .attribute("xmlns", "http://www.w3.org/2000/svg")
      .attribute("class", fmt::format("mark {}", name_of(status)));
  page.attribute("viewBox", "0 0 24 24").attribute("aria-hidden", "true");
  page.open("circle").attribute("cx", "12").attribute("cy", "12").attribute("r", "11").close();
  page.open("path").attribute("d", mark_path(status)).close().close();
}

void write_meta(XmlWriter& page, std::string_view key, std::string_view name, std::string_view content) {
  page.open("meta").attribute(key, name).attribute("content", content).close();
}

std::string first_line(const Report& report) { return visible(base::split(report.headline, '\n').front()); }

void write_head(XmlWriter& page, const Report& report) {
  const auto policy = fmt::format(
      "default-src 'none'; style-src {}; img-src data:; base-uri 'none'; form-action 'none'", style_source());
  page.open("head").open("meta").attribute("charset", "utf-8").close();
  write_meta(page, "http-equiv", "Content-Security-Policy", policy);
  write_meta(page, "name", "viewport", "width=device-width, initial-scale=1");
  write_meta(page, "name", "color-scheme", "light dark");
  write_meta(page, "name", "referrer", "no-referrer");
  page.open("title").text(fmt::format("tabferry {}: {}", visible(report.command), first_line(report))).close();
  page.open("link").attribute("rel", "icon").attribute("href", "data:,").close();  // else the browser asks for one
  page.open("style").text(style_sheet()).close().close();
}

void write_header(XmlWriter& page, const Report& report) {
  page.open("header");
  write_mark(page, report.status);
  page.open("p").attribute("class", "command").text(fmt::format("tabferry {} · ", visible(report.command)));
  page.open("span")
      .attribute("class", fmt::format("status {}", name_of(report.status)))
      .text(name_of(report.status))
      .close()
      .close();
  page.open("h1").text(first_line(report)).close();
  const auto lines = base::split(report.headline, '\n');
  if (lines.size() > 1) {
    page.open("div");
    for (size_t i = 1; i < lines.size(); ++i) page.open("p").attribute("class", "lead").text(visible(lines[i])).close();
    page.close();
  }
  page.close();
}

bool is_web_address(std::string_view text) {
  const auto plain = [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7F;
  };
  const auto lowered = base::lower(text.substr(0, 8));
  return (lowered.starts_with("http://") || lowered == "https://") && std::all_of(text.begin(), text.end(), plain);
}

void write_value(XmlWriter& page, const std::string& value) {
  if (!is_web_address(value)) {
    page.text(visible(value));
    return;
  }
  page.open("a").attribute("href", value).attribute("rel", "noopener noreferrer").text(value).close();
}

bool all_short(const Section& section) {
  return std::all_of(section.facts.begin(), section.facts.end(),
                     [](const auto& fact) { return length_of(fact.second) <= 16; });
}

void write_facts(XmlWriter& page, const Section& section, bool first) {
  if (section.facts.empty()) return;
  const bool figures = first && section.facts.size() > 1 && all_short(section);
  page.open("dl").attribute("class", figures ? "figures" : "facts");
  for (const auto& [name, value] : section.facts) {
    page.open("div").open("dt").text(visible(name)).close().open("dd");
    write_value(page, value);
    page.close().close();
  }
  page.close();
}

void write_charts(XmlWriter& page, const Section& section, size_t ordinal) {
  if (section.charts.empty()) return;
  page.open("div").attribute("class", "charts");
  for (size_t i = 0; i < section.charts.size(); ++i) {
    const auto& chart = section.charts[i];
    page.open("figure").attribute("class", chart.form == ChartForm::areas ? "areas" : "bars");
    page.open("figcaption").text(visible(chart.title)).close();
    write_chart(page, chart, fmt::format("chart-{}-{}", ordinal, i));
    page.close();
  }
  page.close();
}

void write_notes(XmlWriter& page, const Section& section) {
  if (!section.warnings.empty()) {
    page.open("ul").attribute("class", "warnings");
    for (const auto& warning : section.warnings)
      page.open("li").open("b").text("Warning: ").close().text(visible(warning)).close();
    page.close();
  }
  if (!section.next_steps.empty()) {
    page.open("ul").attribute("class", "steps");
    for (const auto& step : section.next_steps) page.open("li").text(visible(step)).close();
    page.close();
  }
}

void write_section(XmlWriter& page, const Section& section, size_t ordinal) {
  page.open("section");
  if (!section.heading.empty()) {
    page.attribute("aria-labelledby", fmt::format("section-{}", ordinal));
    page.open("h2").attribute("id", fmt::format("section-{}", ordinal));
    if (section.status) write_mark(page, *section.status);
    page.open("span").text(visible(section.heading)).close().close();
  }
  write_facts(page, section, ordinal == 0);
  write_charts(page, section, ordinal);
  for (const auto& table : section.tables) write_table(page, table);
  write_notes(page, section);
  page.close().text("\n");
}

void write_body(XmlWriter& page, const Report& report) {
  page.open("body");
  write_header(page, report);
  page.open("main").text("\n");
  for (size_t i = 0; i < report.sections.size(); ++i) write_section(page, report.sections[i], i);
  page.close();
  page.open("footer")
      .text("tabferry " TABFERRY_VERSION ". Nothing on this page is loaded from elsewhere.")
      .close()
      .close();
}

}  // namespace

std::string to_html(const Report& report) {
  XmlWriter page("html");
  page.attribute("lang", "en");
  write_head(page, report);
  write_body(page, report);
  const auto text = page.str();
  return "<!DOCTYPE html>\n" + text.substr(text.find("?>") + 2) + "\n";
}

}  // namespace tabferry::report
