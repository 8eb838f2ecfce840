#include "tableau/sign_in.h"

#include <charconv>

#include "base/text.h"
#include "base/url.h"
#include "tableau/jwt.h"

using tabferry::base::ErrorKind;

namespace tabferry::tableau {
namespace {

constexpr std::string_view kOurVersion = "3.29";
constexpr std::string_view kFirstVersion = "2.4";       // every server that we can talk to knows it
constexpr std::string_view kFirstTokenVersion = "3.6";  // personal access tokens: 2019.4
constexpr std::string_view kFirstJwtVersion = "3.17";   // connected apps for the REST API: 2022.3

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

std::string sign_in_request(const Credentials& credentials, const base::Secret& jwt, const std::string& content_url) {
  const bool token = credentials.kind == Credentials::Kind::token;
  doc::XmlWriter request("tsRequest");
  request.open("credentials");
  if (credentials.kind == Credentials::Kind::connected_app)
    request.attribute("jwt", jwt.reveal());
  else
    request.attribute(token ? "personalAccessTokenName" : "name", credentials.name)
        .attribute(token ? "personalAccessTokenSecret" : "password", credentials.secret.reveal());
  request.open("site").attribute("contentUrl", content_url);
  return request.str();
}

std::string what_to_check(const Credentials& credentials, const std::string& content_url, const Answer& answer,
                          base::WallTime now) {
  const std::string site =
      fmt::format("the site {} (the part behind /#/site/ in the browser's address)", base::quoted(content_url));
  if (credentials.kind == Credentials::Kind::password)
    return fmt::format(
        "Check the user name {}, the password, and {}. Tableau Cloud takes no passwords where multi-factor sign-in is "
        "on: use a personal access token",
        base::quoted(credentials.name), site);
  if (credentials.kind == Credentials::Kind::connected_app)
    return fmt::format("{}; and {}", cure_of_jwt(jwt_refusal_number(answer.words()), credentials, answer.date(), now),
                       site);
  return fmt::format(
      "Check the token's name {} and its secret, whether it expired or was revoked (Tableau revokes a token that was "
      "not used for 15 days; My Account Settings shows it), and {}",
      base::quoted(credentials.name), site);
}

std::string without_query(const std::string& url) { return base::quoted(url.substr(0, url.find('?')), 300); }

std::string sign_in_url(const std::string& server, const ServerVersion& version) {
  return fmt::format("{}/api/{}/auth/signin", server, version.rest_api_version);
}

// A sign-in may be sent twice: the second one only ends the session of the first (of a JWT: refused_as_used()).
Answer post_credentials(http::Client& client, const std::string& url, const Credentials& credentials,
                        const SiteOptions& options, const base::Clock& clock, std::stop_token stop) {
  const base::Secret jwt = credentials.kind == Credentials::Kind::connected_app
                               ? signed_jwt(credentials, fresh_jwt_id(), clock.now())
                               : base::Secret();
  Answer answer = exchange(client, fmt::format("signing in to {}", host_in(url)),
                           {.method = "POST",
                            .url = url,
                            .headers = {{"Content-Type", "application/xml"}, {"Accept", "application/xml"}},
                            .body = http::text_body(sign_in_request(credentials, jwt, options.content_url)),
                            .may_repeat = true,
                            .total_limit = options.look_up_limit},
                           stop);
  answer.hide(jwt);
  answer.hide(credentials.secret);
  return answer;
}

bool refused_as_used(const Credentials& credentials, const Answer& answer) {
  return credentials.kind == Credentials::Kind::connected_app && answer.status() == 401 &&
         jwt_refusal_number(answer.words()) == kJwtUsedBefore;
}

// The site's version, and what came with which.
void refuse_older_server(const Credentials& credentials, const std::string& server, const ServerVersion& version) {
  const auto here = numbers_of(version.rest_api_version);
  if (credentials.kind == Credentials::Kind::token && here < numbers_of(kFirstTokenVersion))
    base::fail(ErrorKind::config,
               "{} is Tableau Server {}, which knows no personal access tokens (2019.4 and later do): sign in with a "
               "user name and a password",
               host_in(server), version.product_version);
  if (credentials.kind == Credentials::Kind::connected_app && here < numbers_of(kFirstJwtVersion))
    base::fail(ErrorKind::config,
               "{} is Tableau Server {}, whose REST API takes no JWT of a connected app (2022.3 and later do): sign in "
               "with a personal access token",
               host_in(server), version.product_version);
}

std::string pod_after(const Answer& answer, const std::string& url) {
  const std::string location = answer.header("location");
  const auto pod = pod_of(url, location);
  if (!pod)
    base::fail(ErrorKind::config,
               "signing in to {}: it redirects to {}, where the credentials are not sent (only to the same path over "
               "https). If that is the site, write its address as the server",
               host_in(url), without_query(location));
  return *pod;
}

OpenedSession opened(const Answer& answer, const std::string& server) {
  const std::string doing = fmt::format("signing in to {}", host_in(server));
  const doc::Element credentials = answer.root(doing).child("credentials");
  OpenedSession session{.server = server,
                        .token = base::Secret(credentials.attribute_or("token", "")),
                        .site_id = credentials.child("site").attribute_or("id", ""),
                        .user_id = credentials.child("user").attribute_or("id", ""),
                        .time_to_expiration = credentials.attribute_or("estimatedTimeToExpiration", "")};
  if (session.token.empty() || session.site_id.empty())
    base::fail(ErrorKind::corrupt, "{}: the answer holds no {}", doing, session.token.empty() ? "token" : "site");
  return session;
}

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

ServerVersion ask_for_version(http::Client& client, const std::string& server, const SiteOptions& options,
                              std::stop_token stop) {
  const std::string doing = fmt::format("asking {} for its version", host_in(server));
  const Answer answer = exchange(client, doing,
                                 {.url = fmt::format("{}/api/{}/serverInfo", server, kFirstVersion),
                                  .headers = {{"Accept", "application/xml"}},
                                  .may_repeat = true,
                                  .total_limit = options.look_up_limit},
                                 stop);
  if (answer.status() == 404 || answer.code() == 404003)
    answer.fail(doing,
                "Tableau's REST API is not there: is the server's address right, and is it Tableau Cloud, or Tableau "
                "Server 10.1 or later?");
  if (answer.status() >= 300 && answer.status() < 400)
    answer.fail(doing, "It leads to " + without_query(answer.header("location")));
  if (!answer.ok()) answer.fail(doing);
  const doc::Element found = answer.root(doing).child("serverInfo");
  return {.product_version = found.child("productVersion").text(),
          .build = found.child("productVersion").attribute_or("build", ""),
          .rest_api_version = version_to_speak(found.child("restApiVersion").text())};
}

OpenedSession open_session(http::Client& client, const std::string& server, const ServerVersion& version,
                           const SiteOptions& options, const base::Clock& clock, std::stop_token stop) {
  const Credentials credentials = options.credentials();
  refuse_older_server(credentials, server, version);
  std::string at = server;
  const auto post = [&] {
    return post_credentials(client, sign_in_url(at, version), credentials, options, clock, stop);
  };
  Answer answer = post();
  if (answer.status() == 301 || answer.status() == 302 || answer.status() == 307 || answer.status() == 308) {
    at = pod_after(answer, sign_in_url(at, version));
    answer = post();
  }
  if (refused_as_used(credentials, answer)) answer = post();
  const std::string doing = fmt::format("signing in to {} as {}", host_in(at), base::quoted(credentials.name));
  if (answer.status() == 401) answer.fail(doing, what_to_check(credentials, options.content_url, answer, clock.now()));
  if (!answer.ok()) answer.fail(doing);
  OpenedSession session = opened(answer, at);
  session.by_connected_app = credentials.kind == Credentials::Kind::connected_app;
  return session;
}

}  // namespace tabferry::tableau
