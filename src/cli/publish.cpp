#include "app/publish_command.h"
#include "cli/commands.h"
#include "cli/result.h"

namespace tabferry::cli {
namespace {

constexpr const char* kFooter =
    "\nExit codes: 0 published, 1 failed, 2 usage or config, 3 done in part (several data sources, or no template "
    "yet),\n"
    "5 refused by a guard (no row at all), 130 cancelled. Unless the message says otherwise, a failure leaves the site "
    "as it was.\n\n"
    "Examples:\n"
    "  tabferry publish                            every data source of ./tabferry.yaml (or ./config.json)\n"
    "  tabferry publish sales --dry-run            which files, which table, which target; reads no data, signs in "
    "nowhere\n"
    "  tabferry publish sales --no-publish -o out  builds out/<name>.hyper and out/<name>.tdsx only\n"
    "  tabferry publish -c nightly.yaml --site prod --json | jq .rows\n";

// What failed is read where messages are, by people; scripts read all of it from stdout.
void tell(const report::Report& report, bool json, Terminal& terminal) {
  const bool failed = report.status == report::Status::failed || report.status == report::Status::cancelled;
  print({.report = report}, json, terminal, failed ? std::cerr : std::cout);
}

}  // namespace

Run add_publish(CLI::App& command) {
  const auto common = add_common(command);
  const auto request = std::make_shared<app::PublishRequest>();
  const auto no_publish = std::make_shared<bool>(false);
  request->output_folder = "tabferry-out";
  command.add_option("DATASOURCE", request->datasources, "which of the config's data sources (else all of them)");
  command.add_flag("--no-publish", *no_publish, "build the extract and the package, and keep them; publish nothing");
  command.add_flag("-n,--dry-run", request->dry_run, "show what would be done");
  command.add_option("-o,--output", request->output_folder, "the folder for what is kept")->capture_default_str();
  command.footer(kFooter);
  return [=](std::stop_token stop) {
    request->flags = common->flags;
    request->publish = !*no_publish;
    Terminal terminal(form_for(common->quiet));
    const auto tell_one = [&](const report::Report& report) { tell(report, common->json, terminal); };
    return app::publish(*request, app::process_environment(), terminal, tell_one, stop).exit_code;
  };
}

}  // namespace tabferry::cli
