// Inside of the room: the checks of `tabferry doctor` as values, and the one place that catches what its probes throw.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/settings.h"
#include "base/clock.h"
#include "base/error.h"
#include "report/report.h"
#include "report/reporter.h"

namespace tabferry::app {

constexpr std::chrono::milliseconds kProbeLimit{4'500};  // five seconds, less what is around a request

struct Finding {
  enum class Status { ok, warning, problem, skipped };
  Status status = Status::ok;
  std::string seen;
  std::string cure{};  // of a warning or a problem
};
std::string_view name_of(Finding::Status status);

struct Check {
  std::string area;  // "s3://acme-landing"
  std::string name;  // "credentials"
  Finding finding;
  double seconds = 0;
};

// The wall time of another machine, and ours when it came.
struct HeardTime {
  std::string who;
  base::WallTime theirs, ours;
  std::string side{};  // "S3", "the site"
};

class Examination {
 public:
  Examination(report::Reporter& reporter, const base::Clock& clock, std::stop_token stop)
      : reporter_(reporter), clock_(clock), stop_(std::move(stop)) {}

  using Probe = std::function<Finding()>;
  using MoreCure = std::function<std::string(const base::Error&)>;  // what is to be added to the cure of a failure
  // Runs a probe, tells people, and keeps what it found; what it throws is a problem (but for Error{cancelled}, which
  // goes on). False where there is a problem.
  bool check(const std::string& area, const std::string& name, const Probe& probe, const MoreCure& more_cure = {});
  void skip(const std::string& area, const std::string& name, const std::string& why);
  void hear(const std::string& side, const std::string& who, base::WallTime theirs) {
    heard_.push_back({.who = who, .theirs = theirs, .ours = clock_.now(), .side = side});
  }

  const std::vector<Check>& checks() const { return checks_; }
  const std::vector<HeardTime>& heard() const { return heard_; }
  const base::Clock& clock() const { return clock_; }
  const std::stop_token& stop() const { return stop_; }

 private:
  report::Reporter& reporter_;
  const base::Clock& clock_;
  std::stop_token stop_;
  std::vector<Check> checks_;
  std::vector<HeardTime> heard_;
};

// A message of the house tells what happened in its first sentence (or in all lines but the last) and the cure behind
// it.
std::pair<std::string, std::string> seen_and_cure(std::string_view message);

// "in 9 days", "12 days ago", "today"
std::string in_days(base::WallTime then, base::WallTime now);
Finding judge_clock(const HeardTime& heard);
// `site_says`: estimatedTimeToExpiration; "" where the site says nothing.
Finding judge_token(std::optional<base::WallTime> config_says, const std::string& site_says, base::WallTime now);
// The days, hours and minutes that the site most probably means by "173:21:12". Absent where it is of another form.
std::optional<std::chrono::minutes> token_time_left(std::string_view site_says);

// What the configuration is for.
struct Wanted {
  bool publish = true, backup = false;  // backup: of the whole site
};
// May who signs in do it? `role`: siteRole; "" where the site does not tell.
Finding judge_role(const std::string& role, Wanted wanted);

// Is there room to write? `what`: "/tmp is writable".
Finding judge_room(const std::string& what, uint64_t free_bytes, const std::string& cure);
// Of what find_engine() said: the places that it tried are counted, for they are many and no cure.
Finding judge_engine_error(const std::string& message, bool is_needed);

// The sets of objects that a data source names.
std::vector<const publish::Objects*> objects_of(const publish::DatasourceSpec& spec);
std::string bucket_of(const std::string& url);   // of "s3://BUCKET/..."
std::string folder_key(const std::string& url);  // of "s3://bucket/PREFIX": "PREFIX/", or ""
// The bucket that a URL names; absent where it is a directory of this machine, or stands for one.
std::optional<std::string> s3_bucket_of(const std::string& url, const Settings& settings);

// A backup needs no engine: where none was named and `is_needed` is false, its absence is a warning.
void check_engine(Examination& examination, const Flags& flags, bool is_needed);
void check_files(Examination& examination, const Settings& settings);         // those that are on this machine
void check_buckets(Examination& examination, Settings& settings);             // those in S3, and the store
void check_store_folder(Examination& examination, const Settings& settings);  // where the store is a directory
void check_site(Examination& examination, const Settings& settings, const std::string& chosen,
                const Environment& environment);
void check_notify(Examination& examination, const Settings& settings, const Environment& environment);
void check_clock(Examination& examination);

report::Report report_of(const std::vector<Check>& checks);

}  // namespace tabferry::app
