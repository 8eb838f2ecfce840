// Which file, which format, in which order: the frame around the readers.
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <optional>

#include "app/aws_services.h"
#include "app/s3_variables.h"
#include "app/settings.h"
#include "app/settings_reading.h"
#include "aws/s3_options.h"
#include "base/error.h"
#include "base/text.h"
#include "io/file.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::app {
namespace {

constexpr size_t kMaxFileBytes = size_t{1} << 20;
constexpr uint64_t kMinMemoryBytes = uint64_t{256} << 20;

constexpr const char* kInlineVariable = "TABFERRY_CONFIG_YAML";

struct Found {
  fs::path file;
  std::string source;   // what named it
  std::optional<std::string> text = {};  // where the environment holds all of it
};

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

// Absent where nothing names one and none is here.
std::optional<Found> find_file(const Flags& flags, const Environment& environment) {
  if (!flags.config_file.empty()) return Found{flags.config_file, "-c"};
  const auto variable = environment("TABFERRY_CONFIG");
  if (variable && !variable->empty()) return Found{*variable, "environment TABFERRY_CONFIG"};
  const auto inline_text = environment(kInlineVariable);
  if (inline_text && !inline_text->empty())
    return Found{kInlineVariable, fmt::format("environment {}", kInlineVariable), *inline_text};
  for (const char* name : {"tabferry.yaml", "config.json"})
    if (is_there(name)) return Found{name, "default"};
  const auto task_root = environment("LAMBDA_TASK_ROOT");
  for (const char* name : {"tabferry.yaml", "config.json"})
    if (task_root && is_there(fs::path(*task_root) / name)) return Found{fs::path(*task_root) / name, "default"};
  return std::nullopt;
}

// In a function there is no command line, and nobody to answer `tabferry init`.
[[noreturn]] void fail_not_found_in_function(const std::string& task_root) {
  base::fail(ErrorKind::config,
             "there is no configuration: no tabferry.yaml and no config.json in the function's folder "
             "($LAMBDA_TASK_ROOT, {}). Set $TABFERRY_CONFIG_YAML to its text, $TABFERRY_CONFIG to a file in the image, "
             "or the five variables of the backup sample: S3_BUCKET, SECRET_NAME, REGION_NAME, SITE_ID, "
             "TABLEAU_BASE_URL (docs/lambda.md)",
             task_root);
}

[[noreturn]] void fail_not_found(const Environment& environment) {
  if (const auto task_root = environment("LAMBDA_TASK_ROOT")) fail_not_found_in_function(*task_root);
  base::fail(ErrorKind::config,
             "there is no configuration: no ./tabferry.yaml and no ./config.json{}. Name one with -c FILE or "
             "$TABFERRY_CONFIG, give its text in $TABFERRY_CONFIG_YAML, or make one: tabferry init",
             is_there("tabferry.yml") ? " (there is a tabferry.yml: rename it to tabferry.yaml)" : "");
}

std::string read_file(const Found& found) {
  try {
    return io::read_text(found.file, kMaxFileBytes);
  } catch (const base::Error& error) {   // a configuration that cannot be read is a wrong configuration
    const std::string source = found.source == "default" ? "found in this folder" : "named by " + found.source;
    base::fail(ErrorKind::config, "reading the configuration ({}): {}", source, error.what());
  }
}

bool is_json(const fs::path& file) { return base::equal_ignoring_case(file.extension().string(), ".json"); }

// What a Lambda function gives us of its memory: the rest is for the program, its threads, and the bytes in its /tmp that
// the system holds. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html (megabytes, of 2^20)
std::optional<uint64_t> megabytes_of_function(const Environment& environment) {
  const auto text = environment("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").value_or("");
  uint64_t megabytes = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), megabytes);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || megabytes > (uint64_t{1} << 20))
    return std::nullopt;
  return megabytes;
}

void read_function_memory(const Environment& environment, Settings& settings) {
  constexpr uint64_t kPercent = 60;
  const auto megabytes = megabytes_of_function(environment);
  if (!megabytes) return;
  const uint64_t share_bytes = (*megabytes << 20) * kPercent / 100;
  settings.memory_bytes = std::max(kMinMemoryBytes, share_bytes);
  if (share_bytes < kMinMemoryBytes)
    settings.warnings.push_back(fmt::format(
        "this function has {} MB of memory, and Lambda may end it in the middle of a run; give it 512 MB", *megabytes));
}

void read_memory(const ConfigNode& root, Reading& reading) {
  const auto node = root.find("memory");
  if (!node)
    return reading.origins.by_default(root, "memory", fmt::format("{}MiB", reading.settings.memory_bytes >> 20));
  const std::string text = node->text_or_number();
  const auto size_bytes = base::parse_bytes(text);
  if (!size_bytes)
    node->fail("{} is no size; write a whole number and its unit, such as 512MiB or 2GB", base::quoted(text));
  if (*size_bytes < kMinMemoryBytes) node->fail("{} is too little; at least 256MiB are needed", base::quoted(text));
  reading.settings.memory_bytes = *size_bytes;
  reading.origins.set(*node, text);
}

