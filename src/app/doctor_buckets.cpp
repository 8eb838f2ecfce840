// The checks of S3: each bucket that a data source or the store names, by small signed requests.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <random>

#include "app/buckets.h"
#include "app/doctor_checks.h"
#include "app/open_store.h"
#include "aws/probe.h"
#include "base/text.h"
#include "base/url.h"

namespace fs = std::filesystem;
using Status = tabferry::app::Finding::Status;
using tabferry::base::ErrorKind;

namespace tabferry::app {
namespace {

// What is to be tried on one bucket.
struct Wanted {
  std::vector<base::Glob> reads;            // keys of data sources
  std::optional<std::string> write_prefix;  // of the store: "tableau/", or ""
};

void want(Wanted& wanted, const publish::Objects& objects) {
  const auto same = [&](const base::Glob& glob) { return glob.pattern() == objects.keys.pattern(); };
  if (std::none_of(wanted.reads.begin(), wanted.reads.end(), same)) wanted.reads.push_back(objects.keys);
}

std::map<std::string, Wanted> wanted_buckets(const Settings& settings) {
  std::map<std::string, Wanted> wanted;
  for (const auto& spec : settings.datasources)
    for (const auto* objects : objects_of(spec))
      if (const auto bucket = s3_bucket_of(objects->store->url(""), settings)) want(wanted[*bucket], *objects);
  if (const auto bucket = s3_bucket_of(settings.store, settings))
    wanted[*bucket].write_prefix = folder_key(settings.store);
  return wanted;
}

std::string random_letters() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}", device(), device());
}

class BucketChecks {
 public:
  BucketChecks(Examination& examination, std::string bucket, aws::S3Options options)
      : examination_(examination),
        area_("s3://" + bucket),
        bucket_(std::move(bucket)),
        asked_region_(options.region),
        own_endpoint_(!options.endpoint.empty()),
        probe_(std::move(options), kProbeLimit, examination.clock()) {}

  void run(const Wanted& wanted) {
    if (!check_connection()) return skip_rest("there is no connection");
    if (!check_credentials()) return skip_rest("there are no credentials");
    if (!check_bucket()) return skip_rest("the bucket cannot be used");
    for (const auto& glob : wanted.reads) check_reading(glob);
    if (wanted.write_prefix) check_writing(*wanted.write_prefix);
  }

 private:
  bool check(const std::string& name, const Examination::Probe& probe, const Examination::MoreCure& more = {}) {
    return examination_.check(area_, name, probe, more);
  }

  void skip_rest(const std::string& why) { examination_.skip(area_, "other checks", why); }

  bool check_connection() {
    const auto more = [&](const base::Error& error) -> std::string {
      if (error.kind() == ErrorKind::denied)
        return "For S3 alone: s3.ca_bundle: FILE in the configuration, or AWS_CA_BUNDLE";
      return own_endpoint_ ? "The address is s3.endpoint (or TABFERRY_S3_ENDPOINT, AWS_ENDPOINT_URL_S3)"
                           : "The address comes from the bucket's name and s3.region; a proxy is set by https_proxy";
    };
    return check(
        "connection",
        [&]() -> Finding {
          const auto reached = probe_.connect();
          if (reached.server_time) examination_.hear("S3", base::parse_url(reached.url).host, *reached.server_time);
          return {.seen = fmt::format("{} answers in {}", reached.url,
                                      base::human_seconds(static_cast<double>(reached.round_trip.count()) / 1000))};
        },
        more);
  }

  bool check_credentials() {
    return check("credentials", [&]() -> Finding {
      const auto identity = probe_.credentials();
      const std::string until = identity.expires ? ", good until " + base::iso_time(*identity.expires) : "";
      return {.seen = fmt::format("key {} from {}{}", identity.key_id, identity.from, until)};
    });
  }

  bool check_bucket() {
    return check("bucket", [&]() -> Finding {
      const auto found = probe_.find();
      if (!found.region_was_wrong) return {.seen = "it is there, region " + found.region};
      return {.status = Status::warning,
              .seen = fmt::format("it is in {}, not in {}: each run finds that out by one more request", found.region,
                                  asked_region_),
              .cure = fmt::format("Set s3.buckets.{}.region: {}", bucket_, found.region)};
    });
  }

  void check_reading(const base::Glob& glob) {
    std::optional<std::string> key;
    if (glob.is_literal()) key = glob.pattern();
    const bool listed = check("s3:ListBucket", [&] { return look_for(glob, key); });
    if (!key)
      return examination_.skip(area_, "s3:GetObject",
                               listed ? "there is no object to try it on" : "nothing can be listed");
    check("s3:GetObject", [&]() -> Finding {
      probe_.read(*key);
      return {.seen = "may be read: " + url(*key)};
    });
  }

