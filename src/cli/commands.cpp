#include "cli/commands.h"

#include <cstdio>
#include <iostream>
#include <vector>

#include "base/error.h"
#include "base/nearest.h"
#include "base/text.h"
#include "cli/result.h"

namespace tabferry::cli {
namespace {

struct Command {
  const char* name;
  const char* summary;
  Run (*add)(CLI::App&);
};

constexpr Command kCommands[] = {
    {"publish", "files -> extract -> .tdsx -> a data source on a Tableau site", add_publish},
    {"backup", "a whole site -> the store: content and metadata, complete and provable", add_backup},
    {"snapshots", "the backups in the store", add_snapshots},
    {"ls", "what is in a snapshot", add_ls},
    {"get", "files out of a snapshot", add_get},
    {"verify", "check a snapshot against its manifest", add_verify},
    {"prune", "drop snapshots by policy", add_prune},
    {"status", "how old the last complete backup is", add_status},
    {"config show", "the effective settings, and where each of them comes from", add_config_show},
    {"doctor", "try everything that a run needs, and say what is wrong and how to mend it", add_doctor},
    {"init", "write a commented tabferry.yaml to begin with", add_init},
    {"backup-plan", "for engines: the first step of a backup", add_backup_plan},
    {"backup-work", "for engines: a part of a backup's work", add_backup_work},
    {"backup-seal", "for engines: the last step of a backup", add_backup_seal},
};

constexpr const char* kFooter =
    "\nExit codes: 0 done, 1 failed, 2 usage or config, 3 done in part (the report says which),\n"
    "4 a check found a problem, 5 refused by a guard or a lock, 130 cancelled. The result goes to stdout, progress and "
    "warnings to stderr.\n\n"
    "Examples:\n"
    "  tabferry init --from-url 'https://eu-west-1a.online.tableau.com/#/site/sales/home'\n"
    "  tabferry doctor\n"
    "  tabferry publish --dry-run\n"
    "  tabferry publish sales\n"
    "  tabferry backup && tabferry verify latest\n"
    "  tabferry get latest 'Finance/Daily/Sales' -o out\n";

// "config show" becomes a command `show` below `config`.
CLI::App* make_command(CLI::App& program, const Command& command) {
  CLI::App* at = &program;
  const auto words = base::split(command.name, ' ');
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string word(words[i]);
    const auto known = at->get_subcommands([&](const CLI::App* sub) { return sub->get_name() == word; });
    CLI::App* next = !known.empty()
                         ? known.front()
                         : at->add_subcommand(word, i + 1 == words.size() ? command.summary
                                                                          : "more words: tabferry " + word + " --help");
    if (i + 1 < words.size()) next->require_subcommand(1);
    at = next;
  }
  return at;
}

// What is known of the command line before it is parsed to its end.
struct Asked {
  std::string command = "tabferry";
  bool json = false;
};

bool asks_for_json(int argc, char** argv) {
  for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i)
    if (const std::string_view word = argv[i]; word == "--json" || word.starts_with("--json=")) return true;
  return false;
}

// People read stderr; scripts one line on stdout whatever the end.
int tell_failure(const Asked& asked, const base::Error& error) {
  if (asked.json) print_json(app::report_of_failure(asked.command, error));
  std::fprintf(stderr, "tabferry: %s\n", error.what());
  return base::exit_code(error.kind());
}

// As a program ends that SIGPIPE kills; whoever reads has what they wanted, so that nothing is said.
constexpr int kReaderGone = 128 + 13;

int tell_end(int code, const Asked& asked) {
  std::cout.flush();
  if (std::cout.good()) return code;
  if (reader_has_gone()) return code == 0 ? kReaderGone : code;
  return tell_failure({.command = asked.command},
                      {base::ErrorKind::io,
                       "the result could not be written to stdout (is it closed, or its disk full?); what the command "
                       "did stands"});
}

// A word that is no command gets the nearest one.
std::string usage_message(const CLI::ParseError& error, int argc, char** argv, const Door& other) {
  std::string message = error.what();
  std::vector<std::string_view> names = {other.name};
  for (const auto& command : kCommands) names.push_back(base::split(command.name, ' ').front());
  const bool is_command = argc > 1 && std::find(names.begin(), names.end(), argv[1]) != names.end();
  if (argc > 1 && argv[1][0] != '-' && !is_command)
    message = "there is no command " + base::quoted(argv[1]) + base::did_you_mean(argv[1], names);
  return message + "; see tabferry --help";
}

// "config show", as far as it was understood.
std::string words_of(const CLI::App& program) {
  std::string words;
  for (const auto* at = &program; at != nullptr;) {
    const auto below = at->get_subcommands();
    at = below.empty() ? nullptr : below.front();
    if (at != nullptr) words += (words.empty() ? "" : " ") + at->get_name();
  }
  return words.empty() ? program.get_name() : words;
}

int dispatch(int argc, char** argv, std::stop_token stop, const Door& other, Asked& asked) {
  CLI::App program("tabferry ferries data between S3 and Tableau.", "tabferry");
  program.set_version_flag("--version", std::string("tabferry ") + TABFERRY_VERSION);
  program.require_subcommand(1);
  program.footer(kFooter);
  std::vector<std::pair<CLI::App*, Run>> commands;
  for (const auto& command : kCommands) {
    auto* made = make_command(program, command);
    commands.emplace_back(made, command.add(*made));
  }
  auto* made = program.add_subcommand(other.name, other.summary);
  made->footer(other.footer);
  commands.emplace_back(made, other.run);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return program.exit(error);  // --help, --version
    asked.command = words_of(program);
    throw base::Error(base::ErrorKind::usage, usage_message(error, argc, argv, other));
  }
  asked.command = words_of(program);
  for (const auto& [command, run] : commands)
    if (command->parsed()) return run(stop);
  return 2;
}

}  // namespace

std::shared_ptr<Common> add_common(CLI::App& command) {
  auto common = std::make_shared<Common>();
  command.add_option("-c,--config", common->flags.config_file,
                     "the configuration (else $TABFERRY_CONFIG, ./tabferry.yaml, ./config.json)");
  command.add_option("--site", common->flags.site, "the site of the configuration to use (else its first one)");
  command.add_option("--engine", common->flags.engine, "the Hyper engine (hyperd), or the folder that holds it");
  command.add_flag("--json", common->json, "the result as JSON on stdout, one object a line");
  command.add_flag("-q,--quiet", common->quiet, "no progress on stderr");
  return common;
}

int run(int argc, char** argv, std::stop_token stop, const Door& other) {
  Asked asked{.json = asks_for_json(argc, argv)};
  try {
    return tell_end(dispatch(argc, argv, stop, other, asked), asked);
  } catch (const std::exception& failure) {
    return tell_failure(asked, app::as_error(failure));
  }
}

}  // namespace tabferry::cli
