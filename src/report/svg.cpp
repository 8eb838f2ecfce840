#include "report/svg.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/treemap.h"
#include "report/visible.h"

namespace tabferry::report {
namespace {

using doc::XmlWriter;

std::string percent(double share) { return fmt::format("{:.3f}%", share * 100); }
std::string pixels(double length) { return fmt::format("{:.1f}", length); }

std::string in_words(const Mark& mark) { return visible(mark.label) + ": " + visible(mark.value_text); }

std::string description_of(const Chart& chart) {
  constexpr size_t kSaid = 12;
  std::string text;
  for (size_t i = 0; i < std::min(kSaid, chart.marks.size()); ++i) text += (i ? "; " : "") + in_words(chart.marks[i]);
  if (chart.marks.size() > kSaid) text += fmt::format("; and {} more", chart.marks.size() - kSaid);
  return text;
}

void open_drawing(XmlWriter& page, const Chart& chart, std::string_view id, double height) {
  page.open("svg").attribute("xmlns", "http://www.w3.org/2000/svg").attribute("width", "100%");
  page.attribute("height", pixels(height)).attribute("role", "img");
  page.attribute("aria-labelledby", fmt::format("{0}-title {0}-desc", id));
  page.open("title").attribute("id", fmt::format("{}-title", id)).text(visible(chart.title)).close();
  page.open("desc").attribute("id", fmt::format("{}-desc", id)).text(description_of(chart)).close();
}

void write_rectangle(XmlWriter& page, std::string_view style, const Tile& at, double whole_width) {
  page.open("rect").attribute("class", style).attribute("x", percent(at.x / whole_width)).attribute("y", pixels(at.y));
  page.attribute("width", percent(at.width / whole_width)).attribute("height", pixels(at.height)).close();
}

void write_text(XmlWriter& page, std::string_view style, std::string_view x, double y, std::string_view text) {
  page.open("text").attribute("class", style).attribute("x", x).attribute("y", pixels(y)).text(text).close();
}

// --- bars: label and value over each bar

constexpr double kBarPitch = 42, kBarTop = 22, kBarHeight = 10;

void write_bar(XmlWriter& page, const Mark& mark, double y, double share) {
  constexpr size_t kLabel = 44;
  page.open("g");
  page.open("title").text(in_words(mark)).close();
  page.open("svg").attribute("width", "72%").attribute("height", pixels(y + kBarTop));  // cuts what is too long
  write_text(page, "label", "0", y + 15, shortened(visible(mark.label), kLabel));
  page.close();
  write_text(page, "value", "100%", y + 15, visible(mark.value_text));
  write_rectangle(page, "track", {0, y + kBarTop, 1, kBarHeight}, 1);
  const auto style = mark.status ? fmt::format("bar {}", name_of(*mark.status)) : "bar";
  if (share > 0) write_rectangle(page, style, {0, y + kBarTop, std::max(share, 0.004), kBarHeight}, 1);
  page.close();
}

void write_bars(XmlWriter& page, const Chart& chart) {
  const double largest = largest_of(chart);
  double y = 0;
  for (const auto& mark : chart.marks) {
    write_bar(page, mark, y, largest > 0 ? amount_of(mark) / largest : 0);
    y += kBarPitch;
  }
}

// --- areas: a treemap, with such labels as fit

constexpr double kAreasHeight = 340, kAreasWidth = 1000;
constexpr double kLetter = 8.7, kPadding = 8;  // a letter's width in pixels, generously

// The least width of a chart on the screens that style.cpp tells apart.
constexpr struct {
  const char* name;
  double chart_width;
} kScreens[] = {{"wide", 1000}, {"middle", 600}, {"narrow", 300}};

// Text of a tile for one of kScreens; the style hides it on the others.
void write_tile_text(XmlWriter& page, const Mark& mark, const Tile& tile, double chart_width,
                     const std::string& screen) {
  constexpr double kOneLine = 26, kTwoLines = 46;
  constexpr size_t kLeast = 5;  // fewer letters say nothing
  const double room = tile.width / kAreasWidth * chart_width - 2 * kPadding;
  if (tile.height < kOneLine || room < kLeast * kLetter) return;
  const auto letters = static_cast<size_t>(room / kLetter);
  write_text(page, screen + " name", pixels(kPadding), 19, shortened(visible(mark.label), letters));
  const auto value = visible(mark.value_text);
  if (tile.height >= kTwoLines && length_of(value) <= letters)
    write_text(page, screen + " size", pixels(kPadding), 37, value);
}

void write_tile(XmlWriter& page, const Mark& mark, const Tile& tile, size_t ordinal) {
  constexpr size_t kShades = 8;
  page.open("g");
  page.open("title").text(in_words(mark)).close();
  write_rectangle(page, fmt::format("tile c{}", std::min(ordinal, kShades - 1)), tile, kAreasWidth);
  page.open("svg").attribute("x", percent(tile.x / kAreasWidth)).attribute("y", pixels(tile.y));
  page.attribute("width", percent(tile.width / kAreasWidth)).attribute("height", pixels(tile.height));
  for (const auto& [name, chart_width] : kScreens) write_tile_text(page, mark, tile, chart_width, name);
  page.close().close();
}

std::vector<Mark> largest_first(const Chart& chart) {
  std::vector<Mark> marks;
  std::copy_if(chart.marks.begin(), chart.marks.end(), std::back_inserter(marks),
               [](const Mark& mark) { return amount_of(mark) > 0; });
  std::stable_sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.value > b.value; });
  return marks;
}

void write_areas(XmlWriter& page, const std::vector<Mark>& marks) {
  std::vector<double> amounts;
  for (const auto& mark : marks) amounts.push_back(mark.value);
  const auto tiles = tiles_of(amounts, kAreasWidth, kAreasHeight);
  for (size_t i = 0; i < marks.size(); ++i) write_tile(page, marks[i], tiles[i], i);
}

}  // namespace

void write_chart(XmlWriter& page, const Chart& chart, std::string_view id) {
  const bool areas = chart.form == ChartForm::areas;
  const auto parts = areas ? largest_first(chart) : std::vector<Mark>{};
  if (areas ? parts.empty() : chart.marks.empty()) return;
  open_drawing(page, chart, id, areas ? kAreasHeight : kBarPitch * static_cast<double>(chart.marks.size()));
  areas ? write_areas(page, parts) : write_bars(page, chart);
  page.close();
}

}  // namespace tabferry::report
