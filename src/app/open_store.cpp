#include "app/open_store.h"

#include "app/buckets.h"
#include "app/file_url.h"
#include "base/error.h"
#include "base/text.h"
#include "store/dir_store.h"
#include "store/prefix_store.h"

namespace tabferry::app {

BucketPart bucket_part(const std::string& url) {
  if (!url.starts_with("s3://")) return {};
  const auto slash = url.find('/', 5);
  if (slash == std::string::npos) return {.bucket = url.substr(5), .prefix = {}};
  BucketPart part{.bucket = url.substr(5, slash - 5), .prefix = url.substr(slash + 1)};
  if (!part.prefix.empty() && !part.prefix.ends_with('/')) part.prefix += '/';
  return part;
}

std::shared_ptr<const store::Store> open_store(const Settings& settings) {
  if (settings.store.empty())
    base::fail(base::ErrorKind::config,
               "{} does not say where snapshots live: add `store: s3://BUCKET/PREFIX`, or `store: file:///DIR`",
               settings.file.string());
  if (const auto folder = folder_of_url(settings.store)) {
    const std::string path = folder->string();
    return std::make_shared<const store::DirStore>(*folder, "file://" + path + (path == "/" ? "" : "/"));
  }
  const auto [bucket, prefix] = bucket_part(settings.store);
  auto whole = settings.buckets->store(bucket);
  if (prefix.empty()) return whole;
  return std::make_shared<const store::PrefixStore>(std::move(whole), prefix);
}

std::chrono::days object_lock_days(const Settings& settings) {
  const auto [bucket, prefix] = bucket_part(settings.store);
  return bucket.empty() ? std::chrono::days(0) : settings.buckets->lock_time_of(bucket);
}

std::optional<std::pair<std::string, std::string>> harm_of_rules(const store::Store& store,
                                                                 const store::Lifecycle& rules) {
  const auto threats = store::threats_to(rules, "");
  if (threats.empty()) return std::nullopt;
  return std::pair(fmt::format("{}: {} {}: snapshots there would lose what their manifests name", store.url(""),
                               threats.front().rule, threats.front().deed),
                   std::string("Limit the rule to other prefixes (retention is the business of tabferry prune)"));
}

}  // namespace tabferry::app
