// `store:`: where snapshots live.
#include "app/open_store.h"
#include "app/settings_reading.h"
#include "base/text.h"

namespace tabferry::app {
namespace {

// A prefix that a directory can have too, so that a snapshot can be moved.
void check_prefix(const ConfigNode& node, std::string_view prefix) {
  if (prefix.ends_with('/')) prefix.remove_suffix(1);
  if (prefix.empty()) return;
  for (const auto part : base::split(prefix, '/'))
    if (part.empty() || part == "." || part == "..")
      node.fail("{} has {} in it; take it out", base::quoted(node.text()),
                part.empty() ? "'//'" : "the folder '" + std::string(part) + "'");
}

}  // namespace

void read_store(const ConfigNode& root, Reading& reading) {
  const auto node = root.find("store");
  if (!node) return;
  const std::string text = node->name();
  if (text.starts_with("s3://")) {
    const auto [bucket, prefix] = bucket_part(text);
    if (bucket.empty()) node->fail("names no bucket; write s3://BUCKET/PREFIX");
    expect_bucket_name(*node, bucket, "*?[:");
    check_prefix(*node, prefix);
    reading.settings.store = text;
  } else {
    reading.settings.store = "file://" + reading.locations.local_file(*node).string();
  }
  reading.origins.set(*node, text);
}

}  // namespace tabferry::app
