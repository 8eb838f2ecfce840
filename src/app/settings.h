// The configuration: read, checked, and turned into each room's options. The only place that knows precedence
// (flag > environment > file > default), YAML, and the s3-to-hyper sample's config.json.
//
// Every problem is Error{config} with the file and line, and a "did you mean" for an unknown key; a key of the design that
// is not built yet is refused as such, never ignored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/backup_settings.h"
#include "base/clock.h"
#include "base/secret.h"
#include "http/client.h"
#include "publish/spec.h"
#include "tableau/scopes.h"
#include "tableau/site.h"

namespace tabferry::app {

// What the command line said; empty means not said.
struct Flags {
  std::string config_file;    // -c
  std::string site;           // --site NAME
  std::string engine;         // --engine
};

// The process environment, so that a test can give another one. Absent where a variable is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

// One effective setting and where it came from.
struct Origin {
  std::string key;       // "sites.prod.server"
  std::string value;     // as `config show` prints it; a plain secret as "(hidden)", a reference as written
  std::string source;    // "tabferry.yaml:3", "environment TABFERRY_S3_ENDPOINT", "default", "--site"
};

// Who signs in to a site.
struct SignInSettings {
  std::string key = "auth";  // what the site's configuration calls it: "auth", "worker_auth.connected_app"
  tableau::Credentials::Kind kind = tableau::Credentials::Kind::token;
  // The token's or the user's name. May be a reference (references.h), as may the ids of a connected app.
  std::string user;
  base::Secret secret;  // a reference or the plain value; resolved at each sign-in
  std::string client_id, secret_id;            // of a connected app
  std::vector<std::string> scopes;             // of its JWT; empty: what the job needs (tableau/scopes.h)
  std::optional<base::WallTime> pat_expires;   // 0:00 UTC of the day that the file says; for doctor
};

struct SiteSettings {
  std::string name;          // "prod"
  std::string server;        // without a trailing slash
  std::string content_url;   // plain, or a reference (the Lambda sample's secret holds it): site_options() resolves it
  std::string expected_site_id;   // the luid that the site must have; empty: not said
  SignInSettings auth;
  std::optional<SignInSettings> worker_auth;   // of backup-work, where several work at once; never a token
  uint64_t uplink = 0;       // bytes a second on the way to the site; 0: not said
};

// Where the numbers of a run go (metrics.h).
struct MetricsSettings {
  std::string emf;                   // "stdout", "stderr", a file to which lines are appended; "": nowhere
  std::filesystem::path prometheus;  // a file that is written anew; "": none
};
// Without a word in the file: under Lambda to stdout.
MetricsSettings usual_metrics(const Environment& environment);

class Buckets;        // buckets.h
class AwsServices;    // aws_services.h

struct Settings {
  std::filesystem::path file;                      // "the environment" where there was none (from_lambda_sample)
  bool from_sample = false;                        // a config.json of the s3-to-hyper sample
  bool from_lambda_sample = false;                 // no file: the environment variables of the Lambda backup sample
  std::vector<SiteSettings> sites;                 // the first one is the default
  std::string store;                               // where snapshots live (open_store.h); empty: not set
  BackupSettings backup;
  PruneSettings prune;
  LimitSettings limits;
  NotifySettings notify;
  MetricsSettings metrics;
  uint64_t memory_bytes = uint64_t{512} << 20;
  http::NetworkOptions network;                    // of every connection; the CA bundle is said elsewhere
  std::shared_ptr<Buckets> buckets;                // what S3's buckets are; set by load_settings()
  std::shared_ptr<AwsServices> aws;                // for references to secrets, and topics; the same
  std::stop_token stop;                            // ends every wait
  std::vector<publish::DatasourceSpec> datasources;
  std::vector<Origin> origins;                     // everything above, in the order of the file
  std::vector<std::string> warnings;               // a plain secret in the file ...
};

// Finds the file (-c, else $TABFERRY_CONFIG, the text in $TABFERRY_CONFIG_YAML, ./tabferry.yaml, ./config.json, the same
// two in $LAMBDA_TASK_ROOT) and reads it. Where there is none, the environment variables of the Lambda backup sample
// configure a backup (sample_environment.cpp). In a Lambda function `memory` is a part of the function's, where the file
// does not say it.
// `stop` ends every wait of the stores. Throws Error{config}; none found: with how to make one (tabferry init).
Settings load_settings(const Flags& flags, const Environment& environment, std::stop_token stop = {});

// The site that the flag names, or the first one. Throws Error{config} with the list.
const SiteSettings& choose_site(const Settings& settings, const std::string& name);

// For tableau::Site, signed in by `auth`; a connected app with the scopes of `purpose`. Credentials are resolved again at
// each call (a rotated secret works in mid-run). A content URL that is a reference is resolved now, which may ask AWS:
// throws what SecretReading::read() throws (references.h).
tableau::SiteOptions site_options(const SiteSettings& site, const Settings& settings, const Environment& environment,
                                  tableau::Purpose purpose = tableau::Purpose::read);
// The same for `backup-work`: by `worker_auth` where there is one.
tableau::SiteOptions worker_options(const SiteSettings& site, const Settings& settings, const Environment& environment);
const SignInSettings& worker_sign_in(const SiteSettings& site);
// "the token 'nightly'", "the user 'admin'", "the connected app 'CLIENT-ID' as 'admin@acme.example'": as written, so a
// reference where it is one.
std::string in_words(const SignInSettings& who);

// The budget of a site: what `limits` say, else 30,000 for Tableau Cloud and none (0) for Server.
uint64_t requests_per_hour_of(const SiteSettings& site, const Settings& settings);

// What of such a budget one of `workers` has, which do not know of each other: an equal part. 0 stays no limit.
uint64_t share_of(uint64_t requests_per_hour, unsigned workers);

// A commented tabferry.yaml. `site_url` is what the browser shows (https://HOST/#/site/SALES/..., or https://HOST/#/...
// for a Server's default site, as is https://HOST/); empty: placeholders. Throws Error{usage} for what is no such
// address.
std::string starter_config(const std::string& site_url);

}  // namespace tabferry::app
