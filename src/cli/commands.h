// The doors: each command parses its options and calls one function of app.
#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "app/settings.h"

namespace tabferry::cli {

// The options that every command has.
struct Common {
  app::Flags flags;
  bool json = false;
  bool quiet = false;
};

// Adds a command to the program; what it returns runs the command and gives the exit code.
using Run = std::function<int(std::stop_token)>;
Run add_publish(CLI::App& command);
Run add_backup(CLI::App& command);
Run add_backup_plan(CLI::App& command);
Run add_backup_work(CLI::App& command);
Run add_backup_seal(CLI::App& command);
Run add_snapshots(CLI::App& command);
Run add_ls(CLI::App& command);
Run add_get(CLI::App& command);
Run add_verify(CLI::App& command);
Run add_prune(CLI::App& command);
Run add_status(CLI::App& command);
Run add_config_show(CLI::App& command);
Run add_doctor(CLI::App& command);
Run add_init(CLI::App& command);

// -c, --site, --engine, --json, --quiet.
std::shared_ptr<Common> add_common(CLI::App& command);

// A command that this room does not know: the program's own.
struct Door {
  const char* name = nullptr;
  const char* summary = nullptr;
  const char* footer = nullptr;
  Run run;
};

// Parses, dispatches, and turns what was thrown into a message on stderr and an exit code. Never throws.
int run(int argc, char** argv, std::stop_token stop, const Door& other);

}  // namespace tabferry::cli
