// Inside of the room: what the readers of the two kinds of configuration share while load_settings() runs.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/buckets.h"
#include "app/config_node.h"
#include "app/locations.h"
#include "app/settings.h"

namespace tabferry::app {

// Collects where each setting came from, and gives it back in the order of the file.
class Origins {
 public:
  void set(const ConfigNode& node, std::string value);   // the file says it
  // The file's map leaves it out.
  void by_default(const ConfigNode& parent, std::string_view key, std::string value);
  // Flags and environment; they come first.
  void elsewhere(std::string key, std::string value, std::string source);
  std::vector<Origin> in_order() const;

 private:
  struct Placed {
    size_t order;
    Origin origin;
  };
  std::vector<Placed> placed_;
};

struct Reading {
  Settings& settings;
  Locations& locations;
  Buckets& buckets;
  Origins& origins;
};

// The keys of design section 4.
void read_settings(const ConfigNode& root, Reading& reading);
void read_sites(const ConfigNode& root, Reading& reading);                 // `sites:` or `tableau:`
void read_network(const ConfigNode& root, Reading& reading);
void read_s3(const ConfigNode& root, Reading& reading);
void read_store(const ConfigNode& root, Reading& reading);
void read_backup(const ConfigNode& root, Reading& reading);    // behind read_store()
void read_prune(const ConfigNode& root, Reading& reading);
void read_limits(const ConfigNode& root, Reading& reading);
void read_notify(const ConfigNode& root, Reading& reading);
void read_metrics(const ConfigNode& root, Reading& reading);
bool is_endpoint(std::string_view text);   // http(s)://HOST[:PORT] without a password, or file:///DIR
void read_datasources(const ConfigNode& datasources, Reading& reading);
// The table below `datasources.KEY.tables`.
publish::TableSpec read_table(const ConfigNode& node, Reading& reading);

// The s3-to-hyper sample's config.json: its thirteen keys.
bool is_sample_config(const ConfigNode& root);
void read_sample_config(const ConfigNode& root, Reading& reading);

// The environment variables of the Lambda backup sample, as a map of their names; absent where they are not its.
std::optional<ConfigTree> sample_environment(const Environment& environment);
void read_sample_environment(const ConfigNode& root, Reading& reading);

// One of the words; else "did you mean".
std::string read_word(const ConfigNode& node, std::span<const std::string_view> words);
// "2027-01-31": 0:00 UTC of that day.
base::WallTime read_day(const ConfigNode& node);
SelectorText selector_at(const ConfigNode& node);
std::string_view name_of(BackupSettings::Incremental incremental);

// Of a webhook's address: Slack's own, whose path is a secret.
bool is_slack(std::string_view url);
// "https://HOST/...": its path may be a secret. Throws Error{config} for what is no address of a webhook (http only to
// this machine); the message shows nothing of it but the host.
std::string shown_webhook(std::string_view url);

// A server's address, checked: "https://HOST[:PORT]". `server_key` and `site_key` are what the file calls the two.
std::string read_server(const ConfigNode& node, std::string address, std::string_view server_key,
    std::string_view site_key, Reading& reading);
// The part after /#/site/; "" is a Server's default site.
std::string read_content_url(const ConfigNode& node);
// A plain secret is warned of once: `what` is "auth.pat_secret of site prod".
base::Secret read_secret(const ConfigNode& node, const std::string& what, Reading& reading);
// The template, checked by its name: it need not exist yet.
std::filesystem::path read_template(const ConfigNode& node, Reading& reading);

}  // namespace tabferry::app
