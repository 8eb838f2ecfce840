// From a site's settings to what the room tableau wants.
#include <algorithm>

#include "app/references.h"
#include "app/settings.h"
#include "base/error.h"
#include "base/text.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::app {
namespace {

constexpr uint64_t kMinChunkBytes = uint64_t{8} << 20;
constexpr uint64_t kMaxChunkBytes = uint64_t{64} << 20;   // Tableau's limit

tableau::Credentials read_credentials(const SiteSettings& site, const fs::path& folder,
    const Environment& environment) {
  const bool token = site.kind == tableau::Credentials::Kind::token;
  const auto resolved = [&](std::string_view key, const std::string& reference) {
    return resolve_reference_of(fmt::format("auth.{} of site {}", key, site.name), reference, folder, environment);
  };
  return {.kind = site.kind,
          .name = resolved(token ? "pat_name" : "username", site.user).reveal(),
          .secret = resolved(token ? "pat_secret" : "password", site.secret.reveal())};
}

}  // namespace

const SiteSettings& choose_site(const Settings& settings, const std::string& name) {
  if (settings.sites.empty())
    base::fail(ErrorKind::config, "{} names no site: add `sites: {{NAME: {{server, site, auth}}}}`; `tabferry init` "
        "shows how", settings.file.string());
  if (name.empty()) return settings.sites.front();
  std::vector<std::string> names;
  for (const auto& site : settings.sites) {
    if (site.name == name) return site;
    names.push_back(site.name);
  }
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  const auto near = base::nearest(name, candidates);
  base::fail(ErrorKind::config, "there is no site {} in {}{} Sites: {}", base::quoted(name), settings.file.string(),
             near ? fmt::format("; did you mean {}?", *near) : ".", base::join(names, ", "));
}

tableau::SiteOptions site_options(const SiteSettings& site, const Settings& settings, const Environment& environment) {
  const fs::path folder = fs::absolute(settings.file).parent_path();
  tableau::SiteOptions options{.server = site.server, .content_url = site.content_url};
  options.credentials = [site, folder, environment] { return read_credentials(site, folder, environment); };
  options.network = settings.network;
  options.network.ca_bundle = environment("SSL_CERT_FILE").value_or("");
  options.chunk_bytes = std::clamp(settings.memory_bytes / 8, kMinChunkBytes, kMaxChunkBytes);
  return options;
}

}  // namespace tabferry::app
