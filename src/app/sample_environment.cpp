// The environment of the Lambda backup sample (github.com/Pablo621/tableau-cloud-backup: config.py, lambda_handler.py):
// S3_BUCKET; SECRET_NAME, a JSON secret of Secrets Manager with PAT_NAME, PAT and SITE (the content URL); REGION_NAME;
// SITE_ID (the site's luid); TABLEAU_BASE_URL (the pod and "/api/3.24"). MAX_WORKBOOKS, MAX_DATASOURCES and
// MAX_PREP_FLOWS, constants there, are variables here.
//
// Where there is no configuration file they are read as one, so that every check and message is the same.
#include <algorithm>

#include "app/settings_reading.h"
#include "aws/s3_options.h"
#include "base/text.h"

namespace tabferry::app {
namespace {

using Kind = ConfigTree::Kind;

struct Cap {
  std::string_view variable, kind;
};
constexpr std::array kCaps = {Cap{"MAX_WORKBOOKS", "workbooks"}, Cap{"MAX_DATASOURCES", "datasources"},
                              Cap{"MAX_PREP_FLOWS", "flows"}};
constexpr std::array<std::string_view, 5> kTexts = {"S3_BUCKET", "SECRET_NAME", "REGION_NAME", "SITE_ID",
                                                    "TABLEAU_BASE_URL"};

void add(ConfigTree& root, std::string_view name, Kind kind, const Environment& environment) {
  const auto value = environment(std::string(name));
  if (!value || value->empty()) return;
  ConfigTree child{.kind = kind, .key = std::string(name), .text = *value};
  child.order = root.children.size() + 1;
  root.children.push_back(std::move(child));
}

std::string read_text(const ConfigNode& node, Reading& reading) {
  std::string value = node.name();
  reading.origins.set(node, value);
  return value;
}

// ".../api/3.24" without that, which is told once.
std::string without_version(const ConfigNode& node, Reading& reading) {
  std::string address = node.name();
  while (address.ends_with('/') && !address.ends_with("://")) address.pop_back();
  const auto at = address.rfind("/api/");
  if (at == std::string::npos) return address;
  const std::string version = address.substr(at + 5);
  if (version.find_first_not_of("0123456789.") != std::string::npos) return address;
  reading.settings.warnings.push_back(fmt::format(
      "TABLEAU_BASE_URL: the version {} in it is not used; tabferry speaks the newest that the site and it know; leave "
      "/api/{} out",
      version, version));
  return address.substr(0, at);
}

void read_site(const ConfigNode& root, Reading& reading) {
  SiteSettings site{.name = "default"};
  const auto address =
      root.need("TABLEAU_BASE_URL", "the address of the pod, such as https://eu-west-1a.online.tableau.com");
  site.server = read_server(address, without_version(address, reading), "TABLEAU_BASE_URL", "SITE", reading);
  reading.origins.set(address, site.server);
  const auto secret = root.need("SECRET_NAME", "the secret in Secrets Manager that holds PAT_NAME, PAT and SITE");
  const std::string name = read_text(secret, reading);
  if (name.find('#') != std::string::npos) secret.fail("{} is no name of a secret", base::quoted(name));
  site.auth.user = fmt::format("secretsmanager:{}#PAT_NAME", name);
  site.auth.secret = base::Secret(fmt::format("secretsmanager:{}#PAT", name));
  site.content_url = fmt::format("secretsmanager:{}#SITE", name);
  if (const auto id = root.find("SITE_ID")) site.expected_site_id = base::lower(read_text(*id, reading));
  reading.settings.sites.push_back(std::move(site));
}

void read_bucket(const ConfigNode& root, Reading& reading) {
  const auto bucket = root.need("S3_BUCKET", "the bucket where snapshots live");
  const std::string name = read_text(bucket, reading);
  if (name.find_first_of("/:*?[") != std::string::npos)
    bucket.fail("{} is no name of a bucket", base::quoted(name));
  reading.settings.store = "s3://" + name;
  const auto region = root.find("REGION_NAME");
  if (!region) return;
  reading.buckets.all.region = read_text(*region, reading);
  if (!aws::is_region(reading.buckets.all.region))
    region->fail("{} is no region; one looks like eu-west-1", base::quoted(reading.buckets.all.region));
}

void read_caps(const ConfigNode& root, Reading& reading) {
  for (const auto& [variable, kind] : kCaps) {
    const auto node = root.find(variable);
    if (!node) continue;
    const uint64_t most = node->whole_number(0, 1'000'000'000);
    reading.settings.backup.max_per_kind[std::string(kind)] = most;
    reading.origins.set(*node, std::to_string(most));
  }
}

}  // namespace

// The bucket alone says too little: other programs have a variable of that name too.
std::optional<ConfigTree> sample_environment(const Environment& environment) {
  ConfigTree root{.kind = Kind::map};
  for (const auto name : kTexts) add(root, name, Kind::text, environment);
  const bool is_sample = std::any_of(root.children.begin(), root.children.end(), [](const ConfigTree& child) {
    return child.key == "SECRET_NAME" || child.key == "TABLEAU_BASE_URL";
  });
  if (!is_sample) return std::nullopt;
  for (const auto& cap : kCaps) add(root, cap.variable, Kind::number, environment);
  return root;
}

void read_sample_environment(const ConfigNode& root, Reading& reading) {
  reading.settings.from_lambda_sample = true;
  reading.settings.backup.incremental = BackupSettings::Incremental::copy;  // each folder stands alone, as there
  read_bucket(root, reading);
  read_site(root, reading);
  read_caps(root, reading);
  reading.buckets.memory_bytes = reading.settings.memory_bytes;
  reading.buckets.network = reading.settings.network;
}

}  // namespace tabferry::app
