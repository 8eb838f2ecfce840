#include "app/metrics.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "base/text.h"

using tabferry::report::Status;

namespace tabferry::app {
namespace {

struct Metric {
  std::string_view name, unit;         // of CloudWatch
  std::string_view prometheus, words;  // "" is none
};
constexpr std::array kMetrics = {
    Metric{"Succeeded", "Count", "tabferry_succeeded", "Whether the last run did all that it should."},
    Metric{"Partial", "Count", "tabferry_partial", "Whether the last run did a part of it."},
    Metric{"Failed", "Count", "tabferry_failed", "Whether the last run failed."},
    Metric{"Seconds", "Seconds", "tabferry_seconds", "How long the last run took."},
    Metric{"Items", "Count", "tabferry_items", "Items of the last run."},
    Metric{"ItemsFailed", "Count", "tabferry_items_failed", "Items of the last run that failed."},
    Metric{"Bytes", "Bytes", "tabferry_bytes", "Bytes that the last run moved."},
    Metric{"BackupAgeHours", "None", "tabferry_backup_age_hours",
           "Age of the newest complete backup at the end of the last run."},
};
constexpr std::string_view kLastSuccess = "tabferry_last_success_timestamp_seconds";

bool is_failed(Status status) { return status == Status::failed || status == Status::cancelled; }

// In the order of kMetrics; absent where it is not known.
std::array<std::optional<double>, kMetrics.size()> values_of(const RunMetrics& metrics) {
  const auto number = [](const std::optional<uint64_t>& value) {
    return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
  };
  return {metrics.status == Status::done ? 1.0 : 0.0,
          metrics.status == Status::partial ? 1.0 : 0.0,
          is_failed(metrics.status) ? 1.0 : 0.0,
          metrics.seconds,
          number(metrics.counts.items),
          number(metrics.counts.failed),
          number(metrics.counts.bytes),
          metrics.backup_age_hours};
}

// A whole number without a fraction, as a number of JSON.
doc::Json json_of(double value) {
  if (value == std::floor(value) && std::abs(value) < 9e15) return static_cast<int64_t>(value);
  return std::round(value * 1000) / 1000;
}

std::string label_of(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '"') escaped += '\\';
    if (c == '\n')
      escaped += "\\n";
    else
      escaped += c;
  }
  return escaped;
}

std::string labels_of(std::string_view command, std::string_view site, std::string_view more) {
  return fmt::format("{{command=\"{}\",site=\"{}\"{}", label_of(command), label_of(site), more);
}

// Which lines of the file a run writes, and which ones it makes void.
class Own {
 public:
  explicit Own(const RunMetrics& metrics)
      : labels_(labels_of(metrics.command, metrics.site,
                          metrics.shard ? fmt::format(",shard=\"{}\"}} ", *metrics.shard) : "} ")) {
    if (metrics.shard) void_ = labels_of(metrics.command, metrics.site, "} ");  // of a worker that did not know its own
    if (metrics.command == "backup-plan" && metrics.status == Status::done)
      void_ = labels_of("backup-work", metrics.site, "");
  }

  const std::string& labels() const { return labels_; }
  void drop_void(std::vector<std::string>& lines) const {
    if (!void_.empty()) std::erase_if(lines, [&](const std::string& line) { return line.starts_with(void_); });
  }
  void drop_old(std::vector<std::string>& lines) const {
    std::erase_if(lines, [&](const std::string& line) { return line.starts_with(labels_); });
  }

 private:
  std::string labels_, void_;
};

// name -> "{labels} value" lines, of the file as it was.
using Samples = std::map<std::string, std::vector<std::string>, std::less<>>;

Samples samples_in(std::string_view text) {
  Samples samples;
  for (const auto line : base::split(text, '\n')) {
    const auto brace = line.find('{');
    if (line.starts_with('#') || brace == std::string_view::npos) continue;
    samples[std::string(line.substr(0, brace))].emplace_back(line.substr(brace));
  }
  return samples;
}

void write_family(std::string& text, std::string_view name, std::string_view words,
                  const std::vector<std::string>& samples) {
  if (samples.empty()) return;
  text += fmt::format("# HELP {} {}\n# TYPE {} gauge\n", name, words, name);
  for (const auto& sample : samples) text += fmt::format("{}{}\n", name, sample);
}

}  // namespace

std::string emf_line(const RunMetrics& metrics, base::WallTime now) {
  const auto values = values_of(metrics);
  doc::Json dimensions = doc::Json::array({doc::Json::array({"Command"})});
  if (!metrics.site.empty()) dimensions.push_back(doc::Json::array({"Command", "Site"}));
  doc::Json names = doc::Json::array();
  doc::Json line = {{"Command", metrics.command}};
  if (!metrics.site.empty()) line["Site"] = metrics.site;
  for (size_t i = 0; i < kMetrics.size(); ++i) {
    if (!values[i]) continue;
    names.push_back({{"Name", kMetrics[i].name}, {"Unit", kMetrics[i].unit}});
    line[std::string(kMetrics[i].name)] = json_of(*values[i]);
  }
  line["_aws"] = {{"Timestamp", now.time_since_epoch().count()},
                  {"CloudWatchMetrics",
                   doc::Json::array({{{"Namespace", "tabferry"}, {"Dimensions", dimensions}, {"Metrics", names}}})}};
  return doc::to_line(line);
}

std::string prometheus_text(const RunMetrics& metrics, base::WallTime now, std::string_view before) {
  const auto values = values_of(metrics);
  const Own own(metrics);
  auto samples = samples_in(before);
  for (auto& [name, lines] : samples) own.drop_void(lines);
  std::string text;
  for (size_t i = 0; i < kMetrics.size(); ++i) {
    auto& lines = samples[std::string(kMetrics[i].prometheus)];
    own.drop_old(lines);
    if (values[i]) lines.push_back(own.labels() + doc::to_line(json_of(*values[i])));
    write_family(text, kMetrics[i].prometheus, kMetrics[i].words, lines);
  }
  auto& successes = samples[std::string(kLastSuccess)];
  if (metrics.status == Status::done) {
    own.drop_old(successes);
    successes.push_back(own.labels() + fmt::format("{}", now.time_since_epoch().count() / 1000));
  }
  write_family(text, kLastSuccess, "When the last run succeeded, as a Unix time.", successes);
  return text;
}

}  // namespace tabferry::app
