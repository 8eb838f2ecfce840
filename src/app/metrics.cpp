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
  const auto ours = fmt::format("{{command=\"{}\",site=\"{}\"}} ", label_of(metrics.command), label_of(metrics.site));
  auto samples = samples_in(before);
  std::string text;
  for (size_t i = 0; i < kMetrics.size(); ++i) {
    auto& lines = samples[std::string(kMetrics[i].prometheus)];
    std::erase_if(lines, [&](const std::string& line) { return line.starts_with(ours); });
    if (values[i]) lines.push_back(ours + doc::to_line(json_of(*values[i])));
    write_family(text, kMetrics[i].prometheus, kMetrics[i].words, lines);
  }
  auto& successes = samples[std::string(kLastSuccess)];
  if (metrics.status == Status::done) {
    std::erase_if(successes, [&](const std::string& line) { return line.starts_with(ours); });
    successes.push_back(ours + fmt::format("{}", now.time_since_epoch().count() / 1000));
  }
  write_family(text, kLastSuccess, "When the last run succeeded, as a Unix time.", successes);
  return text;
}

}  // namespace tabferry::app
