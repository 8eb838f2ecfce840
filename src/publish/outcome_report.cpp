#include "publish/outcome_report.h"

#include "base/error.h"
#include "base/text.h"

namespace tabferry::publish {
namespace {

using base::human_bytes;
using base::human_count;

std::string columns_text(const table::Table& table) {
  std::vector<std::string> words;
  for (const auto& column : table.columns) words.push_back(column.name + " " + table::sql(column.type));
  return base::join(words, ", ");
}

report::Section table_section(const PlannedTable& table) {
  report::Section section{.heading = "Table " + table::display(table.table.name)};
  section.facts = {
      {"from", table.pattern},
      {"files", fmt::format("{}, {}", base::counted(table.files.size(), "file"), human_bytes(table.size_bytes))},
      {"columns", columns_text(table.table)}};
  report::Table files{.header = {"file", "size"}, .right_aligned = {false, true}};
  constexpr size_t kShown = 20;  // the JSON has them all
  for (size_t i = 0; i < std::min(kShown, table.files.size()); ++i)
    files.rows.push_back({table.store->url(table.files[i].key), human_bytes(table.files[i].size_bytes)});
  if (table.files.size() > kShown)
    files.rows.push_back({fmt::format("... and {} more (--json lists them all)", table.files.size() - kShown), ""});
  section.tables.push_back(std::move(files));
  return section;
}

doc::Json json_of(const PlannedTable& table) {
  doc::Json files = doc::Json::array();
  for (const auto& file : table.files)
    files.push_back({{"url", table.store->url(file.key)}, {"size_bytes", file.size_bytes}});
  doc::Json columns = doc::Json::array();
  for (const auto& column : table.table.columns)
    columns.push_back({{"name", column.name}, {"type", table::sql(column.type)}});
  return {{"table", table::display(table.table.name)},
          {"pattern", table.pattern},
          {"files", files},
          {"size_bytes", table.size_bytes},
          {"columns", columns}};
}

std::vector<std::string> warnings_of(const LoadedTable& table) {
  auto warnings = table.warnings;
  for (const auto& url : table.empty_files)
    warnings.push_back(fmt::format("{}: {} holds no record (0 rows)", table::display(table.name), url));
  if (table.blank_lines > 0)
    warnings.push_back(
        fmt::format("{}: {} skipped", table::display(table.name), base::counted(table.blank_lines, "blank line")));
  if (const auto without = table.compared.objects - table.compared.with_checksum; without > 0)
    warnings.push_back(
        fmt::format("{}: S3 keeps no checksum of the whole of {} of {}; their bytes are as the network brought them",
                    table::display(table.name), human_count(without), base::counted(table.compared.objects, "file")));
  return warnings;
}

doc::Json json_of(const LoadedTable& table) {
  return {{"table", table::display(table.name)},
          {"files", table.files},
          {"size_bytes", table.size_bytes},
          {"rows", table.rows},
          {"checksums_compared", table.compared.with_checksum},
          {"blank_lines", table.blank_lines},
          {"empty_files", table.empty_files},
          {"warnings", warnings_of(table)}};
}

uint64_t rows_of(const Outcome& outcome) {
  uint64_t rows = 0;
  for (const auto& table : outcome.tables) rows += table.rows;
  return rows;
}

std::string headline_of(const Plan& plan, const Outcome& outcome, const std::optional<Destination>& destination) {
  const auto rows = base::counted(rows_of(outcome), "row");
  const auto name = base::quoted(plan.target.name);
  if (outcome.published)
    return fmt::format("{} is published in project {} with {} ({})", name, base::quoted(destination->project.path),
                       rows, outcome.published->replaced ? "the previous version was replaced" : "new on this site");
  if (!plan.swap_into)
    return fmt::format(
        "the extract of {} is built with {}, and nothing is published: there is no template yet{}", name, rows,
        plan.target.template_file.empty() ? "" : " at " + base::quoted(plan.target.template_file.string(), 400));
  return fmt::format("{} is built with {}, and not published (--no-publish)", name, rows);
}

report::Section data_section(const Outcome& outcome) {
  report::Section section;
  report::Table table{.header = {"table", "files", "bytes", "rows"}, .right_aligned = {false, true, true, true}};
  for (const auto& loaded : outcome.tables) {
    table.rows.push_back({table::display(loaded.name), human_count(loaded.files), human_bytes(loaded.size_bytes),
                          human_count(loaded.rows)});
    const auto warnings = warnings_of(loaded);
    section.warnings.insert(section.warnings.end(), warnings.begin(), warnings.end());
  }
  section.tables.push_back(std::move(table));
  return section;
}

report::Section where_section(const Outcome& outcome, const std::optional<Destination>& destination) {
  report::Section section;
  if (outcome.published) {
    const auto& item = outcome.published->datasource;
    section.facts.push_back({"look at", item.webpage_url.empty()
                                            ? destination->server + " (data source " + item.id + ")"
                                            : item.webpage_url});
    if (!outcome.published->note.empty()) section.facts.push_back({"note", outcome.published->note});
  }
  if (!outcome.kept_hyper.empty())
    section.facts.push_back(
        {"extract", fmt::format("{} ({})", outcome.kept_hyper.string(), human_bytes(outcome.hyper_bytes))});
  if (!outcome.kept_package.empty())
    section.facts.push_back(
        {"package", fmt::format("{} ({})", outcome.kept_package.string(), human_bytes(outcome.package_bytes))});
  section.facts.push_back({"took", fmt::format("{} to build, {} to publish", base::human_seconds(outcome.build_seconds),
                                               base::human_seconds(outcome.publish_seconds))});
  return section;
}

doc::Json json_of(const tableau::PublishResult& published, const Destination& destination) {
  return {{"server", destination.server},
          {"project", destination.project.path},
          {"project_id", destination.project.id},
          {"datasource_id", published.datasource.id},
          {"content_url", published.datasource.content_url},
          {"webpage_url", published.datasource.webpage_url},
          {"updated_at", published.datasource.updated_at},
          {"replaced", published.replaced},
          {"job_id", published.job_id},
          {"note", published.note}};
}

}  // namespace

std::vector<std::string> next_steps_without_template(const Target& target, const std::filesystem::path& hyper_file) {
  return {
      "A template says how the fields look in Tableau. It is made once, by hand, in Tableau Desktop:",
      fmt::format("1. Connect > To a File > More..., and open {}", std::filesystem::absolute(hyper_file).string()),
      "2. Drag the table (or the tables, and relate them) onto the canvas; rename, hide or format fields on a sheet.",
      fmt::format("3. Data > {} > Add to Saved Data Sources..., as a Tableau Packaged Data Source (.tdsx).",
                  target.name),
      target.template_file.empty()
          ? "4. Put the .tdsx beside the config, add `template: FILE.tdsx` to the data source, and publish again."
          : fmt::format("4. Put it at {} (the config's template), and publish again.",
                        std::filesystem::absolute(target.template_file).string()),
      "The template is only ever read: each run swaps the new extract into a copy of it."};
}

report::Report report_of(const Plan& plan, const std::vector<std::string>& gaps) {
  report::Report report{.command = "publish", .status = report::Status::done};
  report.headline = fmt::format("would publish {} to project {}: {}, {}", base::quoted(plan.target.name),
                                base::quoted(plan.target.project), base::counted(plan.file_count(), "file"),
                                human_bytes(plan.size_bytes()));
  if (!plan.swap_into) report.headline += "; there is no template yet, so the extract would be built and kept";
  for (const auto& table : plan.tables) report.sections.push_back(table_section(table));
  if (!plan.notes.empty()) report.sections.push_back({.heading = "", .warnings = plan.notes});
  if (!gaps.empty())
    report.sections.push_back({.heading = "What the s3-to-hyper script would have missed", .next_steps = gaps});
  doc::Json tables = doc::Json::array();
  for (const auto& table : plan.tables) tables.push_back(json_of(table));
  report.details = {{"dry_run", true},
                    {"datasource", plan.target.key},
                    {"name", plan.target.name},
                    {"project", plan.target.project},
                    {"template", plan.swap_into ? doc::Json(plan.swap_into->model.path.string()) : doc::Json()},
                    {"tables", tables},
                    {"notes", plan.notes},
                    {"missed_by_sample", gaps}};
  return report;
}

report::Report report_of(const Plan& plan, const Outcome& outcome, const std::optional<Destination>& destination) {
  report::Report report{.command = "publish", .headline = headline_of(plan, outcome, destination)};
  report.status = plan.swap_into ? report::Status::done : report::Status::partial;
  report.sections = {data_section(outcome), where_section(outcome, destination)};
  report.sections.front().warnings.insert(report.sections.front().warnings.begin(), plan.notes.begin(),
                                          plan.notes.end());
  const auto optional_path = [](const std::filesystem::path& path) {
    return path.empty() ? doc::Json() : doc::Json(path.string());
  };
  doc::Json tables = doc::Json::array();
  for (const auto& table : outcome.tables) tables.push_back(json_of(table));
  report.details = {{"datasource", plan.target.key},
                    {"name", plan.target.name},
                    {"published", outcome.published ? json_of(*outcome.published, *destination) : doc::Json()},
                    {"rows", rows_of(outcome)},
                    {"tables", tables},
                    {"notes", plan.notes},
                    {"extract", optional_path(outcome.kept_hyper)},
                    {"package", optional_path(outcome.kept_package)},
                    {"extract_bytes", outcome.hyper_bytes},
                    {"package_bytes", outcome.package_bytes},
                    {"build_seconds", outcome.build_seconds},
                    {"publish_seconds", outcome.publish_seconds},
                    {"engine", outcome.engine_version},
                    {"engine_peak_bytes", outcome.engine_peak_bytes}};
  if (!plan.swap_into) {
    report.details["next_steps"] = next_steps_without_template(plan.target, outcome.kept_hyper);
    report.sections.push_back(
        {.heading = "To publish it", .next_steps = next_steps_without_template(plan.target, outcome.kept_hyper)});
  }
  return report;
}

report::Report report_of_failure(const std::string& key, const base::Error& error) {
  report::Report report{.command = "publish"};
  report.status = error.kind() == base::ErrorKind::cancelled ? report::Status::cancelled : report::Status::failed;
  report.headline = fmt::format("{}: {}", key, error.what());
  report.details = {{"datasource", key}, {"error", {{"kind", base::name_of(error.kind())}, {"message", error.what()}}}};
  return report;
}

}  // namespace tabferry::publish
