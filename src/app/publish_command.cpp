#include "app/publish_command.h"

#include <algorithm>
#include <map>

#include "app/command_end.h"
#include "app/measured.h"
#include "base/error.h"
#include "base/tempdir.h"
#include "base/text.h"
#include "hyper/engine.h"
#include "publish/outcome_report.h"

using tabferry::base::ErrorKind;

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
  if (!wiring.request.publish) report.status = report::Status::done;  // built, as asked
  return report;
}

// The exit code of a whole run: one failure speaks for itself, a mix is 3.
class ExitCode {
 public:
  void add(int code) { codes_.push_back(code); }
  int value() const {
    if (std::find(codes_.begin(), codes_.end(), 130) != codes_.end()) return 130;
    const bool all_equal = std::all_of(codes_.begin(), codes_.end(), [&](int code) { return code == codes_.front(); });
    if (all_equal) return codes_.empty() ? 0 : codes_.front();
    return std::any_of(codes_.begin(), codes_.end(), [](int code) { return code == 0 || code == 3; }) ? 3 : 1;
  }

 private:
  std::vector<int> codes_;
};

using Tell = std::function<void(const report::Report&)>;

int publish_all(const PublishRequest& request, const Environment& environment, report::Reporter& reporter,
                const Tell& tell, std::stop_token stop) {
  const auto settings = load_settings(request.flags, environment, stop);
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
    options.engine_program = hyper::find_engine(request.flags.engine);
    if (site != nullptr)
      destinations.emplace(*site, site_options(*site, settings, environment, tableau::Purpose::publish), reporter);
  }
  const Wiring wiring{request, options, destinations ? &*destinations : nullptr, reporter, stop};
  ExitCode exit;
  for (const auto* spec : specs) {
    try {
      const auto report = publish_one(*spec, wiring);
      tell(report);
      exit.add(report.status == report::Status::partial ? 3 : 0);
    } catch (const std::exception& failure) {
      const auto error = as_error(failure);
      tell(publish::report_of_failure(spec->key, error));
      exit.add(base::exit_code(error.kind()));
      if (error.kind() == ErrorKind::cancelled) break;
    }
  }
  return exit.value();
}

// The data sources of one run as its items.
struct Published {
  uint64_t items = 0, failed = 0;
  void count(const report::Report& report) {
    ++items;
    failed += report.status == report::Status::failed || report.status == report::Status::cancelled ? 1U : 0U;
  }
};

report::Report report_of(const Published& published, int code) {
  report::Report report{.command = "publish",
                        .status = code == 0   ? report::Status::done
                                  : code == 3 ? report::Status::partial
                                              : report::Status::failed};
  report.details = {{"items", published.items}, {"failures", published.failed}};
  return report;
}

}  // namespace

int publish(const PublishRequest& request, const Environment& environment, report::Reporter& reporter,
            const std::function<void(const report::Report&)>& tell, std::stop_token stop) {
  if (request.dry_run) return publish_all(request, environment, reporter, tell, stop);
  const auto body = [&]() -> CommandEnd {
    Published published;
    const auto count = [&](const report::Report& report) { published.count(report), tell(report); };
    const int code = publish_all(request, environment, reporter, count, stop);
    return {.report = report_of(published, code), .exit_code = code};
  };
  return measured({"publish", request.flags, environment, reporter}, body).exit_code;
}

}  // namespace tabferry::app
