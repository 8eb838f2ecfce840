// Charts as SVG inside a page. Widths are in percent of the page's and heights in pixels, so that one drawing fits
// every screen with its letters at their own size. Colours and fonts are the style sheet's (style.h): classes only.
#pragma once

#include <string_view>

#include "doc/xml.h"
#include "report/report.h"

namespace tabferry::report {

// Adds <svg role="img"> with <title> and <desc> (every mark in words, at most the first 12) to the innermost open
// element. `id` is the page's name for this chart. Labels are as foreign as they come. A chart without marks adds
// nothing.
void write_chart(doc::XmlWriter& page, const Chart& chart, std::string_view id);

}  // namespace tabferry::report
