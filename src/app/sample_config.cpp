// The config.json of the s3-to-hyper sample (tableau/hyper-api-samples, Community-Supported/s3-to-hyper): thirteen
// keys, all required. It keeps that sample's meaning: NULL 'NULL', wildcards over whole keys, the extract left on disk.
#include <algorithm>

#include "app/settings_reading.h"
#include "base/text.h"

namespace fs = std::filesystem;

namespace tabferry::app {
namespace {

using Kind = ConfigTree::Kind;

constexpr std::string_view kSampleKeys[] = {
    "hyper_name",  "tdsx_name",    "table_name",         "server_address", "site_name",
    "project_name", "tableau_token_name", "tableau_token", "header_file",    "name_format",
    "bucket_name", "aws_cred_profile_name", "contains_header"};
constexpr std::string_view kOwnKeys[] = {"sites", "tableau", "datasources", "store", "s3", "memory"};
constexpr std::string_view kFileColumn = "File Path";

void check_keys(const ConfigNode& root) {
  root.expect_only({{std::begin(kSampleKeys), std::end(kSampleKeys)}, {}});
  std::vector<std::string_view> missing;
  for (const auto key : kSampleKeys)
    if (!root.find(key)) missing.push_back(key);
  if (!missing.empty())
    root.fail("missing: {}. All thirteen keys of the s3-to-hyper sample are needed (or those of a tabferry.yaml: "
        "`tabferry init` shows them)", fmt::join(missing, ", "));
}

// All keys were found by check_keys().
ConfigNode key_of(const ConfigNode& root, std::string_view key) { return root.need(key, ""); }

std::string read_name(const ConfigNode& root, std::string_view key, Reading& reading) {
  const auto node = key_of(root, key);
  std::string value = node.name();
  reading.origins.set(node, value);
  return value;
}

bool read_contains_header(const ConfigNode& root, Reading& reading) {
  const auto node = key_of(root, "contains_header");
  const std::string text = node.is(Kind::boolean) ? (node.boolean() ? "true" : "false") : base::lower(node.text());
  if (text != "true" && text != "false") node.fail("{} is neither \"True\" nor \"False\"", base::quoted(node.text()));
  reading.origins.set(node, text);
  return text == "true";
}

// The sample takes the address with or without https:// and a slash at the end.
std::string read_address(const ConfigNode& root, Reading& reading) {
  const auto node = key_of(root, "server_address");
  std::string address = node.name();
  if (address.find("://") == std::string::npos) address = "https://" + address;
  while (address.ends_with('/') && !address.ends_with("://")) address.pop_back();
  address = read_server(node, address, "server_address", "site_name", reading);
  reading.origins.set(node, address);
  return address;
}

void read_sample_site(const ConfigNode& root, Reading& reading) {
  SiteSettings site{.name = "default"};
  site.server = read_address(root, reading);
  const auto site_name = key_of(root, "site_name");
  site.content_url = read_content_url(site_name);
  reading.origins.set(site_name, site.content_url);
  site.auth.user = read_name(root, "tableau_token_name", reading);
  site.auth.secret = read_secret(key_of(root, "tableau_token"), "tableau_token", reading);
  reading.settings.sites.push_back(std::move(site));
}

publish::TableSpec read_sample_table(const ConfigNode& root, Reading& reading) {
  publish::TableSpec table{.name = {.name = read_name(root, "table_name", reading)},
      .file_column = std::string(kFileColumn)};
  const auto bucket = key_of(root, "bucket_name");
  table.files = reading.locations.bucket_objects(bucket, key_of(root, "name_format"));
  table.header_file = reading.locations.bucket_objects(bucket, key_of(root, "header_file"));
  for (const auto* key : {"bucket_name", "name_format", "header_file"}) read_name(root, key, reading);
  table.dialect = {.header = read_contains_header(root, reading), .check_header = false, .null_string = "NULL"};
  return table;
}

// As in the sample: the profile of ~/.aws that S3 is read with.
void read_profile(const ConfigNode& root, Reading& reading) {
  const auto node = key_of(root, "aws_cred_profile_name");
  reading.buckets.all.profile = node.text();
  const bool used = !reading.buckets.folder_of(key_of(root, "bucket_name").name());
  reading.origins.set(node, node.text() + (used ? "" : " (not used: a directory stands in for the bucket)"));
}

}  // namespace

bool is_sample_config(const ConfigNode& root) {
  return std::none_of(std::begin(kOwnKeys), std::end(kOwnKeys), [&](auto key) { return root.find(key).has_value(); });
}

void read_sample_config(const ConfigNode& root, Reading& reading) {
  check_keys(root);
  reading.settings.from_sample = true;
  reading.origins.by_default(root, "memory", "512MiB");
  reading.buckets.memory_bytes = reading.settings.memory_bytes;
  read_sample_site(root, reading);
  publish::DatasourceSpec spec;
  const auto tdsx = key_of(root, "tdsx_name");
  spec.template_file = read_template(tdsx, reading);
  spec.name = spec.template_file.stem().string();   // dots stay: my.sales.tdsx -> my.sales
  if (spec.name == ".tdsx") tdsx.fail("has no name before .tdsx; the data source is named after it");
  spec.key = spec.name;
  reading.origins.set(tdsx, tdsx.text());
  spec.project = read_name(root, "project_name", reading);
  const auto hyper = key_of(root, "hyper_name");
  spec.from_sample = true;
  spec.keep_hyper = reading.locations.local_file(hyper);
  if (spec.keep_hyper.extension() != ".hyper")   // so that it can never replace the template or a data file
    hyper.fail("must end in .hyper");
  reading.origins.set(hyper, hyper.text());
  read_profile(root, reading);
  spec.tables.push_back(read_sample_table(root, reading));
  reading.settings.datasources.push_back(std::move(spec));
}

}  // namespace tabferry::app
