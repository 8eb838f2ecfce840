// tabferry-sim: the doors. Arguments in, exit code out.
#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <optional>

#include "base/error.h"
#include "base/tempdir.h"
#include "base/text.h"
#include "sim/core/simulator.h"
#include "sim/faults/control.h"
#include "sim/http/server.h"
#include "sim/http/workers.h"
#include "sim/make/command.h"

namespace {

using namespace tabferry;

constexpr const char* kExamples = R"(Examples:
  tabferry-sim serve                                  a fresh demo site, gone when it stops
  tabferry-sim serve --port 8000 --data ./site        the same site again at the next start
  tabferry-sim serve --project 'Finance/Q1\/Q2'       with the projects Finance and, below it, Q1/Q2
  tabferry-sim serve --fail-job "Disk is full"        every publishing job fails with these notes
  tabferry-sim serve --fault 429=5@10+ --fault 'truncate@1 on GET **/workbooks/*/content' --control-port 0

The demo site: site (content URL) demo; user admin, password admin; personal access token demo, secret demo-secret;
projects default and Finance/Daily. It serves this machine alone, and stops at SIGINT or SIGTERM.
Exit codes: 0 stopped as asked, 1 failed, 2 wrong usage, 5 refused (the folder is in use, no loopback address).)";

struct ServeOptions {
  std::string host = "127.0.0.1";
  int port = 0;
  std::optional<int> control_port;
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

// For people: which site this is, so that a mistyped folder shows.
std::string described(sim::Simulator& simulator) {
  return simulator.locked([&](const sim::World& world) {
    const auto count = [&](sim::Kind kind) { return world.site.all(kind).size(); };
    return fmt::format("the {} site '{}': {}, {}, {}",
                       simulator.options.profile == sim::Profile::cloud ? "Cloud" : "Server",
                       world.site.self().get("contentUrl"), base::counted(count(sim::Kind::user), "user"),
                       base::counted(count(sim::Kind::workbook), "workbook"),
                       base::counted(count(sim::Kind::datasource), "data source"));
  });
}

int serve(const ServeOptions& options) {
  sim::block_stop_signals();
  std::signal(SIGPIPE, SIG_IGN);
  std::optional<base::TempDir> temporary;
  sim::Simulator simulator(folder_of(options, temporary), options.simulator, base::system_clock());
  sim::Server server(simulator, options.host, options.port);
  std::optional<sim::Control> control;
  if (options.control_port) control.emplace(simulator.faults, simulator.requests, *options.control_port);
  std::cerr << "tabferry-sim: " << described(simulator) << "\n";
  std::cout << "tabferry-sim ready at " << server.url() << std::endl;
  if (control) std::cout << "tabferry-sim control at " << control->url() << std::endl;
  server.run();
  std::cerr << "tabferry-sim stopped; faults: " << simulator.faults.summary() << "\n";
  return 0;
}

void declare_faults(CLI::App& app, ServeOptions& options) {
  auto& faults = options.simulator.faults;
  app.add_option_function<std::vector<std::string>>(
         "--fault",
         [&](const std::vector<std::string>& texts) {
           for (const auto& text : texts) faults.push_back(sim::parse_fault(text));
         },
         "Bad weather to order, as listed below; repeatable")
      ->allow_extra_args(false)
      ->option_text("KIND[=VALUE]@WHICH[ on METHOD PATH-GLOB]");
  app.add_option("--fault-seed", options.simulator.fault_seed, "Where the dice of faults with a chance begin")
      ->capture_default_str();
  app.add_option("--control-port", options.control_port,
                 "A port to order faults on and to read what they did (0: a free one)")
      ->check(CLI::Range(0, 65535));
  app.add_option_function<uint64_t>(
         "--expire-session-at",
         [&](uint64_t n) { faults.push_back(sim::parse_fault(fmt::format("expire-session@{}", n))); },
         "The N-th signed-in request finds its session dead (401002): --fault expire-session@N")
      ->check(CLI::PositiveNumber);
  app.add_flag_callback(
      "--deny-publish", [&] { faults.push_back(sim::always(sim::FaultKind::deny_publish)); },
      "Nobody may publish (403007): --fault deny-publish@1+");
  app.add_option_function<std::string>(
         "--fail-job",
         [&](const std::string& notes) { faults.push_back(sim::always(sim::FaultKind::fail_job, notes)); },
         "Publishing jobs fail with these notes: --fault fail-job=NOTES@1+")
      ->check(
          [](const std::string& notes) { return notes.empty() ? std::string("the notes are empty") : std::string(); });
}

void declare_serve(CLI::App& app, ServeOptions& options) {
  app.add_option("--host", options.host, "The loopback address to listen on")->capture_default_str();
  app.add_option("--port", options.port, "The port; 0 takes a free one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  app.add_option("--data", options.data, "The folder that the site lives in; it is made if missing")
      ->check([](const std::string& folder) { return folder.empty() ? "the folder has no name" : std::string(); });
  app.add_option("--project", options.simulator.projects,
                 "A project path to add ('\\/' is a slash in a name); repeatable")
      ->allow_extra_args(false);
  app.add_option_function<std::string>(
         "--profile",
         [&options](const std::string& text) {
           const std::string word = base::lower(text);
           if (word != "server" && word != "cloud")
             base::fail(base::ErrorKind::usage, "{} is no profile: there are server and cloud", base::quoted(text));
           options.simulator.profile = word == "cloud" ? sim::Profile::cloud : sim::Profile::server;
         },
         "Answer as Tableau Server or as Tableau Cloud")
      ->option_text("server|cloud [server]");
  app.add_option_function<std::string>(
         "--api", [&options](const std::string& text) { options.simulator.api = sim::parse_api_version(text); },
         "The newest version of the REST API it speaks")
      ->option_text("3.N [3.29]");
  app.add_option("--without", options.simulator.without, "A feature it has no licence for (403157); repeatable")
      ->allow_extra_args(false)
      ->check(CLI::IsMember(sim::features()));
  app.add_option("--user", options.simulator.users,
                 "A user to add, whose password is the name; root=ServerAdministrator; repeatable")
      ->allow_extra_args(false)
      ->option_text("NAME=SITEROLE");
  app.add_option("--session-minutes", options.simulator.session_minutes,
                 "How long a session may idle [240, with --profile cloud 120]")
      ->check(CLI::Range(1, 525'600));
  app.add_option_function<std::string>(
         "--max-single-bytes",
         [&options](const std::string& text) {
           options.simulator.max_single_bytes = base::parse_bytes(text).value_or(0);
           if (options.simulator.max_single_bytes == 0)
             base::fail(base::ErrorKind::usage, "--max-single-bytes: {} is no size (as in 5MB)", base::quoted(text));
         },
         "The largest file in one request, and the largest block")
      ->option_text("SIZE [64MiB]");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A Tableau site on your own machine, for demos and tests.", "tabferry-sim");
  app.footer(kExamples);
  app.set_version_flag("--version", TABFERRY_VERSION);
  app.require_subcommand(1);
  ServeOptions options;
  CLI::App* serving = app.add_subcommand("serve", "Serve the site until SIGINT or SIGTERM");
  serving->footer(fmt::format("{}\n\nFaults: {}", kExamples, sim::fault_help()));
  declare_serve(*serving, options);
  declare_faults(*serving, options);
  const sim::make::Command make(app);
  if (const std::string_view word = argc > 1 ? argv[1] : "-";
      !word.starts_with('-') && word != "serve" && word != "make") {
    std::cerr << "tabferry-sim: " << base::quoted(word) << " is no command; there are serve and make\n";
    return 2;
  }
  try {
    app.parse(argc, argv);
    return make.was_given() ? make.run() : serve(options);
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
