#include "lambda/run_job.h"

#include "app/doctor.h"
#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::lambda {
namespace {

std::string took_too_long(const std::string& job) {
  return fmt::format(
      "{} took longer than this function may run: give it more time (15 minutes at most), or run it where there is no "
      "limit, in the Fargate task or on any machine",
      job);
}

class Run {
 public:
  Run(const Job& job, const app::Environment& environment, report::Reporter& reporter, const Deadline& deadline)
      : job_(job), environment_(environment), reporter_(reporter), deadline_(deadline) {}

  app::CommandEnd operator()(app::BackupRequest request) const {
    request.flags = job_.flags;
    request.deadline = deadline_.up();
    return app::backup(request, environment_, reporter_, deadline_.stop());
  }
  app::CommandEnd operator()(app::PublishRequest request) const {
    request.flags = job_.flags;
    auto end = app::publish(request, environment_, reporter_, {}, deadline_.stop());
    if (end.report.status == report::Status::cancelled && deadline_.up().stop_requested())
      end.report.headline = fmt::format("{}. {}", took_too_long(job_.name), end.report.headline);
    return end;
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
    return std::visit(Run(job, environment, reporter, deadline), job.request);
  } catch (const base::Error& error) {
    if (error.kind() != ErrorKind::cancelled || !deadline.up().stop_requested()) throw;
    base::fail(ErrorKind::cancelled, "{}", took_too_long(job.name));
  }
}

}  // namespace tabferry::lambda
