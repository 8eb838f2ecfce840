// The checks of those who are told: their addresses can be had. Nothing is sent.
#include <set>

#include "app/doctor_checks.h"
#include "app/notify.h"

namespace tabferry::app {
namespace {

Finding look_at(const NotifyTarget& target, const Settings& settings, const Environment& environment,
                std::stop_token stop) {
  if (target.kind != NotifyTarget::Kind::webhook) return {.seen = target.shown + " (not tried)"};
  const auto shown = shown_address(target, settings, environment, std::move(stop));
  const std::string leads = shown == target.shown ? "" : " leads to " + shown;
  return {.seen = fmt::format("{}{} (nothing was sent)", target.shown, leads)};
}

}  // namespace

void check_notify(Examination& examination, const Settings& settings, const Environment& environment) {
  std::set<std::string> seen;  // on_partial is as on_failure where the file says nothing
  const auto check = [&](const std::string& name, const std::vector<NotifyTarget>& targets) {
    for (const auto& target : targets)
      if (seen.insert(target.place).second)
        examination.check("Notify", name, [&] { return look_at(target, settings, environment, examination.stop()); });
  };
  check("on_failure", settings.notify.on_failure);
  check("on_partial", settings.notify.on_partial);
  check("on_success", settings.notify.on_success);
}

}  // namespace tabferry::app
