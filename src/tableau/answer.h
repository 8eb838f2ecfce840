// What the site answered to one request, and what its errors mean. Private to this room.
// Error bodies: https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_concepts_errors.htm
// An error may also be a proxy's web page, or nothing: the status speaks first.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "doc/xml.h"
#include "http/client.h"
#include "tableau/reading.h"

namespace tabferry::tableau {

class Answer {
 public:
  // Accepts anything. `host` is for messages.
  Answer(http::Response response, std::string host);

  int status() const { return response_.status; }
  int code() const { return code_; }  // 401002; 0 where the answer names none
  bool ok() const { return status() >= 200 && status() < 300; }
  bool session_ended() const;  // 401002, 401000: sign in again
  bool web_page() const { return web_page_; }
  bool is_json() const;
  // Where the site says that this is not to be had: reading.h. Absent for all that may pass, and what is no answer of
  // Tableau's.
  std::optional<Refusal> refusal() const;
  std::string header(std::string_view lower_case_name) const { return response_.header(lower_case_name); }

  doc::Element found() const;                         // the tsResponse, or an empty Element
  doc::Element root(const std::string& doing) const;  // the tsResponse, or Error{corrupt}
  doc::Json json(const std::string& doing) const;     // a JSON object, or Error{corrupt}
  std::optional<base::WallTime> date() const;         // the site's clock

  // The site's words never show this again (a server may repeat what it was sent).
  void hide(const base::Secret& secret);
  std::string words() const;     // "HOST answered 403 (403004): 'Forbidden: ...'"
  base::ErrorKind kind() const;  // of the failure that it is
  // "DOING: <words>. <what can be done>. <more>"
  [[noreturn]] void fail(const std::string& doing, std::string_view more = {}) const;

 private:
  [[noreturn]] void fail_as_foreign(const std::string& doing) const;
  void read_xml_error();
  void read_json_error();

  http::Response response_;
  std::string host_;
  std::optional<doc::XmlDocument> document_;
  int code_ = 0;
  std::string reason_;  // "summary: detail"
  bool web_page_ = false;
};

// Sends the request; what throws says DOING in front.
Answer exchange(http::Client& client, const std::string& doing, const http::Request& request, std::stop_token stop);
// "10ax.online.tableau.com:443" of a URL, without a user name before it.
std::string host_in(const std::string& url);

}  // namespace tabferry::tableau
