#include "tableau/session.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "base/url.h"

using namespace std::chrono_literals;
using tabferry::base::ErrorKind;

namespace tabferry::tableau {
namespace {

constexpr std::string_view kOurVersion = "3.27";
constexpr std::string_view kFirstVersion = "2.4";       // every server that we can talk to knows it
constexpr std::string_view kFirstTokenVersion = "3.6";  // personal access tokens: 2019.4
constexpr int kMaxShortSessions = 3;

std::optional<int> number_of(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::pair<int, int> numbers_of(std::string_view version) {
  const auto parts = base::split(version, '.');
  const auto major = number_of(parts.front());
  const auto minor = number_of(parts.back());
  if (parts.size() != 2 || !major || !minor)
    base::fail(ErrorKind::corrupt, "{} is no version of Tableau's REST API", base::quoted(version));
  return {*major, *minor};
}

bool is_loopback(std::string_view host) {
  const bool bracketed = host.starts_with("[::1]");
  const auto name = host.substr(0, host.find(':'));
  const bool four_numbers = name.starts_with("127.") && name.find_first_not_of("0123456789.") == std::string_view::npos;
  return bracketed || name == "localhost" || four_numbers;
}

std::string sign_in_request(const Credentials& credentials, const std::string& content_url) {
  const bool token = credentials.kind == Credentials::Kind::token;
  doc::XmlWriter request("tsRequest");
  request.open("credentials")
      .attribute(token ? "personalAccessTokenName" : "name", credentials.name)
      .attribute(token ? "personalAccessTokenSecret" : "password", credentials.secret.reveal());
  request.open("site").attribute("contentUrl", content_url);
  return request.str();
}

std::string what_to_check(const Credentials& credentials, const std::string& content_url) {
  const std::string site =
      fmt::format("the site {} (the part behind /#/site/ in the browser's address)", base::quoted(content_url));
  if (credentials.kind == Credentials::Kind::password)
    return fmt::format(
        "Check the user name {}, the password, and {}. Tableau Cloud takes no passwords where multi-factor sign-in is "
        "on: use a personal access token",
        base::quoted(credentials.name), site);
  return fmt::format(
      "Check the token's name {} and its secret, whether it expired or was revoked (Tableau revokes a token that was "
      "not used for 15 days; My Account Settings shows it), and {}",
      base::quoted(credentials.name), site);
}

std::string without_query(const std::string& url) { return base::quoted(url.substr(0, url.find('?')), 300); }

}  // namespace

std::string version_to_speak(const std::string& offered) {
  return numbers_of(offered) < numbers_of(kOurVersion) ? offered : std::string(kOurVersion);
}

std::optional<std::string> pod_of(const std::string& sign_in_url, const std::string& location) {
  if (!base::has_scheme(location)) return std::nullopt;
  const base::Url from = base::parse_url(sign_in_url);
  const base::Url to = base::parse_url(location);
  const bool on_this_machine =
      to.scheme == "http" && from.scheme == "http" && is_loopback(from.host) && is_loopback(to.host);
  const bool plain_host = !to.host.empty() && to.host.find_first_of("@?#\\ ") == std::string::npos;
  if ((to.scheme != "https" && !on_this_machine) || !plain_host || to.path != from.path) return std::nullopt;
  return to.scheme + "://" + to.host;
}

Session::Session(SiteOptions options, const base::Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      client_(options_.network, options_.retry, clock),
      server_(options_.server) {
  while (server_.ends_with('/')) server_.pop_back();
}

Session::~Session() { sign_out({}); }

std::string Session::host() const {
  const std::string host = base::parse_url(server_).host;
  return host.substr(host.rfind('@') + 1);  // npos + 1 is 0
}

std::string Session::api(const std::string& path) const {
  return fmt::format("{}/api/{}/{}", server_, server_info_.rest_api_version, path);
}

void Session::sign_in(std::stop_token stop) {
  sign_out({});
  ask_for_version(stop);
  start_session(stop);
}

void Session::ask_for_version(std::stop_token stop) {
  const std::string doing = fmt::format("asking {} for its version", host());
  const Answer answer = exchange(doing,
                                 {.url = fmt::format("{}/api/{}/serverInfo", server_, kFirstVersion),
                                  .headers = {{"Accept", "application/xml"}},
                                  .may_repeat = true},
                                 stop);
  if (answer.status() == 404 || answer.code() == 404003)
    answer.fail(doing,
                "Tableau's REST API is not there: is the server's address right, and is it Tableau Cloud, or Tableau "
                "Server 10.1 or later?");
  if (answer.status() >= 300 && answer.status() < 400)
    answer.fail(doing, "It leads to " + without_query(answer.header("location")));
  if (!answer.ok()) answer.fail(doing);
  const doc::Element server = answer.root(doing).child("serverInfo");
  server_info_.product_version = server.child("productVersion").text();
  server_info_.build = server.child("productVersion").attribute_or("build", "");
  server_info_.rest_api_version = version_to_speak(server.child("restApiVersion").text());
}

void Session::start_session(std::stop_token stop) {
  const Credentials credentials = options_.credentials();
  if (credentials.kind == Credentials::Kind::token &&
      numbers_of(server_info_.rest_api_version) < numbers_of(kFirstTokenVersion))
    base::fail(ErrorKind::config,
               "{} is Tableau Server {}, which knows no personal access tokens (2019.4 and later do): sign in with a "
               "user name and a password",
               host(), server_info_.product_version);
  Answer answer = post_credentials(credentials, stop);
  if (answer.status() == 301 || answer.status() == 302 || answer.status() == 307 || answer.status() == 308) {
    follow_to_pod(answer, api("auth/signin"));
    answer = post_credentials(credentials, stop);
  }
  const std::string doing = fmt::format("signing in to {} as {}", host(), base::quoted(credentials.name));
  if (answer.status() == 401) answer.fail(doing, what_to_check(credentials, options_.content_url));
  if (!answer.ok()) answer.fail(doing);
  keep_session(answer);
}

// A sign-in may be sent twice: the second one only ends the session of the first.
Answer Session::post_credentials(const Credentials& credentials, std::stop_token stop) {
  Answer answer = exchange(fmt::format("signing in to {}", host()),
                           {.method = "POST",
                            .url = api("auth/signin"),
                            .headers = {{"Content-Type", "application/xml"}, {"Accept", "application/xml"}},
                            .body = http::text_body(sign_in_request(credentials, options_.content_url)),
                            .may_repeat = true},
                           stop);
  answer.hide(credentials.secret);
  return answer;
}

void Session::follow_to_pod(const Answer& answer, const std::string& url) {
  const std::string location = answer.header("location");
  const auto pod = pod_of(url, location);
  if (!pod)
    base::fail(ErrorKind::config,
               "signing in to {}: it redirects to {}, where the credentials are not sent (only to the same path over "
               "https). If that is the site, write its address as the server",
               host(), without_query(location));
  server_ = *pod;
}

void Session::keep_session(const Answer& answer) {
  const std::string doing = fmt::format("signing in to {}", host());
  const doc::Element credentials = answer.root(doing).child("credentials");
  const std::string token = credentials.attribute_or("token", "");
  const std::string site_id = credentials.child("site").attribute_or("id", "");
  if (token.empty() || site_id.empty())
    base::fail(ErrorKind::corrupt, "{}: the answer holds no {}", doing, token.empty() ? "token" : "site");
  token_ = base::Secret(token);
  site_id_ = site_id;
  user_id_ = credentials.child("user").attribute_or("id", "");
  signed_in_at_ = clock_.steady_now();
}

// Ended by whoever holds the session already: nothing here may wait long or fail.
void Session::sign_out(std::stop_token stop) {
  if (token_.empty()) return;
  try {
    http::NetworkOptions hurried = options_.network;
    for (auto* const limit : {&hurried.connect_timeout, &hurried.first_byte_timeout, &hurried.stall_timeout})
      *limit = std::min<std::chrono::milliseconds>(*limit, 3s);
    http::Client client(hurried, {.attempts = 1}, clock_);
    client.send({.method = "POST", .url = api("auth/signout"), .headers = {{"X-Tableau-Auth", token_.reveal()}}}, stop);
  } catch (const std::exception&) {
    // The site ends a session that nobody uses by itself.
  }
  token_ = {};
}

Answer Session::ask(const Call& call, std::stop_token stop) {
  outcome_unknown_ = false;
  Answer answer = send(call, stop);
  if (!answer.session_ended()) return answer;
  renew(call, stop);
  answer = send(call, stop);
  if (answer.session_ended())
    answer.fail(call.doing,
                "This session had just begun: another client uses this token (two sign-ins with one token end each "
                "other's session). Give each client a token of its own");
  return answer;
}

Answer Session::ask_ok(const Call& call, std::stop_token stop) {
  Answer answer = ask(call, stop);
  if (!answer.ok()) answer.fail(call.doing);
  return answer;
}

// A session that ends again and again within a minute is being ended by somebody.
void Session::renew(const Call& call, std::stop_token stop) {
  short_sessions_ = clock_.steady_now() - signed_in_at_ < 60s ? short_sessions_ + 1 : 0;
  if (short_sessions_ > kMaxShortSessions)
    base::fail(ErrorKind::denied,
               "{}: the session ended {} times within a minute of its sign-in: another client uses this token (two "
               "sign-ins with one token end each other's session). Give each client a token of its own",
               call.doing, short_sessions_);
  token_ = {};
  start_session(stop);
}

Answer Session::send(const Call& call, std::stop_token stop) {
  if (token_.empty()) base::fail(ErrorKind::bug, "{}: not signed in", call.doing);
  http::Request request{.method = call.method,
                        .url = api(fmt::format("sites/{}/{}", base::percent_encoded(site_id_), call.path)),
                        .headers = {{"X-Tableau-Auth", token_.reveal()}, {"Accept", "application/xml"}},
                        .body = call.body,
                        .may_repeat = call.may_repeat || call.method == "GET",
                        .repeat_if_cut = call.repeat_if_cut,
                        .on_sent = call.on_sent};
  if (!call.content_type.empty()) request.headers.emplace_back("Content-Type", call.content_type);
  try {
    Answer answer = exchange(call.doing, request, stop);
    answer.hide(token_);
    return answer;
  } catch (...) {
    outcome_unknown_ = client_.outcome_unknown();
    throw;
  }
}

Answer Session::exchange(const std::string& doing, const http::Request& request, std::stop_token stop) {
  try {
    return Answer(client_.send(request, stop), host());
  } catch (const base::Error& error) {
    throw base::Error(error.kind(), fmt::format("{}: {}", doing, error.what()));
  }
}

}  // namespace tabferry::tableau
