#include "app/publish_command.h"

#include <algorithm>
#include <map>
#include <set>

#include "app/measured.h"
#include "base/error.h"
#include "base/tempdir.h"
#include "base/text.h"
#include "hyper/engine.h"
#include "publish/outcome_report.h"

using tabferry::base::ErrorKind;
using tabferry::report::Status;

namespace tabferry::app {
namespace {

const publish::DatasourceSpec& find_spec(const Settings& settings, const std::string& key) {
  std::vector<std::string> keys;
  for (const auto& spec : settings.datasources) {
    if (spec.key == key) return spec;
    keys.push_back(spec.key);
  }
  base::fail(ErrorKind::usage, "there is no data source {} in {}; it has: {}", base::quoted(key),
             settings.file.string(), base::join(keys, ", "));
}

std::vector<const publish::DatasourceSpec*> chosen_specs(const Settings& settings,
                                                         const std::vector<std::string>& keys) {
  std::vector<const publish::DatasourceSpec*> chosen;
  if (settings.datasources.empty())
    base::fail(ErrorKind::config, "{} has no datasources: there is nothing to publish", settings.file.string());
  if (keys.empty())
    for (const auto& spec : settings.datasources) chosen.push_back(&spec);
  for (const auto& key : keys) chosen.push_back(&find_spec(settings, key));
  return chosen;
}

// Two data sources whose files would have one name: the second would replace the first.
void check_outputs(const std::vector<const publish::DatasourceSpec*>& specs) {
  std::map<std::string, std::string> keys;
  for (const auto* spec : specs) {
    const auto [other, fresh] = keys.emplace(publish::file_name_for(spec->name, ""), spec->key);
    if (!fresh)
      base::fail(ErrorKind::usage,
                 "the data sources {} and {} would both be built as {}; build them one by one, each with an --output "
                 "of its own",
                 base::quoted(other->second), base::quoted(spec->key), base::quoted(other->first));
  }
}

// One session for all data sources of the run: a second sign-in with the same token would end the first. Signs in when
// the first data source needs it, which is before its data is read.
class Destinations {
 public:
  Destinations(const SiteSettings& site, tableau::SiteOptions options, report::Reporter& reporter)
      : server_(site.server),
        name_(site.name),
        uplink_(site.uplink),
        reporter_(reporter),
        site_(told_of_waits(std::move(options), reporter), base::system_clock()) {}

  publish::Destination find(const std::string& project, std::stop_token stop) {
    if (failure_) throw *failure_;  // asked once: a wrong password tried for every data source would lock the account
    if (projects_.empty()) sign_in(stop);
    return {.site = &site_, .server = server_, .project = tableau::find_project(projects_, project), .uplink = uplink_};
  }

 private:
  static tableau::SiteOptions told_of_waits(tableau::SiteOptions options, report::Reporter& reporter) {
    options.retry.on_wait = [&reporter](const std::string& what) { reporter.step(what); };
    return options;
  }

  void sign_in(std::stop_token stop) {
    reporter_.step(fmt::format("signing in to {} (site {})", server_, name_));
    try {
      site_.sign_in(stop);
      projects_ = site_.projects(stop);
    } catch (const base::Error& error) {
      failure_ = error;
      throw;
    }
  }

  std::string server_;
  std::string name_;
  uint64_t uplink_;
  report::Reporter& reporter_;
  tableau::Site site_;
  std::vector<tableau::Project> projects_;
  std::optional<base::Error> failure_;
};

// What one run needs beside its plan.
struct Wiring {
  const PublishRequest& request;
  publish::RunOptions options;
  Destinations* destinations;  // null with --no-publish and --dry-run
  report::Reporter& reporter;
  std::stop_token stop;
};

report::Report publish_one(const publish::DatasourceSpec& spec, const Wiring& wiring) {
  const auto plan = publish::make_plan(spec, wiring.stop);
  if (wiring.request.dry_run)
    return publish::report_of(plan,
                              spec.from_sample ? publish::gaps_of_sample(spec, plan) : std::vector<std::string>{});
  std::optional<publish::Destination> destination;
  if (wiring.destinations != nullptr && plan.swap_into)
    destination = wiring.destinations->find(spec.project, wiring.stop);
  const auto outcome =
      publish::run(plan, wiring.options, destination, wiring.reporter, base::system_clock(), wiring.stop);
  auto report = publish::report_of(plan, outcome, destination);
  if (!wiring.request.publish) report.status = Status::done;  // built, as asked
  return report;
}

// The data sources of a run as one end: each one's report below it, and a failure of all for one reason by its name.
class Published {
 public:
  void add(const report::Report& report) {
    reports_.push_back(report::to_json(report));
    codes_.push_back(report.status == Status::partial ? 3 : 0);
  }
  void add(const report::Report& report, ErrorKind kind) {
    reports_.push_back(report::to_json(report));
    codes_.push_back(base::exit_code(kind));
    failed_.push_back(report.headline);
    kinds_.insert(kind);
  }

