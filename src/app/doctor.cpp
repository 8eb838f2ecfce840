#include "app/doctor.h"

#include <optional>

#include "app/doctor_checks.h"
#include "app/measured.h"
#include "base/text.h"

namespace fs = std::filesystem;
using Status = tabferry::app::Finding::Status;

namespace tabferry::app {
namespace {

const std::string kArea = "Configuration";

void load(Examination& examination, const Flags& flags, const Environment& environment, ReadSettings& settings) {
  examination.check(kArea, "file", [&]() -> Finding {
    settings = load_settings(flags, environment, examination.stop());
    return {.seen = fmt::format("{}: {}, {}", settings->file.string(), base::counted(settings->sites.size(), "site"),
                                base::counted(settings->datasources.size(), "data source"))};
  });
}

// "WHAT; CURE"
Finding finding_of(const std::string& warning) {
  const auto middle = warning.rfind("; ");
  if (middle == std::string::npos) return {.status = Status::warning, .seen = warning};
  return {.status = Status::warning, .seen = warning.substr(0, middle), .cure = warning.substr(middle + 2)};
}

Finding look_at_template(const publish::DatasourceSpec& spec) {
  std::error_code error;
  if (spec.template_file.empty())
    return {.status = Status::warning,
            .seen = fmt::format("the data source {} has no template: publish builds its extract and stops there",
                                base::quoted(spec.key)),
            .cure = fmt::format("Set datasources.{}.template; `tabferry publish {} --no-publish` builds the extract "
                                "from which Tableau Desktop makes one",
                                spec.key, spec.key)};
  if (!fs::exists(spec.template_file, error))
    return {.status = Status::warning,
            .seen = fmt::format("{} of the data source {} is not there: publish builds its extract and stops there",
                                base::quoted(spec.template_file.string(), 400), base::quoted(spec.key)),
            .cure = "Check the path; the first run of publish says how a template is made"};
  return {.seen = spec.template_file.string()};
}

void check_settings(Examination& examination, const Settings& settings) {
  for (const auto& warning : settings.warnings) examination.check(kArea, "safety", [&] { return finding_of(warning); });
  for (const auto& spec : settings.datasources)
    examination.check(kArea, "template", [&] { return look_at_template(spec); });
}

report::Report examine(const Flags& flags, const Environment& environment, report::Reporter& reporter,
                       const base::Clock& clock, ReadSettings& settings, std::stop_token stop) {
  Examination examination(reporter, clock, std::move(stop));
  load(examination, flags, environment, settings);
  if (settings) check_settings(examination, *settings);
  check_engine(examination, flags, !settings || !settings->datasources.empty());
  if (!settings) {
    examination.skip("Files, buckets, site", "all checks", "the configuration cannot be read");
    return report_of(examination.checks());
  }
  check_files(examination, *settings);
  check_store_folder(examination, *settings);
  check_buckets(examination, *settings);
  check_site(examination, *settings, flags.site, environment);
  check_notify(examination, *settings, environment);
  check_clock(examination);
  return report_of(examination.checks());
}

}  // namespace

report::Report doctor(const Flags& flags, const Environment& environment, report::Reporter& reporter,
                      const base::Clock& clock, std::stop_token stop) {
  const auto body = [&](ReadSettings& settings) -> CommandEnd {
    return {.report = examine(flags, environment, reporter, clock, settings, stop)};
  };
  return measured({"doctor", flags, environment, reporter, stop}, body).report;
}

}  // namespace tabferry::app
