#include "tableau/answer.h"

#include <charconv>

#include "base/text.h"
#include "base/url.h"
#include "tableau/json_text.h"

using tabferry::base::ErrorKind;

namespace tabferry::tableau {
namespace {

bool looks_like_web_page(const http::Response& response) {
  if (base::lower(response.header("content-type")).starts_with("text/html")) return true;
  const std::string start = base::lower(std::string_view(response.body).substr(0, 500));
  return start.find("<!doctype html") != std::string::npos || start.find("<html") != std::string::npos;
}

std::optional<doc::XmlDocument> parse_if_possible(const std::string& body, const std::string& host) {
  if (body.find('<') == std::string::npos) return std::nullopt;
  try {
    return doc::XmlDocument::parse(body, host);
  } catch (const base::Error&) {
    return std::nullopt;  // the caller says so where it needed XML; an error's status is enough
  }
}

doc::Json json_if_possible(const std::string& body, const std::string& host) {
  try {
    return doc::parse_json(body, host);
  } catch (const base::Error&) {
    return {};
  }
}

// What helps, where the same is true for every request.
std::string_view cure_of(int status, int code) {
  if (code == 405000 || status == 405)
    return ". Is the server's address the site's own, as the browser shows it once you are signed in?";
  if (status == 413)
    return ". A proxy in between refuses requests of this size: raise the proxy's limit";
  if (status == 429) return ". The site limits how many requests it takes; run again later, or less often";
  if (status == 503) return ". It may be in maintenance; run again later";
  if (status >= 300 && status < 400) return ". Redirects are not followed: write the address it leads to as the server";
  return "";
}

}  // namespace

Answer::Answer(http::Response response, std::string host) : response_(std::move(response)), host_(std::move(host)) {
  web_page_ = looks_like_web_page(response_);
  if (web_page_) return;
  if (is_json()) {
    if (!ok()) read_json_error();
    return;
  }
  document_ = parse_if_possible(response_.body, host_);
  read_xml_error();
}

void Answer::read_xml_error() {
  const doc::Element error = found().child("error");
  if (!error) return;
  const std::string code = error.attribute_or("code", "");
  std::from_chars(code.data(), code.data() + code.size(), code_);
  reason_ = base::join({error.child("summary").text(), error.child("detail").text()}, ": ");
}

// By the first byte: what is announced as JSON and is a proxy's page is none.
bool Answer::is_json() const {
  const auto body = base::trim(response_.body);
  return body.starts_with('{') || body.starts_with('[');
}

// {"error": {"summary", "detail", "code"}}; where a resource has errors of its own: {"code", "message"}.
void Answer::read_json_error() {
  const doc::Json all = json_if_possible(response_.body, host_);
  const doc::Json* const below = found_at(all, "error");
  const doc::Json& error = below != nullptr ? *below : all;
  const std::string code = text_at(error, "code");
  std::from_chars(code.data(), code.data() + code.size(), code_);
  std::vector<std::string> words;
  for (const char* key : {"summary", "detail", "message"})
    if (auto word = text_at(error, key); !word.empty()) words.push_back(std::move(word));
  reason_ = base::join(words, ": ");
}

std::optional<Refusal> Answer::refusal() const {
  const bool may_pass = status() == 401 || status() == 408 || status() == 429;
  if (status() < 400 || status() >= 500 || may_pass || web_page_) return std::nullopt;
  return Refusal{.status = status(), .code = code_, .words = words()};
}

std::optional<base::WallTime> Answer::date() const { return base::parse_http_date(header("date")); }

bool Answer::session_ended() const { return status() == 401 && (code_ == 401002 || code_ == 401000); }

doc::Element Answer::found() const {
  const doc::Element root = document_ ? document_->root() : doc::Element();
  return root && root.name() == "tsResponse" ? root : doc::Element();
}

doc::Element Answer::root(const std::string& doing) const {
  if (const auto root = found()) return root;
  fail_as_foreign(doing);
}

doc::Json Answer::json(const std::string& doing) const {
  if (!is_json()) fail_as_foreign(doing);
  doc::Json all = doc::parse_json(response_.body, fmt::format("{}: the answer of {}", doing, host_));
  if (!all.is_object()) fail_as_foreign(doing);
  return all;
}

void Answer::fail_as_foreign(const std::string& doing) const {
  base::fail(ErrorKind::corrupt,
             "{}: {} of Tableau's REST API answered at {} (status {}). Is the server's address right, or does a proxy "
             "or a login page stand in between?",
             doing, web_page_ ? "a web page instead" : "something that is no answer", host_, status());
}

void Answer::hide(const base::Secret& secret) {
  if (secret.empty()) return;
  for (size_t at = 0; (at = reason_.find(secret.reveal(), at)) != std::string::npos; at += 3)
    reason_.replace(at, secret.reveal().size(), "***");
}

std::string Answer::words() const {
  std::string words = fmt::format("{} answered {}", host_, status());
  if (code_ != 0) words += fmt::format(" ({})", code_);
  if (web_page_) words += " with a web page, as a proxy or a site in maintenance does";
  if (!reason_.empty()) words += ": " + base::quoted(reason_, 600);
  return words;
}

ErrorKind Answer::kind() const {
  if (web_page_ && (status() == 400 || status() == 403)) return ErrorKind::corrupt;  // a proxy's word, not the site's
  switch (status()) {
    case 400: return code_ == 400010 || code_ == 400011 ? ErrorKind::corrupt : ErrorKind::bug;
    case 401:
    case 403: return ErrorKind::denied;
    case 404: return ErrorKind::not_found;
    case 405:
    case 413: return ErrorKind::config;
    case 408:
    case 429: return ErrorKind::transient;
    case 409: return ErrorKind::conflict;
    default: break;
  }
  if (status() >= 500) return ErrorKind::transient;
  return status() >= 300 && status() < 400 ? ErrorKind::config : ErrorKind::corrupt;
}

void Answer::fail(const std::string& doing, std::string_view more) const {
  base::fail(kind(), "{}: {}{}{}{}", doing, words(), cure_of(status(), code_), more.empty() ? "" : ". ", more);
}

Answer exchange(http::Client& client, const std::string& doing, const http::Request& request, std::stop_token stop) {
  try {
    return Answer(client.send(request, stop), host_in(request.url));
  } catch (const base::Error& error) {
    throw base::Error(error.kind(), fmt::format("{}: {}", doing, error.what()));
  }
}

std::string host_in(const std::string& url) {
  const std::string host = base::parse_url(url).host;
  return host.substr(host.rfind('@') + 1);  // npos + 1 is 0
}

}  // namespace tabferry::tableau
