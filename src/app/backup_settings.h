// What the configuration says about backup, prune, limits and notify, as plain values.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"

namespace tabferry::app {

// The names of `backup.kinds`. All but revisions are taken where the file names none.
inline constexpr std::array<std::string_view, 5> kBackupKinds = {"workbooks", "datasources", "flows", "metadata",
                                                                 "revisions"};
inline constexpr uint64_t kUsualRevisions = 25;  // what a site keeps of an item where nobody set it otherwise
inline constexpr uint64_t kCloudRequestsPerHour = 30'000;

// A SELECTOR ("workbooks:Finance/**"), not parsed yet, and where it stands, for the message of who parses it.
struct SelectorText {
  std::string text;
  std::string place;  // "tabferry.yaml:12: backup.exclude[0]"
};

// Failures that are known: they count as 0 until the day is over.
struct AcceptedMissing {
  SelectorText selector;
  std::string reason;
  base::WallTime ends;  // 0:00 UTC of the day behind the last one
};

// How many items may fail before the whole backup is a failure.
struct FailureBound {
  std::optional<uint64_t> count;  // absent: `percent` says it
  unsigned percent = 10;          // of the items
  uint64_t at_least = 20;         // a percentage of few items is no less
};

struct BackupSettings {
  enum class Incremental { reference, copy, off };
  enum class Scope { admin, visible };

  std::vector<std::string> kinds{"workbooks", "datasources", "flows", "metadata"};  // never revisions
  uint64_t revisions = 0;             // of each item, the newest so many; 0: none
  std::vector<SelectorText> include;  // empty: everything
  std::vector<SelectorText> exclude;
  std::optional<std::chrono::hours> full_every{24 * 7};  // absent: never
  Incremental incremental = Incremental::reference;
  FailureBound max_failures;
  std::vector<AcceptedMissing> accept_missing;
  Scope scope = Scope::admin;
  int lanes = 32;                                // requests under way at most
  std::map<std::string, uint64_t> max_per_kind;  // "workbooks" -> 3: such a backup is a partial one

  bool takes(std::string_view kind) const;  // of kBackupKinds
};

// How many snapshots stay; 0: the rule says nothing. All 0: nothing is pruned.
struct PruneSettings {
  uint64_t keep_last = 0, keep_hourly = 0, keep_daily = 0, keep_weekly = 0, keep_monthly = 0, keep_yearly = 0;
  bool keeps_any() const;
};

struct LimitSettings {
  std::optional<uint64_t> requests_per_hour;  // 0: no limit; absent: requests_per_hour_of() a site (settings.h)
};

struct NotifyTarget {
  enum class Kind { webhook, sns, exec } kind = Kind::webhook;
  base::Secret value;  // a URL or the reference to one; the topic's ARN; the command
  std::string shown;   // for people, without what may be a secret: "https://hooks.slack.com/...", "env:SLACK_URL"
  std::string place;   // "tabferry.yaml:7: notify.on_failure[0]"
};

struct NotifySettings {
  std::vector<NotifyTarget> on_failure, on_partial, on_success;  // on_partial: on_failure where the file says nothing
};

}  // namespace tabferry::app
