// How a report's page looks.
#pragma once

#include <string>

namespace tabferry::report {

// The style sheet. It holds no '<', '>' and '&', so that it reads the same as HTML and as XML.
const std::string& style_sheet();

// Its source as a Content-Security-Policy names it: "'sha256-BASE64'" (CSP level 3, section 2.3.1).
std::string style_source();

}  // namespace tabferry::report