  CommandEnd end() const {
    const int code = exit_code();
    report::Report report{.command = "publish",
                          .status = code == 0     ? Status::done
                                    : code == 3   ? Status::partial
                                    : code == 130 ? Status::cancelled
                                                  : Status::failed,
                          .headline = headline()};
    report.counts = {.items = codes_.size(), .failed = failed_.size()};
    report.details = {{"items", codes_.size()}, {"failures", failed_.size()}, {"reports", reports_}};
    if (report.status == Status::cancelled || (report.status == Status::failed && kinds_.size() == 1)) {
      const auto kind = report.status == Status::cancelled ? ErrorKind::cancelled : *kinds_.begin();
      report.details["error"] = {{"kind", base::name_of(kind)}, {"message", report.headline}};
    }
    return {.report = std::move(report), .exit_code = code};
  }

 private:
  // One failure speaks for itself, a mix is 3.
  int exit_code() const {
    if (kinds_.contains(ErrorKind::cancelled)) return base::exit_code(ErrorKind::cancelled);
    const bool all_equal = std::all_of(codes_.begin(), codes_.end(), [&](int code) { return code == codes_.front(); });
    if (all_equal) return codes_.empty() ? 0 : codes_.front();
    return std::any_of(codes_.begin(), codes_.end(), [](int code) { return code == 0 || code == 3; }) ? 3 : 1;
  }
  std::string headline() const {
    const auto count = base::counted(codes_.size(), "data source");
    if (failed_.empty()) return count;
    if (codes_.size() == 1) return failed_.front();
    return fmt::format("{}, {} failed: {}", count, failed_.size(), base::join(failed_, "; "));
  }

  std::vector<doc::Json> reports_;
  std::vector<int> codes_;
  std::vector<std::string> failed_;
  std::set<ErrorKind> kinds_;
};

// The engine is larger than what a function's zip may hold.
std::filesystem::path engine_of(const Flags& flags, const Environment& environment) {
  try {
    return hyper::find_engine(flags.engine);
  } catch (const base::Error& error) {
    if (error.kind() != ErrorKind::not_found || !environment("AWS_LAMBDA_RUNTIME_API")) throw;
    base::fail(
        ErrorKind::not_found,
        "publish needs the extract engine (hyperd), which this function does not have: the zip of a function has "
        "no room for it. Deploy the function from the container image, which holds it (docs/lambda.md)");
  }
}

using Tell = std::function<void(const report::Report&)>;

CommandEnd publish_all(const PublishRequest& request, const Environment& environment, report::Reporter& reporter,
                       const Tell& tell, ReadSettings& read, std::stop_token stop) {
  const auto& settings = read.emplace(load_settings(request.flags, environment, stop));
  for (const auto& warning : settings.warnings) reporter.warning(warning);
  const auto specs = chosen_specs(settings, request.datasources);
  if (!request.publish) check_outputs(specs);
  const auto* site = request.publish ? &choose_site(settings, request.flags.site) : nullptr;
  const auto temp_parent = base::default_temp_parent();
  std::optional<Destinations> destinations;
  publish::RunOptions options{.engine_program = {}, .temp_parent = temp_parent, .output_folder = request.output_folder};
  if (!request.dry_run) {
    for (const auto& left : base::sweep_leftovers(temp_parent))
      reporter.step(fmt::format("removed what a killed run left in {}", left.string()));
    options.engine_program = engine_of(request.flags, environment);
    if (site != nullptr)
      destinations.emplace(*site, site_options(*site, settings, environment, tableau::Purpose::publish), reporter);
  }
  const Wiring wiring{request, options, destinations ? &*destinations : nullptr, reporter, stop};
  Published published;
  for (const auto* spec : specs) {
    try {
      const auto report = publish_one(*spec, wiring);
      if (tell) tell(report);
      published.add(report);
    } catch (const std::exception& failure) {
      const auto error = as_error(failure);
      const auto report = publish::report_of_failure(spec->key, error);
      if (tell) tell(report);
      published.add(report, error.kind());
      if (error.kind() == ErrorKind::cancelled) break;
    }
  }
  return published.end();
}

}  // namespace

CommandEnd publish(const PublishRequest& request, const Environment& environment, report::Reporter& reporter,
                   const std::function<void(const report::Report&)>& tell, std::stop_token stop) {
  const auto body = [&](ReadSettings& read) { return publish_all(request, environment, reporter, tell, read, stop); };
  if (ReadSettings unmeasured; request.dry_run) return body(unmeasured);
  return measured({"publish", request.flags, environment, reporter, stop}, body);
}

}  // namespace tabferry::app
