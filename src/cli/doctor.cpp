#include "app/doctor.h"

#include "cli/commands.h"
#include "cli/result.h"

namespace tabferry::cli {
namespace {

constexpr const char* kFooter =
    "\nTries the configuration, the engine, every bucket and file that the data sources name, the store, the site, "
    "notify and the clock.\n"
    "Each check takes 5 seconds at most. It signs in to the site and out again: with a personal access token that ends "
    "a session\n"
    "which another run has with the same token (it signs in again by itself). Below `store:` it writes one small "
    "object and deletes it.\n\n"
    "Exit codes: 0 nothing wrong (warnings are allowed), 2 usage, 4 a problem was found, 130 cancelled.\n\n"
    "Examples:\n"
    "  tabferry doctor                             the configuration's first site and all of its data sources\n"
    "  tabferry doctor -c nightly.yaml --site test\n"
    "  tabferry doctor --json | jq -r '.checks[] | select(.status == \"problem\") | .seen, .cure'\n"
    "  tabferry doctor && tabferry publish         in a cron job: no half night's load before a token turns out to be "
    "dead\n";

}  // namespace

Run add_doctor(CLI::App& command) {
  const auto common = add_common(command);
  command.footer(kFooter);
  return [=](std::stop_token stop) {
    Terminal terminal(form_for(common->quiet));
    auto report = app::doctor(common->flags, app::process_environment(), terminal, base::system_clock(), stop);
    const int code = report.status == report::Status::failed ? app::kFoundProblem : 0;
    return print({.report = std::move(report), .exit_code = code}, common->json, terminal);
  };
}

}  // namespace tabferry::cli
