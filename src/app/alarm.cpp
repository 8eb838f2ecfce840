#include "app/alarm.h"

#include "app/notify.h"
#include "report/visible.h"

namespace tabferry::app {
namespace {

std::vector<std::string> lines_of(const Watched& watched, const base::Error& error) {
  constexpr size_t kWhy = 7;
  std::vector<std::string> lines = {fmt::format("{}: FAILED.", watched.what)};
  const std::string why = error.what();
  for (const auto line : report::first_lines(why, kWhy)) lines.emplace_back(line);
  lines.push_back(watched.now);
  lines.push_back(fmt::format("To do: mend what is named above and run `{}` again.", watched.retry));
  return lines;
}

}  // namespace

CommandEnd with_alarm(const Caller& caller, const Settings& settings, const Watched& watched,
                      const std::function<Told()>& body) {
  try {
    auto told = body();
    if (told.end.report.status != report::Status::done)
      notify(told.end.report, told.lines, settings, caller.environment, caller.reporter, caller.stop);
    return std::move(told.end);
  } catch (const std::exception& failure) {
    const auto error = as_error(failure);
    notify(report_of_failure(watched.command, error), lines_of(watched, error), settings, caller.environment,
           caller.reporter, caller.stop);
    throw error;
  }
}

}  // namespace tabferry::app
