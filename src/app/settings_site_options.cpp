// From a site's settings to what the room tableau wants.
#include <algorithm>

#include "app/references.h"
#include "app/settings.h"
#include "app/settings_address.h"
#include "app/sign_in_keys.h"
#include "base/error.h"
#include "base/nearest.h"
#include "base/text.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::app {
namespace {

constexpr uint64_t kMinChunkBytes = uint64_t{8} << 20;
constexpr uint64_t kMaxChunkBytes = uint64_t{64} << 20;  // Tableau's limit

using Kind = tableau::Credentials::Kind;

tableau::Credentials read_credentials(const SiteSettings& site, const SignInSettings& who, tableau::Purpose purpose,
                                      SecretReading reading) {
  const auto resolved = [&](std::string_view key, const std::string& reference) {
    return reading.read(fmt::format("{}.{} of site {}", who.key, key, site.name), reference);
  };
  const auto keys = sign_in_keys(who.kind);
  tableau::Credentials credentials{.kind = who.kind,
                                   .name = resolved(keys.name, who.user).reveal(),
                                   .secret = resolved(keys.secret, who.secret.reveal())};
  if (who.kind != Kind::connected_app) return credentials;
  credentials.client_id = resolved("client_id", who.client_id).reveal();
  credentials.secret_id = resolved("secret_id", who.secret_id).reveal();
  credentials.scopes = who.scopes.empty() ? tableau::scopes_for(purpose) : who.scopes;
  return credentials;
}

std::string read_content_url(const SiteSettings& site, SecretReading reading) {
  if (!is_reference(site.content_url)) return site.content_url;
  const std::string what = fmt::format("the content URL of site {}", site.name);
  std::string text = reading.read(what, site.content_url).reveal();
  if (!is_content_url(text))
    base::fail(ErrorKind::config,
               "{}: {} holds no site's part of an address (what stands after /#/site/ in the "
               "browser: letters, digits, - and _)",
               what, site.content_url);
  return text;
}

tableau::SiteOptions options_for(const SiteSettings& site, const SignInSettings& who, tableau::Purpose purpose,
                                 const Settings& settings, const Environment& environment) {
  const SecretPlaces places{
      .folder = fs::absolute(settings.file).parent_path(), .environment = environment, .aws = settings.aws};
  const SecretReading reading(places, settings.stop);
  tableau::SiteOptions options{.server = site.server, .content_url = read_content_url(site, reading)};
  options.credentials = [site, who, purpose, reading] { return read_credentials(site, who, purpose, reading); };
  options.network = settings.network;
  options.network.ca_bundle = environment("SSL_CERT_FILE").value_or("");
  options.requests_per_hour = requests_per_hour_of(site, settings);
  options.lanes = settings.backup.lanes;
  options.chunk_bytes = std::clamp(settings.memory_bytes / 8, kMinChunkBytes, kMaxChunkBytes);
  return options;
}

}  // namespace

const SiteSettings& choose_site(const Settings& settings, const std::string& name) {
  if (settings.sites.empty())
    base::fail(ErrorKind::config,
               "{} names no site: add `sites: {{NAME: {{server, site, auth}}}}`; `tabferry init` "
               "shows how",
               settings.file.string());
  if (name.empty()) return settings.sites.front();
  std::vector<std::string> names;
  for (const auto& site : settings.sites) {
    if (site.name == name) return site;
    names.push_back(site.name);
  }
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  base::fail(ErrorKind::config, "there is no site {} in {}{}. Sites: {}", base::quoted(name), settings.file.string(),
             base::did_you_mean(name, candidates), base::join(names, ", "));
}

tableau::SiteOptions site_options(const SiteSettings& site, const Settings& settings, const Environment& environment,
                                  tableau::Purpose purpose) {
  return options_for(site, site.auth, purpose, settings, environment);
}

tableau::SiteOptions worker_options(const SiteSettings& site, const Settings& settings,
                                    const Environment& environment) {
  return options_for(site, worker_sign_in(site), tableau::Purpose::read, settings, environment);
}

const SignInSettings& worker_sign_in(const SiteSettings& site) {
  return site.worker_auth ? *site.worker_auth : site.auth;
}

std::string in_words(const SignInSettings& who) {
  switch (who.kind) {
    case Kind::password:
      return "the user " + base::quoted(who.user);
    case Kind::connected_app:
      return fmt::format("the connected app {} as {}", base::quoted(who.client_id), base::quoted(who.user));
    case Kind::token:
      break;
  }
  return "the token " + base::quoted(who.user);
}

uint64_t requests_per_hour_of(const SiteSettings& site, const Settings& settings) {
  if (settings.limits.requests_per_hour) return *settings.limits.requests_per_hour;
  const auto address = parse_browser_address(site.server);
  return address && is_tableau_cloud(address->host) ? kCloudRequestsPerHour : 0;
}

uint64_t share_of(uint64_t requests_per_hour, unsigned workers) {
  if (requests_per_hour == 0 || workers <= 1) return requests_per_hour;
  return std::max<uint64_t>(1, requests_per_hour / workers);
}

}  // namespace tabferry::app
