// `s3:` and `network:`.
#include <algorithm>
#include <charconv>

#include "app/file_url.h"
#include "app/settings.h"
#include "app/settings_reading.h"
#include "aws/s3_options.h"
#include "base/text.h"
#include "base/url.h"
#include "store/lifecycle.h"

namespace tabferry::app {
namespace {

const std::vector<std::string_view> kBucketKeys = {"endpoint",   "region",      "profile",
                                                   "role_arn",   "external_id", "sse_kms_key_id",
                                                   "path_style", "ca_bundle",   "storage_class",
                                                   "object_lock"};
constexpr uint64_t kMostLockDays = 36'500;  // what S3 takes

void check_endpoint(const ConfigNode& node, std::string_view text) {
  if (text.find('@') != std::string_view::npos)
    node.fail("holds a user name or a password, which do not belong there: S3 wants keys (AWS_ACCESS_KEY_ID ...)");
  if (text.starts_with("file:") && !folder_of_url(text))
    node.fail("{} names no directory; write file:///DIR (three slashes, the whole path)", base::quoted(text));
  if (!is_endpoint(text))
    node.fail(
        "{} is no endpoint; write https://HOST[:PORT] with nothing behind it (tabferry adds the bucket's name), or "
        "file:///DIR where a directory stands in for S3",
        base::quoted(text));
}

void read_role(const ConfigNode& node, std::string_view role) {
  if (!role.starts_with("arn:"))
    node.fail("{} is no role; write its ARN, arn:aws:iam::ACCOUNT:role/NAME", base::quoted(role));
}

// {mode: GOVERNANCE, days: 30}
void read_lock(const ConfigNode& node, BucketSettings& settings, Reading& reading) {
  node.expect_only({{"mode", "days"}, {}});
  const auto mode = node.need("mode", "GOVERNANCE or COMPLIANCE");
  const auto days = node.need("days", "for how many days what is written stays locked");
  settings.lock_mode = mode.name();
  if (settings.lock_mode != "GOVERNANCE" && settings.lock_mode != "COMPLIANCE")
    mode.fail("{} is no mode of Object Lock; write GOVERNANCE (who has the right to may delete earlier) or COMPLIANCE "
              "(nobody may)", base::quoted(settings.lock_mode));
  settings.lock_days = days.whole_number(1, kMostLockDays);
  reading.origins.set(mode, settings.lock_mode);
  reading.origins.set(days, std::to_string(settings.lock_days));
}

// One map of the keys that hold for a bucket, or for all.
BucketSettings read_bucket(const ConfigNode& map, Reading& reading) {
  BucketSettings settings;
  const auto text = [&](std::string_view key, std::string& into) {
    const auto node = map.find(key);
    if (!node) return node;
    into = node->name();
    reading.origins.set(*node, into);
    return node;
  };
  if (const auto endpoint = map.find("endpoint")) {
    check_endpoint(*endpoint, settings.endpoint = endpoint->name());
    if (!reading.buckets.endpoint_is_forced()) reading.origins.set(*endpoint, settings.endpoint);
  }
  if (const auto region = text("region", settings.region); region && !aws::is_region(settings.region))
    region->fail("{} is no region; write it as eu-west-1", base::quoted(settings.region));
  text("profile", settings.profile);
  if (const auto role = text("role_arn", settings.role_arn)) read_role(*role, settings.role_arn);
  text("external_id", settings.external_id);
  text("sse_kms_key_id", settings.sse_kms_key_id);
  const auto storage_class = text("storage_class", settings.storage_class);
  if (storage_class && store::is_archive(settings.storage_class))
    storage_class->fail("objects of the class {} cannot be read before they are restored for hours: a snapshot would be "
                        "of no use; write GLACIER_IR", base::quoted(settings.storage_class));
  if (const auto bundle = map.find("ca_bundle")) {
    settings.ca_bundle = reading.locations.local_file(*bundle).string();
    reading.origins.set(*bundle, settings.ca_bundle);
  }
  if (const auto lock = map.find("object_lock")) read_lock(*lock, settings, reading);
  if (const auto style = map.find("path_style")) {
    settings.path_style = style->boolean();
    reading.origins.set(*style, *settings.path_style ? "true" : "false");
  }
  return settings;
}

// "90s", "5m", "2h", "500ms"; a number alone has no unit and is refused.
std::chrono::milliseconds read_duration(const ConfigNode& node) {
  const std::string text = node.text_or_number();
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  const int64_t factor = unit == "ms"                   ? 1
                         : unit == "s"                  ? 1000
                         : unit == "m" || unit == "min" ? 60'000
                         : unit == "h"                  ? 3'600'000
                                                        : 0;
  if (error != std::errc{} || factor == 0 || number <= 0 || number > 1'000'000)
    node.fail("{} is no time; write a whole number and its unit: 500ms, 90s, 5m, 1h", base::quoted(text));
  return std::chrono::milliseconds(number * factor);
}

}  // namespace

bool is_endpoint(std::string_view text) {
  if (folder_of_url(text)) return true;
  if (!base::has_scheme(text)) return false;
  const auto url = base::parse_url(text);
  return (url.scheme == "http" || url.scheme == "https") && !url.host.empty() &&
         url.host.find_first_of("@?# \\") == std::string::npos && (url.path.empty() || url.path == "/");
}

void read_s3(const ConfigNode& root, Reading& reading) {
  const auto s3 = root.find("s3");
  if (!s3) return;
  KnownKeys known{kBucketKeys, {}};
  known.built.push_back("buckets");
  s3->expect_only(known);
  reading.buckets.all = read_bucket(*s3, reading);
  const auto buckets = s3->find("buckets");
  if (!buckets) return;
  for (const auto& bucket : buckets->entries()) {
    bucket.expect_only({kBucketKeys, {}});
    reading.buckets.by_name[bucket.key()] = read_bucket(bucket, reading);
  }
}

void read_network(const ConfigNode& root, Reading& reading) {
  const auto network = root.find("network");
  if (!network) return;
  network->expect_only({{"connect_timeout", "first_byte_timeout", "stall_timeout"}, {}});
  const auto read = [&](std::string_view key, std::chrono::milliseconds& into) {
    const auto node = network->find(key);
    if (!node) return;
    into = read_duration(*node);
    reading.origins.set(*node, node->text_or_number());
  };
  auto& options = reading.settings.network;
  read("connect_timeout", options.connect_timeout);
  read("first_byte_timeout", options.first_byte_timeout);
  read("stall_timeout", options.stall_timeout);
  options.look_up_timeout = std::min(options.look_up_timeout, options.first_byte_timeout);
}

}  // namespace tabferry::app
