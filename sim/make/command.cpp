#include "sim/make/command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "hyper/engine.h"
#include "sim/core/kinds.h"
#include "sim/make/site.h"

namespace tabferry::sim::make {
namespace {

constexpr const char* kExamples = R"(Examples:
  tabferry-sim make --data ./site                      500 users, 1,200 workbooks and what goes with them
  tabferry-sim make --data ./big --users 5000 --workbooks 30000 --seed 7
  tabferry-sim make --data ./heavy --workbooks 40 --body-bytes 200MB --bodies 2
  tabferry-sim serve --data ./site

The same options make the same site. Every user's password is tabferry (Cloud asks for more than a
password: there only tokens work); admin (admin) and the token demo (demo-secret)
are there as on the demo site. Packages hold real extracts where the extract engine (hyperd) is found, else none.)";

}  // namespace

struct Command::Wish {
  std::string data;
  uint64_t seed = 1;
  uint64_t users = 500;
  uint64_t workbooks = 1200;
  std::vector<std::optional<uint64_t>> counts = std::vector<std::optional<uint64_t>>(count_options().size());
  uint64_t bodies = 24;
  std::string body_bytes = "0";
  std::string engine;
  bool no_engine = false;
  bool cloud = false;
};

namespace {

std::filesystem::path engine_of(const std::string& flag, bool no_engine) {
  if (no_engine) return {};
  try {
    return hyper::find_engine(flag);
  } catch (const base::Error& error) {
    const bool was_named = !flag.empty() || std::getenv("TABFERRY_HYPERD") != nullptr;
    if (was_named || error.kind() != base::ErrorKind::not_found) throw;
    std::cerr << "tabferry-sim: no extract engine (hyperd) is found: the packages will hold no extracts\n";
    return {};
  }
}

std::string size_problem(const std::string& text) {
  return base::parse_bytes(text) ? "" : text + " is no size (as in 50MB)";
}

void tell(const Made& made, const std::string& folder) {
  for (size_t kind = 0; kind < kKindCount; ++kind)
    std::cout << fmt::format("{:>10}  {}\n", base::human_count(made.items[kind]),
                             rule_of(static_cast<Kind>(kind)).name);
  std::cout << fmt::format("{:>10}  items and {} ({}) in {}\n", base::human_count(made.all()),
                           base::counted(made.files, "file"), base::human_bytes(made.file_bytes), folder);
}

}  // namespace

Command::Command(CLI::App& program)
    : wish_(std::make_unique<Wish>()), app_(program.add_subcommand("make", "Make a site of any size, from a seed")) {
  app_->footer(kExamples);
  app_->add_option("--data", wish_->data, "The folder to make it in; it may not hold a site")->required();
  app_->add_option("--seed", wish_->seed, "Another seed makes another site")->capture_default_str();
  app_->add_option("--users", wish_->users, "Users")->check(CLI::NonNegativeNumber)->capture_default_str();
  app_->add_option("--workbooks", wish_->workbooks, "Workbooks; what is not given below follows from these two")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  for (size_t at = 0; at < count_options().size(); ++at)
    app_->add_option(count_options()[at].flag, wish_->counts[at], count_options()[at].help)
        ->check(CLI::NonNegativeNumber);
  app_->add_option("--bodies", wish_->bodies, "Different files of each kind of content")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app_->add_option("--body-bytes", wish_->body_bytes, "The size of each of these files, as in 50MB")
      ->check(size_problem)
      ->capture_default_str();
  app_->add_option("--engine", wish_->engine, "The extract engine (hyperd), or a folder that holds it");
  app_->add_flag("--no-extracts", wish_->no_engine, "No package holds an extract, engine or not");
  app_->add_flag("--cloud", wish_->cloud, "A Cloud site: no schedules of a Server");
}

Command::~Command() = default;

bool Command::was_given() const { return app_->parsed(); }

int Command::run() const {
  SiteOrder order{.seed = wish_->seed,
                  .counts = usual_counts(wish_->users, wish_->workbooks),
                  .profile = wish_->cloud ? Profile::cloud : Profile::server,
                  .bodies = wish_->bodies,
                  .body_bytes = base::parse_bytes(wish_->body_bytes).value_or(0),
                  .engine = engine_of(wish_->engine, wish_->no_engine)};
  for (size_t at = 0; at < count_options().size(); ++at)
    if (wish_->counts[at]) order.counts.*count_options()[at].count = *wish_->counts[at];
  tell(make_site(wish_->data, order), wish_->data);
  return 0;
}

}  // namespace tabferry::sim::make
