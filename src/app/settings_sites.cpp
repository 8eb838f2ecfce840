// `sites:` and `tableau:`: where to publish, and as whom.
#include "app/references.h"
#include "app/settings_address.h"
#include "app/settings_reading.h"
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

// The two keys of `auth` that are there, as name and secret.
struct AuthKeys {
  Kind kind;
  std::string_view name;
  std::string_view secret;
  std::string_view what_name_is;
};

AuthKeys choose_auth_keys(const ConfigNode& auth) {
  const bool token = auth.find("pat_name") || auth.find("pat_secret");
  const bool password = auth.find("username") || auth.find("password");
  if (token && password) auth.fail("has keys of two kinds; keep pat_name and pat_secret, or username and password");
  if (password) return {Kind::password, "username", "password", "the user who signs in"};
  return {Kind::token, "pat_name", "pat_secret",
          "the name of a personal access token (My Account Settings on the site), with pat_secret; "
          "or username and password on Server"};
}

void read_auth(const ConfigNode& auth, SiteSettings& site, Reading& reading) {
  auth.expect_only({{"pat_name", "pat_secret", "pat_expires", "username", "password"}, {"connected_app"}});
  const AuthKeys keys = choose_auth_keys(auth);
  const auto name = auth.need(keys.name, keys.what_name_is);
  const auto secret = auth.need(keys.secret, "env:NAME or file:PATH, where the secret is found");
  site.kind = keys.kind;
  site.user = name.name();
  check_reference(name, site.user);
  reading.origins.set(name, site.user);
  if (const auto expires = auth.find("pat_expires")) {
    if (keys.kind != Kind::token) expires->fail("belongs to pat_name and pat_secret; a password has none");
    site.pat_expires = read_day(*expires);
    reading.origins.set(*expires, expires->text());
  }
  site.secret = read_secret(secret, fmt::format("auth.{} of site {}", keys.secret, site.name), reading);
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
  if (!per_second || bytes == 0)
    node.fail("{} is no speed; write it as 20MB/s or 160Mbit/s", base::quoted(text));
  return bytes;
}

void read_site(const ConfigNode& node, std::string name, Reading& reading) {
  node.expect_only({{"server", "site", "auth", "uplink"}, {}});
  SiteSettings site{.name = std::move(name)};
  const auto server = node.need("server",
      "the address of the site without anything behind the host, such as https://eu-west-1a.online.tableau.com");
  site.server = read_server(server, server.name(), "server", "site", reading);
  reading.origins.set(server, site.server);
  const auto content_url = node.need("site",
      "the part after /#/site/ in the browser; write site: \"\" for a Server's default site");
  site.content_url = read_content_url(content_url);
  reading.origins.set(content_url, site.content_url);
  const auto auth = node.need(
      "auth", "{pat_name: NAME, pat_secret: \"env:NAME\"}, or {username: NAME, password: \"env:NAME\"} on Server");
  read_auth(auth, site, reading);
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
    node.fail("{} is no site's part of an address: it is what stands after /#/site/ in the browser (letters, digits, "
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
