// What stands between a client and Tableau says in its own words, and in HTML.
#pragma once

#include <string>

#include "base/clock.h"

namespace tabferry::sim {

// The page of a proxy or, for 503, of a maintenance.
std::string html_page(int status);

// "Wed, 03 Aug 2016 20:34:04 GMT" (RFC 9110 section 5.6.7): what base::parse_http_date() reads.
std::string http_date(base::WallTime time);

}  // namespace tabferry::sim
