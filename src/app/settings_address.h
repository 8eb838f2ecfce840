// The address of a site as the browser shows it.
//
// Tableau Cloud and Server: https://HOST/#/site/CONTENT_URL/home; a Server's default site: https://HOST/#/home; views
// also under https://HOST/t/CONTENT_URL/views/... ("contentUrl" in
// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_concepts_auth.htm).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tabferry::app {

struct BrowserAddress {
  std::string server;                      // "https://HOST[:PORT]": the scheme in lower case, nothing behind
  std::string host;                        // without the port and without the brackets of IPv6
  std::string rest;                        // what stands behind the server: "", "/", "/#/site/sales/home"
  std::optional<std::string> content_url;  // absent where the address does not tell
};

// Absent where it is no http(s):// address, or its host is none (a user name in it, spaces, a port that is no number).
std::optional<BrowserAddress> parse_browser_address(std::string_view text);

bool is_loopback(std::string_view host);      // localhost, *.localhost, 127.x.x.x, ::1
bool is_tableau_cloud(std::string_view host);
// Letters, digits, '-' and '_' (what a content URL is made of), and every character beyond ASCII.
bool is_content_url(std::string_view text);

}  // namespace tabferry::app
