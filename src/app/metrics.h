// What a run was, in numbers: a line of CloudWatch's embedded metric format, and a text file for Prometheus.
//
//   EMF
//   https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
//               namespace tabferry, dimensions [Command] and [Command, Site]; metrics Succeeded, Partial, Failed (0 or
//               1), Seconds, and where they are known Items, ItemsFailed, Bytes, BackupAgeHours
//   Prometheus  https://prometheus.io/docs/instrumenting/exposition_formats/, for node_exporter's textfile collector:
//               the same as tabferry_succeeded ... tabferry_backup_age_hours with the labels command and site (of
//               backup-work shard too), and tabferry_last_success_timestamp_seconds
//
// Of a run that continues later all three of Succeeded, Partial and Failed are 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "report/report.h"

namespace tabferry::app {

struct RunMetrics {
  std::string command;  // "backup"
  std::string site;     // its name in the configuration; "" where that is not known
  std::optional<unsigned> shard = {};  // of backup-work, from 0; absent where it is not known
  report::Status status = report::Status::done;
  double seconds = 0;
  report::Counts counts;
  std::optional<double> backup_age_hours;
};

// One line, without its end.
std::string emf_line(const RunMetrics& metrics, base::WallTime now);

// The whole file. `before`: the file as it is now, "" where there is none; what other commands, sites and shards wrote
// stays, and so does the time of this one's last success. A plan that succeeded takes away what its site's backup-work
// wrote: the next one may have fewer shards.
std::string prometheus_text(const RunMetrics& metrics, base::WallTime now, std::string_view before);

}  // namespace tabferry::app
