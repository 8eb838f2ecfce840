// tabferry-sim: the doors. Arguments in, exit code out.
#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <optional>

#include "base/error.h"
#include "base/tempdir.h"
#include "base/text.h"
#include "sim/server.h"
#include "sim/simulator.h"
#include "sim/workers.h"

namespace {

using namespace tabferry;

constexpr const char* kExamples = R"(Examples:
  tabferry-sim serve                                  a fresh demo site, gone when it stops
  tabferry-sim serve --port 8000 --data ./site        the same site again at the next start
  tabferry-sim serve --project 'Finance/Q1\/Q2'       with the projects Finance and, below it, Q1/Q2
  tabferry-sim serve --fail-job "Disk is full"        every publishing job fails with these notes

The demo site: site (content URL) demo; user admin, password admin; personal access token demo, secret demo-secret;
projects default and Finance/Daily. It serves this machine alone, and stops at SIGINT or SIGTERM.
Exit codes: 0 stopped as asked, 1 failed, 2 wrong usage, 5 refused (the folder is in use, no loopback address).)";

struct ServeOptions {
  std::string host = "127.0.0.1";
  int port = 0;
  std::string data;
  sim::SimulatorOptions simulator;
};

int exit_code_of(base::ErrorKind kind) {
  if (kind == base::ErrorKind::usage || kind == base::ErrorKind::config) return 2;
  return kind == base::ErrorKind::refused ? 5 : 1;
}

// The folder to serve from: the one asked for, or a private one that goes away with its owner.
std::filesystem::path folder_of(const ServeOptions& options, std::optional<base::TempDir>& temporary) {
  if (!options.data.empty()) return options.data;
  base::sweep_leftovers(base::default_temp_parent());
  return temporary.emplace(base::default_temp_parent()).path() / "site";
}

int serve(const ServeOptions& options) {
  sim::block_stop_signals();
  std::signal(SIGPIPE, SIG_IGN);
  std::optional<base::TempDir> temporary;
  sim::Simulator simulator(folder_of(options, temporary), options.simulator, base::system_clock());
  sim::Server server(simulator, options.host, options.port);
  std::cout << "tabferry-sim ready at " << server.url() << std::endl;
  server.run();
  std::cerr << "tabferry-sim stopped; faults: " << sim::to_text(simulator.faults.counts()) << "\n";
  return 0;
}

void declare_serve(CLI::App& app, ServeOptions& options) {
  auto& faults = options.simulator.faults;
  app.add_option("--host", options.host, "The loopback address to listen on")->capture_default_str();
  app.add_option("--port", options.port, "The port; 0 takes a free one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  app.add_option("--data", options.data, "The folder that the site lives in; it is made if missing");
  app.add_option("--project", options.simulator.projects,
                 "A project path to add ('\\/' is a slash in a name); repeatable")
      ->allow_extra_args(false);
  app.add_option("--expire-session-at", faults.expire_session_at,
                 "The N-th signed-in request finds its session dead (401002)")
      ->check(CLI::PositiveNumber);
  app.add_flag("--deny-publish", faults.deny_publish, "Nobody may publish (403007)");
  app.add_option("--fail-job", faults.fail_job, "Publishing jobs fail with these notes")
      ->check(
          [](const std::string& notes) { return notes.empty() ? std::string("the notes are empty") : std::string(); });
  app.add_option("--max-single-bytes", options.simulator.max_single_bytes,
                 "The largest file in one request, and the largest block")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A Tableau site on your own machine, for demos and tests.", "tabferry-sim");
  app.footer(kExamples);
  app.set_version_flag("--version", TABFERRY_VERSION);
  app.require_subcommand(1);
  ServeOptions options;
  CLI::App* serving = app.add_subcommand("serve", "Serve the site until SIGINT or SIGTERM");
  serving->footer(kExamples);
  declare_serve(*serving, options);
  try {
    app.parse(argc, argv);
    return serve(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const base::Error& error) {
    std::cerr << "tabferry-sim: " << error.what() << "\n";
    return exit_code_of(error.kind());
  } catch (const std::exception& error) {
    std::cerr << "tabferry-sim: " << error.what() << "\n";
    return 1;
  }
}
