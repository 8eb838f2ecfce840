// `metrics:`: where the numbers of a run go.
#include "app/settings_reading.h"

namespace tabferry::app {
namespace {

// A file on this machine, beside the configuration or at its whole path.
std::string local_file(const ConfigNode& node, const Locations& locations) {
  return locations.local_file(node).string();
}

}  // namespace

MetricsSettings usual_metrics(const Environment& environment) {
  return {.emf = environment("AWS_LAMBDA_RUNTIME_API") ? "stdout" : ""};
}

void read_metrics(const ConfigNode& root, Reading& reading) {
  auto& metrics = reading.settings.metrics;
  const auto map = root.find("metrics");
  if (map) map->expect_only({{"emf", "prometheus"}, {}});
  if (const auto node = map ? map->find("emf") : std::nullopt) {
    const auto word = node->name();
    metrics.emf = word == "stdout" || word == "stderr" ? word : local_file(*node, reading.locations);
    reading.origins.set(*node, metrics.emf);
  } else if (!metrics.emf.empty()) {
    reading.origins.elsewhere("metrics.emf", metrics.emf, "default under Lambda");
  }
  if (const auto node = map ? map->find("prometheus") : std::nullopt) {
    metrics.prometheus = local_file(*node, reading.locations);
    reading.origins.set(*node, metrics.prometheus.string());
  }
}

}  // namespace tabferry::app