  Finding look_for(const base::Glob& glob, std::optional<std::string>& key) {
    const auto match = probe_.first_match(glob);
    key = match.key;
    if (key) return {.seen = fmt::format("{}: the first match is {}", url(glob.pattern()), base::quoted(*key, 300))};
    return {.status = Status::warning,
            .seen = fmt::format("{}: no object matches ({} keys looked at{})", url(glob.pattern()),
                                base::human_count(match.looked_at), match.all ? "" : ", then the time was over"),
            .cure =
                "Right if the files come later; else check the key: case matters, * stops at /, and a wildcard early "
                "in it makes listing long"};
  }

  void check_writing(const std::string& prefix) {
    const std::string key = fmt::format("{}.tabferry-doctor-{}", prefix, random_letters());
    const auto more = [](const base::Error& error) -> std::string {
      return error.kind() == ErrorKind::refused ? std::string(kNeedsConditions) : "";
    };
    const bool written = check(
        "write once",
        [&]() -> Finding {
          if (probe_.creates_once(key))
            return {.seen = fmt::format("s3:PutObject works, and so do conditional writes ({})", url(key))};
          return {.status = Status::problem,
                  .seen = fmt::format("the server took a second object with the key of the first: it does not know "
                                      "conditional writes (If-None-Match), tried on {}",
                                      url(key)),
                  .cure = std::string(kNeedsConditions)};
        },
        more);
    const bool may_exist = written || examination_.checks().back().finding.cure == kNeedsConditions;
    if (!may_exist) return examination_.skip(area_, "s3:DeleteObject", "nothing was written");
    check("s3:DeleteObject", [&]() -> Finding { return remove(key); });
  }

  // Who writes snapshots needs no right to delete.
  Finding remove(const std::string& key) {
    if (const auto refused = probe_.remove(key))
      return {.status = Status::warning,
              .seen = seen_and_cure(*refused).first,
              .cure = fmt::format("Only prune needs the right s3:DeleteObject, a backup does not. {} stays there: "
                                  "someone else must delete it",
                                  url(key))};
    return {.seen = "what was written is deleted again"};
  }

  std::string url(const std::string& key) const { return area_ + "/" + key; }

  static constexpr std::string_view kNeedsConditions =
      "Snapshots are never written over, which needs conditional writes: AWS S3 has them, MinIO and versitygw in their "
      "newer versions; update this server, or put store: elsewhere";

  Examination& examination_;
  const std::string area_;
  const std::string bucket_;
  const std::string asked_region_;
  const bool own_endpoint_;
  aws::BucketProbe probe_;
};

Finding describe(const aws::S3Options& options) {
  const std::string& bundle = options.connection.network.ca_bundle;
  if (!bundle.empty() && ::access(bundle.c_str(), R_OK) != 0)
    base::fail(ErrorKind::config,
               "the CA bundle {} cannot be read: {}. Check s3.ca_bundle, AWS_CA_BUNDLE or SSL_CERT_FILE",
               base::quoted(bundle, 400), std::strerror(errno));
  return {.seen = fmt::format("region {}, endpoint {}{}", options.region.empty() ? "not set" : options.region,
                              options.endpoint.empty() ? "AWS" : options.endpoint,
                              bundle.empty() ? "" : ", CA bundle " + bundle)};
}

// What backup refuses (harm_of_rules) is a problem; rules that may not be read are no more than a warning: who writes
// snapshots needs no right to them.
Finding look_at_rules(const Settings& settings) {
  const auto store = open_store(settings);
  const auto rules = store->lifecycle_rules();
  if (!rules.readable)
    return {.status = Status::warning,
            .seen = "the lifecycle rules are not known: " + rules.why_not,
            .cure = "Allow s3:GetLifecycleConfiguration, or look yourself that no rule expires or archives what is in " +
                    store->url("")};
  if (!rules.offered) return {.seen = "this S3 server does not know lifecycle rules"};
  if (const auto harm = harm_of_rules(*store, rules))
    return {.status = Status::problem, .seen = harm->first, .cure = harm->second};
  return {.seen = fmt::format("{}; none takes away or archives what is in {}",
                              base::counted(rules.rules.size(), "lifecycle rule"), store->url(""))};
}

}  // namespace

void check_buckets(Examination& examination, Settings& settings) {
  for (const auto& [bucket, wanted] : wanted_buckets(settings)) {
    std::optional<aws::S3Options> options;
    const auto read = [&]() -> Finding {
      options = settings.buckets->s3_options(bucket);
      return describe(*options);
    };
    if (examination.check("s3://" + bucket, "settings", read))
      BucketChecks(examination, bucket, std::move(*options)).run(wanted);
    if (wanted.write_prefix && examination.checks().back().finding.status != Status::skipped)
      examination.check("s3://" + bucket, "lifecycle rules", [&] { return look_at_rules(settings); });
  }
}

}  // namespace tabferry::app
