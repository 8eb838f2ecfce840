#include "cli/commands.h"
#include "cli/result.h"

namespace tabferry::cli {

Run add_config_show(CLI::App& command) {
  const auto common = add_common(command);
  command.footer(
      "\nSecrets are never shown.\n\nExamples:\n  tabferry config show\n  tabferry config show -c nightly.yaml "
      "--json\n");
  return [=](std::stop_token) {
    const auto settings = app::load_settings(common->flags, app::process_environment());
    app::choose_site(settings, common->flags.site);
    report::Section section;
    section.tables.push_back({.header = {"setting", "value", "from"}});
    section.warnings = settings.warnings;
    for (const auto& origin : settings.origins) {
      section.tables.front().rows.push_back({origin.key, origin.value, origin.source});
      if (common->json)
        std::cout << doc::to_line({{"key", origin.key}, {"value", origin.value}, {"from", origin.source}}) << "\n";
    }
    if (!common->json)
      std::cout << report::to_text(
          {.command = "config show", .headline = "Settings of " + settings.file.string(), .sections = {section}},
          text_columns());
    return 0;
  };
}

}  // namespace tabferry::cli
