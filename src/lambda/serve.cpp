#include "lambda/serve.h"

#include <aws/lambda-runtime/runtime.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "lambda/answer.h"
#include "lambda/deadline.h"
#include "lambda/event.h"
#include "lambda/run_job.h"

namespace runtime = ::aws::lambda_runtime;
using tabferry::base::ErrorKind;

namespace tabferry::lambda {
namespace {

constexpr int kTries = 3;  // of a request for an event

// "backup.plan" is backup-plan in every report, whoever ran it and however it ended.
std::string command_of(std::string job) {
  std::replace(job.begin(), job.end(), '.', '-');
  return job;
}

// Who waits for an event waits in a call that nothing interrupts, and has nothing to lose.
class Idle {
 public:
  explicit Idle(std::stop_token stop)
      : stop_(stop), at_stop_(std::move(stop), [this] {
          if (is_idle_) ::_exit(0);
        }) {}

  void begin() {
    is_idle_ = true;
    if (stop_.stop_requested()) ::_exit(0);
  }
  void end() { is_idle_ = false; }

 private:
  std::stop_token stop_;
  std::atomic<bool> is_idle_ = false;
  std::stop_callback<std::function<void()>> at_stop_;  // last: it uses the above
};

class Invocation {
 public:
  Invocation(const runtime::invocation_request& request, report::Reporter& reporter, std::stop_token stop)
      : request_(request),
        reporter_(reporter),
        began_(base::system_clock().steady_now()),
        deadline_(ends_of(request), base::system_clock(), std::move(stop)) {}

  runtime::invocation_response run() const {
    std::string name = "event";
    try {
      const auto job = job_of(request_.payload);
      name = job.name;
      reporter_.step(fmt::format("{}: request {}", name, base::quoted(request_.request_id)));
      const auto end = run_job(job, app::process_environment(), reporter_, deadline_);
      if (end.report.status == report::Status::failed || end.report.status == report::Status::cancelled)
        return failed(failure_of(end.report, took()), end.report.headline);
      reporter_.step(fmt::format("{}: {}", name, report::name_of(end.report.status)));
      return {answer_of(end.report, took()), "application/json", true, ""};
    } catch (const std::exception& failure) {
      const auto error = app::as_error(failure);
      return failed(failure_of(error, app::report_of_failure(command_of(name), error), took()), error.what());
    }
  }

 private:
  static std::optional<base::WallTime> ends_of(const runtime::invocation_request& request) {
    if (request.deadline.time_since_epoch().count() == 0) return std::nullopt;
    return std::chrono::floor<std::chrono::milliseconds>(request.deadline);
  }

  std::chrono::milliseconds took() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(base::system_clock().steady_now() - began_);
  }

  runtime::invocation_response failed(const std::string& body, const std::string& why) const {
    reporter_.warning("failed: " + why);
    return {body, "application/json", false, ""};
  }

  const runtime::invocation_request& request_;
  report::Reporter& reporter_;
  base::SteadyTime began_;
  Deadline deadline_;
};

void post(runtime::runtime& api, const runtime::invocation_request& request,
          const runtime::invocation_response& response, report::Reporter& reporter) {
  const auto sent = response.is_success() ? api.post_success(request.request_id, response, request.invocation_id)
                                          : api.post_failure(request.request_id, response, request.invocation_id);
  if (!sent.is_success())
    reporter.warning(fmt::format("Lambda did not take the answer to {}: status {}", base::quoted(request.request_id),
                                 static_cast<int>(sent.get_failure())));
}

std::string api_address() {
  const auto address = app::process_environment()("AWS_LAMBDA_RUNTIME_API").value_or("");
  if (address.empty())
    base::fail(ErrorKind::usage,
               "this is the runtime of an AWS Lambda function, and AWS_LAMBDA_RUNTIME_API, which Lambda sets, is not "
               "set; outside of a function the commands do the same: tabferry backup");
  return "http://" + address;
}

}  // namespace

int serve(report::Reporter& reporter, std::stop_token stop) {
  runtime::runtime api(api_address());
  Idle idle(stop);
  for (int failures = 0; failures < kTries;) {
    idle.begin();
    const auto next = api.get_next();
    idle.end();
    if (!next.is_success()) {
      ++failures;
      continue;
    }
    failures = 0;
    const auto& request = next.get_result();
    post(api, request, Invocation(request, reporter, stop).run(), reporter);
    if (stop.stop_requested()) return 0;
  }
  reporter.warning("the Lambda Runtime API gave no event: this function's environment ends");
  return 1;
}

}  // namespace tabferry::lambda
