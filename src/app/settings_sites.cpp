// `sites:` and `tableau:`: where to publish, and as whom.
#include <algorithm>

#include "app/references.h"
#include "app/settings_address.h"
#include "app/settings_reading.h"
#include "app/sign_in_keys.h"
#include "base/text.h"

namespace tabferry::app {
namespace {

using Kind = tableau::Credentials::Kind;

void check_browser_address(const ConfigNode& node, const BrowserAddress& address, std::string_view server_key,
                           std::string_view site_key) {
  if (address.rest.empty()) return;
  if (address.rest == "/") node.fail("has a slash at the end; write {}: {}", server_key, address.server);
  if (address.content_url)
    node.fail("is an address of the browser; write {}: {} and {}: \"{}\"", server_key, address.server, site_key,
              *address.content_url);
  node.fail("has {} behind the host; write {}: {}", base::quoted(address.rest), server_key, address.server);
}

// What is asked for where the name is not there.
std::string_view what_name_is(Kind kind) {
  switch (kind) {
    case Kind::password:
      return "the user who signs in";
    case Kind::connected_app:
      return "the user as whom the connected app signs in (on Tableau Cloud an e-mail address); it need not know of it";
    case Kind::token:
      break;
  }
  return "the name of a personal access token (My Account Settings on the site), with pat_secret; or username and "
         "password on Server; or connected_app";
}

bool has_any(const ConfigNode& node, std::initializer_list<std::string_view> keys) {
  return std::any_of(keys.begin(), keys.end(), [&](std::string_view key) { return node.find(key).has_value(); });
}

void read_name_and_secret(const ConfigNode& node, Kind kind, const SiteSettings& site, SignInSettings& who,
                          Reading& reading) {
  const auto keys = sign_in_keys(kind);
  const auto name = node.need(keys.name, what_name_is(kind));
  const auto secret = node.need(keys.secret, "env:NAME or file:PATH, where the secret is found");
  who.kind = kind;
  who.user = name.name();
  check_reference(name, who.user);
  reading.origins.set(name, who.user);
  who.secret = read_secret(secret, fmt::format("{}.{} of site {}", who.key, keys.secret, site.name), reading);
}

std::string read_id(const ConfigNode& node, std::string_view key, std::string_view what_it_is, Reading& reading) {
  const auto id = node.need(key, what_it_is);
  std::string text = id.name();
  check_reference(id, text);
  reading.origins.set(id, text);
  return text;
}

// https://help.tableau.com/current/online/en-us/connected_apps_direct.htm: the page of the app shows all three.
void read_app(const ConfigNode& app, const SiteSettings& site, SignInSettings& who, Reading& reading) {
  app.expect_only({{"client_id", "secret_id", "secret_value", "username", "scopes"}, {}});
  who.key += ".connected_app";
  who.client_id = read_id(app, "client_id", "the client ID of the connected app (Settings > Connected Apps)", reading);
  who.secret_id = read_id(app, "secret_id", "the ID of one of the connected app's secrets", reading);
  read_name_and_secret(app, Kind::connected_app, site, who, reading);
  const auto scopes = app.find("scopes");
  if (!scopes) return;
  for (const auto& scope : scopes->items()) {
    who.scopes.push_back(scope.name());
    if (!who.scopes.back().starts_with("tableau:"))
      scope.fail("{} is no scope; one looks like tableau:content:read", base::quoted(who.scopes.back()));
    reading.origins.set(scope, who.scopes.back());
  }
}

void refuse_two_kinds(const ConfigNode& auth, bool token, bool password, bool app) {
  if (token && password) auth.fail("has keys of two kinds; keep pat_name and pat_secret, or username and password");
  if (app && (token || password))
    auth.fail("has keys of two kinds; keep connected_app, or {}{}",
              token ? "pat_name and pat_secret" : "username and password",
              token ? " (the connected app may stand in worker_auth: many workers sign in by it at once)" : "");
}

SignInSettings read_sign_in(const ConfigNode& auth, const SiteSettings& site, Reading& reading) {
  auth.expect_only({{"pat_name", "pat_secret", "pat_expires", "username", "password", "connected_app"}, {}});
  const bool token = has_any(auth, {"pat_name", "pat_secret"}), password = has_any(auth, {"username", "password"});
  const auto app = auth.find("connected_app");
  refuse_two_kinds(auth, token, password, app.has_value());
  SignInSettings who{.key = auth.key()};
  if (app)
    read_app(*app, site, who, reading);
  else
    read_name_and_secret(auth, password ? Kind::password : Kind::token, site, who, reading);
  if (const auto expires = auth.find("pat_expires")) {
    if (who.kind != Kind::token)
      expires->fail("belongs to pat_name and pat_secret; a {} has none", password ? "password" : "connected app");
    who.pat_expires = read_day(*expires);
    reading.origins.set(*expires, expires->text());
  }
  return who;
}

// Many sign in by it at once.
SignInSettings read_worker_auth(const ConfigNode& node, const SiteSettings& site, Reading& reading) {
  if (has_any(node, {"pat_name", "pat_secret", "pat_expires"}))
    node.fail(
        "has a personal access token, which has one session at a time: a second worker's sign-in would end the first "
        "one's. Name a connected_app (or username and password on Server)");
  return read_sign_in(node, site, reading);
}

// "20MB/s", "160Mbit/s" -> bytes a second.
uint64_t read_uplink(const ConfigNode& node) {
  const std::string text = node.name();
  std::string_view size = text;
  const bool per_second = size.ends_with("/s");
  if (per_second) size.remove_suffix(2);
  const bool bits = size.ends_with("bit");
  if (bits) size.remove_suffix(3);
  const auto number = base::parse_bytes(std::string(size) + (bits ? "B" : ""));
  const uint64_t bytes = number.value_or(0) / (bits ? 8 : 1);
  if (!per_second || bytes == 0) node.fail("{} is no speed; write it as 20MB/s or 160Mbit/s", base::quoted(text));
  return bytes;
}

void read_site(const ConfigNode& node, std::string name, Reading& reading) {
  node.expect_only({{"server", "site", "auth", "worker_auth", "uplink"}, {}});
  SiteSettings site{.name = std::move(name)};
  const auto server = node.need(
      "server",
      "the address of the site without anything behind the host, such as https://eu-west-1a.online.tableau.com");
  site.server = read_server(server, server.name(), "server", "site", reading);
  reading.origins.set(server, site.server);
  const auto content_url =
      node.need("site", "the part after /#/site/ in the browser; write site: \"\" for a Server's default site");
  site.content_url = read_content_url(content_url);
  reading.origins.set(content_url, site.content_url);
  const auto auth = node.need(
      "auth", "{pat_name: NAME, pat_secret: \"env:NAME\"}, or {username: NAME, password: \"env:NAME\"} on Server");
  site.auth = read_sign_in(auth, site, reading);
  if (const auto workers = node.find("worker_auth")) site.worker_auth = read_worker_auth(*workers, site, reading);
  if (const auto uplink = node.find("uplink")) {
    site.uplink = read_uplink(*uplink);
    reading.origins.set(*uplink, uplink->name());
  }
  reading.settings.sites.push_back(std::move(site));
}

}  // namespace

std::string read_server(const ConfigNode& node, std::string text, std::string_view server_key,
                        std::string_view site_key, Reading& reading) {
  const auto address = parse_browser_address(text);
  if (!address && text.find('@') != std::string::npos)
    node.fail("has a user name in it; write only https://HOST, and who signs in goes into the keys for that");
  if (!address) {
    const auto with_scheme = parse_browser_address("https://" + text);
    const bool only_scheme_missing = text.find("://") == std::string::npos && with_scheme;
    const std::string cure =
        only_scheme_missing ? with_scheme->server : "https://HOST, such as https://eu-west-1a.online.tableau.com";
    node.fail("{} is no address of a site; write {}", base::quoted(text), cure);
  }
  check_browser_address(node, *address, server_key, site_key);
  if (address->server.starts_with("http://") && !is_loopback(address->host))
    reading.settings.warnings.push_back(
        fmt::format("{} is {}: the token (or password) and all data travel in clear text; use https://", node.path(),
                    address->server));
  return address->server;
}

base::WallTime read_day(const ConfigNode& node) {
  const std::string text = node.text();
  const auto day = text.size() == 10 ? base::parse_iso_time(text + "T00:00:00Z") : std::nullopt;
  if (!day) node.fail("{} is no day; write it as 2027-01-31", base::quoted(text));
  return *day;
}

std::string read_content_url(const ConfigNode& node) {
  std::string text = node.text();
  const auto address = parse_browser_address(text);
  if (address && address->content_url)
    node.fail("is a whole address; write only the part after /#/site/: \"{}\"", *address->content_url);
  if (!is_content_url(text))
    node.fail(
        "{} is no site's part of an address: it is what stands after /#/site/ in the browser (letters, digits, "
        "- and _), not the name with spaces",
        base::quoted(text));
  return text;
}

base::Secret read_secret(const ConfigNode& node, const std::string& what, Reading& reading) {
  base::Secret secret(node.secret());
  check_reference(node, secret.reveal());
  const bool reference = is_reference(secret.reveal());
  reading.origins.set(node, reference ? secret.reveal() : "(hidden)");
  if (!reference)
    reading.settings.warnings.push_back(
        fmt::format("{} is written in plain text; better: env:NAME or file:PATH", what));
  return secret;
}

void read_sites(const ConfigNode& root, Reading& reading) {
  const auto sites = root.find("sites");
  const auto alone = root.find("tableau");
  if (sites && alone) alone->fail("stands beside sites; `tableau` is for one site alone: move it into sites");
  if (alone) return read_site(*alone, "default", reading);
  if (!sites) return;
  for (const auto& site : sites->entries()) read_site(site, site.key(), reading);
  if (reading.settings.sites.empty()) sites->fail("names no site");
}

}  // namespace tabferry::app
