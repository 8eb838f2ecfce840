// What a function was called with: an event -> a job. docs/lambda.md describes it for people.
//
//   {}                                                     a backup
//   an event of EventBridge ("source", "detail-type")      its "detail" where that is an object with a "job", as if it
//                                                          were the event; else a backup
//   {"job": "backup", "site", "only", "tags", "scope", "full", "resume"}
//   {"job": "backup.plan", the same, "shards": n}
//   {"job": "backup.work", "site", "snapshot", "shard": i, "of": n}      i from 0
//   {"job": "backup.seal", "site", "snapshot"}
//   {"job": "publish", "site", "datasources": [...], "dry_run"}
//   {"job": "verify", "site", "snapshot": "latest", "full"}
//   {"job": "prune", "site", "keep_last", ... "keep_yearly", "keep_tags", "tags", "dry_run"}
//   {"job": "doctor", "site"}
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "app/backup_command.h"
#include "app/publish_command.h"
#include "app/settings.h"
#include "app/snapshot_commands.h"

namespace tabferry::lambda {

struct VerifyRequest {
  std::string snapshot = "latest";
  bool full = false;
};
struct DoctorRequest {};

struct Job {
  std::string name;  // "backup.work"
  app::Flags flags;
  std::variant<app::BackupRequest, app::PublishRequest, VerifyRequest, app::PruneRequest, DoctorRequest> request;
};

// Throws Error{usage}: no JSON object, a job or a key that is not known (with "did you mean"), a value of another type.
Job job_of(std::string_view event);

}  // namespace tabferry::lambda