void read_endpoint_variable(const Environment& environment, Reading& reading) {
  const auto endpoint = first_set(environment, kForcedEndpointVariables);
  if (!endpoint) return;
  if (!is_endpoint(endpoint->value))
    base::fail(ErrorKind::config,
               "the environment variable {} is neither http(s)://HOST[:PORT] nor file:///DIR (three slashes, the "
               "whole path)",
               endpoint->name);
  reading.origins.elsewhere("s3.endpoint", endpoint->value, fmt::format("environment {}", endpoint->name));
}

// What AWS's own variables say holds where the file says nothing.
void read_aws_variables(const Environment& environment, Reading& reading) {
  const auto note = [&](const char* key, const Variable& variable) {
    reading.origins.elsewhere(key, variable.value,
                              fmt::format("environment {}, where the file says none", variable.name));
  };
  if (const auto endpoint = first_set(environment, kEndpointVariables)) {
    if (!is_endpoint(endpoint->value))
      base::fail(ErrorKind::config, "the environment variable {} is not http(s)://HOST[:PORT]", endpoint->name);
    note("s3.endpoint", *endpoint);
  }
  if (const auto region = first_set(environment, kRegionVariables)) {
    if (!aws::is_region(region->value))
      base::fail(ErrorKind::config, "the environment variable {} is no region; one looks like eu-west-1", region->name);
    note("s3.region", *region);
  }
}

void note_flags(const Flags& flags, const Environment& environment, const Found& found, Origins& origins) {
  origins.elsewhere("config", found.file.string(), found.source);
  if (!flags.site.empty()) origins.elsewhere("site", flags.site, "--site");
  const auto engine = environment("TABFERRY_HYPERD");
  if (!flags.engine.empty()) origins.elsewhere("engine", flags.engine, "--engine");
  else if (engine && !engine->empty()) origins.elsewhere("engine", *engine, "environment TABFERRY_HYPERD");
}

}  // namespace

void read_settings(const ConfigNode& root, Reading& reading) {
  root.expect_only({{"sites", "tableau", "store", "backup", "prune", "limits", "notify", "metrics", "s3", "memory", "network",
                     "datasources"},
                    {}});
  read_sites(root, reading);
  read_store(root, reading);
  read_backup(root, reading);
  read_prune(root, reading);
  read_limits(root, reading);
  read_notify(root, reading);
  read_metrics(root, reading);
  read_memory(root, reading);
  read_network(root, reading);
  read_s3(root, reading);
  reading.buckets.memory_bytes = reading.settings.memory_bytes;
  reading.buckets.network = reading.settings.network;
  if (const auto datasources = root.find("datasources")) read_datasources(*datasources, reading);
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
  };
}

namespace {

// The frame of each kind of reading: what flags and environment say, then `read`, then what hangs on all of it.
Settings settled(const Found& found, const Flags& flags, const Environment& environment, std::stop_token stop,
                 const std::function<void(Reading&)>& read) {
  Settings settings{.file = found.file};
  settings.stop = stop;
  settings.buckets = std::make_shared<Buckets>(environment, std::move(stop));
  Locations locations(fs::absolute(found.file).lexically_normal().parent_path(), *settings.buckets);
  Origins origins;
  Reading reading{.settings = settings, .locations = locations, .buckets = *settings.buckets, .origins = origins};
  note_flags(flags, environment, found, origins);
  read_endpoint_variable(environment, reading);
  read_aws_variables(environment, reading);
  settings.metrics = usual_metrics(environment);
  read_function_memory(environment, settings);
  read(reading);
  settings.aws = std::make_shared<AwsServices>(environment, settings.network, settings.buckets->all.region);
  settings.origins = origins.in_order();
  return settings;
}

Settings settings_of_environment(const Flags& flags, const Environment& environment, std::stop_token stop) {
  const auto tree = sample_environment(environment);
  if (!tree) fail_not_found(environment);
  const ConfigFile file{.name = "the environment", .format = "the environment"};
  return settled({.file = file.name, .source = "default: there is no configuration file"}, flags, environment,
                 std::move(stop),
                 [&](Reading& reading) { read_sample_environment(ConfigNode(*tree, file, ""), reading); });
}

}  // namespace

Settings load_settings(const Flags& flags, const Environment& environment, std::stop_token stop) {
  const auto found = find_file(flags, environment);
  if (!found) return settings_of_environment(flags, environment, std::move(stop));
  const std::string text = found->text ? *found->text : read_file(*found);
  const ConfigFile file{.name = found->file.string(), .format = is_json(found->file) ? "JSON" : "YAML"};
  const ConfigTree tree = is_json(found->file) ? read_json(text, file.name) : read_yaml(text, file.name);
  const ConfigNode root(tree, file, "");
  if (tree.kind == ConfigTree::Kind::nothing || (tree.kind == ConfigTree::Kind::map && tree.children.empty()))
    root.fail("holds no settings; `tabferry init` shows what one looks like");
  return settled(*found, flags, environment, std::move(stop), [&](Reading& reading) {
    if (is_json(found->file) && is_sample_config(root)) read_sample_config(root, reading);
    else read_settings(root, reading);
  });
}

}  // namespace tabferry::app
