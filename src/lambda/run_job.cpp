#include "lambda/run_job.h"

#include "app/doctor.h"
#include "base/error.h"
#include "base/text.h"
#include "hyper/engine.h"

using tabferry::base::ErrorKind;

namespace tabferry::lambda {
namespace {

// The engine is larger than what a function's zip may hold.
void expect_engine(const app::Flags& flags) {
  try {
    (void)hyper::find_engine(flags.engine);
  } catch (const base::Error& error) {
    if (error.kind() != ErrorKind::not_found) throw;
    base::fail(
        ErrorKind::not_found,
        "publish needs the extract engine (hyperd), which this function does not have: the zip of a function has "
        "no room for it. Deploy the function from the container image, which holds it (docs/lambda.md)");
  }
}

// The reports of several data sources as one.
class Published {
 public:
  void add(const report::Report& report) {
    reports_.push_back(report::to_json(report));
    if (report.status == report::Status::failed) failed_.push_back(report.headline);
  }
  app::CommandEnd end(int code) const {
    report::Report report{.command = "publish", .headline = base::counted(reports_.size(), "data source")};
    if (!failed_.empty()) report.headline += fmt::format(", {} failed: {}", failed_.size(), base::join(failed_, "; "));
    if (code != 0) report.status = code == 3 ? report::Status::partial : report::Status::failed;
    report.details["reports"] = reports_;
    return {.report = std::move(report), .exit_code = code};
  }

 private:
  std::vector<doc::Json> reports_;
  std::vector<std::string> failed_;
};

class Doer {
 public:
  Doer(const Job& job, const app::Environment& environment, report::Reporter& reporter, const Deadline& deadline)
      : job_(job), environment_(environment), reporter_(reporter), deadline_(deadline) {}

  app::CommandEnd operator()(app::BackupRequest request) const {
    request.flags = job_.flags;
    request.deadline = deadline_.up();
    return app::backup(request, environment_, reporter_, deadline_.stop());
  }
  app::CommandEnd operator()(app::PublishRequest request) const {
    request.flags = job_.flags;
    if (!request.dry_run) expect_engine(job_.flags);
    Published published;
    const int code = app::publish(
        request, environment_, reporter_, [&](const report::Report& report) { published.add(report); },
        deadline_.stop());
    return published.end(code);
  }
  app::CommandEnd operator()(const VerifyRequest& request) const {
    return app::verify_snapshot(caller(), request.snapshot, request.full);
  }
  app::CommandEnd operator()(const app::PruneRequest& request) const { return app::prune_snapshots(caller(), request); }
  app::CommandEnd operator()(const DoctorRequest&) const {
    return {.report = app::doctor(job_.flags, environment_, reporter_, base::system_clock(), deadline_.stop())};
  }

 private:
  app::Caller caller() const { return {job_.flags, environment_, reporter_, deadline_.stop()}; }

  const Job& job_;
  const app::Environment& environment_;
  report::Reporter& reporter_;
  const Deadline& deadline_;
};

}  // namespace

app::CommandEnd run_job(const Job& job, const app::Environment& environment, report::Reporter& reporter,
                        const Deadline& deadline) {
  try {
    return std::visit(Doer(job, environment, reporter, deadline), job.request);
  } catch (const base::Error& error) {
    if (error.kind() != ErrorKind::cancelled || !deadline.up().stop_requested()) throw;
    base::fail(ErrorKind::refused,
               "{} took longer than this function may run: give it more time (15 minutes at most), or run it where "
               "there is no limit, in the Fargate task or on any machine",
               job.name);
  }
}

}  // namespace tabferry::lambda
