#include "publish/plan.h"

#include "base/error.h"
#include "base/text.h"
#include "publish/files.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::publish {
namespace {

std::vector<store::Object> matching(const Objects& objects, std::stop_token stop) {
  std::vector<store::Object> found;
  if (objects.keys.is_literal()) {  // no need to list what may be a large folder
    if (const auto object = objects.store->stat(objects.keys.pattern())) found.push_back(*object);
    return found;
  }
  objects.store->list(objects.keys.literal_prefix(), [&](const store::Object& object) {
    if (stop.stop_requested()) base::fail_cancelled("listing " + objects.written);
    if (objects.keys.matches(object.key)) found.push_back(object);
  });
  return found;
}

// The one object that holds the column names and types.
store::Object header_object(const TableSpec& spec, std::stop_token stop) {
  const auto found = matching(*spec.header_file, stop);
  const auto name = table::display(spec.name);
  if (found.empty())
    base::fail(ErrorKind::not_found, "table {}: there is no header file {}", base::quoted(name),
               base::quoted(spec.header_file->written, 400));
  if (found.size() > 1)
    base::fail(ErrorKind::config, "table {}: the header file {} fits {} files ({}, {}, ...): name one of them",
               base::quoted(name), base::quoted(spec.header_file->written, 400), found.size(),
               base::quoted(found[0].key), base::quoted(found[1].key));
  return found.front();
}

std::vector<table::Column> columns_of(const TableSpec& spec, const std::optional<store::Object>& header) {
  if (!header) return spec.columns;
  const auto& store = *spec.header_file->store;
  const auto source = store.open(header->key, {.if_match = header->etag});
  return csv::read_header_file(*source, store.url(header->key));
}

[[noreturn]] void fail_no_match(const TableSpec& spec) {
  size_t near = 0;
  std::string examples;
  spec.files.store->list(spec.files.keys.literal_prefix(), [&](const store::Object& object) {
    if (++near <= 3)
      examples += (examples.empty() ? " such as " : ", ") + base::quoted(spec.files.store->url(object.key), 200);
  });
  const auto below = near == 0
                         ? std::string("there is no file at all below that place")
                         : fmt::format("{} below that place do not match{}", base::counted(near, "file"), examples);
  base::fail(ErrorKind::not_found,
             "table {}: no file matches {}: {}. Nothing was changed on the site. In patterns, * and ? stop at '/' and "
             "** crosses it",
             base::quoted(table::display(spec.name)), base::quoted(spec.files.written, 400), below);
}

void check_file_column(const TableSpec& spec, const std::vector<table::Column>& columns) {
  for (const auto& column : columns)
    if (base::equal_ignoring_case(column.name, spec.file_column))
      base::fail(ErrorKind::config,
                 "table {}: the file column {} has the name of a column of the files; give it another one",
                 base::quoted(table::display(spec.name)), base::quoted(spec.file_column));
}

PlannedTable plan_table(const TableSpec& spec, std::stop_token stop) {
  const auto header = spec.header_file ? std::optional(header_object(spec, stop)) : std::nullopt;
  PlannedTable planned{.table = {.name = spec.name, .columns = columns_of(spec, header)},
                       .format = {},
                       .store = spec.files.store,
                       .pattern = spec.files.written,
                       .files = matching(spec.files, stop)};
  planned.format = {
      .dialect = spec.dialect, .columns = planned.table.columns, .file_column = !spec.file_column.empty()};
  if (header)  // a header file whose name fits the pattern is no data
    std::erase_if(planned.files, [&](const auto& file) {
      return spec.files.store->url(file.key) == spec.header_file->store->url(header->key);
    });
  if (planned.files.empty()) fail_no_match(spec);
  for (const auto& file : planned.files) planned.size_bytes += file.size_bytes;
  if (planned.format.file_column) {
    check_file_column(spec, planned.table.columns);
    planned.table.columns.push_back({.name = spec.file_column, .type = {.kind = table::Kind::text}});
  }
  return planned;
}

// A data source whose document does not fit would open broken for everyone: checked before any data is read.
void check_fit(const Template& chosen, Plan& plan) {
  std::vector<table::Table> tables;
  for (const auto& planned : plan.tables) tables.push_back(planned.table);
  const auto fit = package::compare(chosen.extract, tables);
  if (!fit.problems.empty())
    base::fail(ErrorKind::config,
               "the template {} does not fit the tables of {}; nothing was published:\n  - {}\nChange the columns in "
               "the config, or make the template anew from the new extract (--no-publish keeps it)",
               base::quoted(chosen.model.path.string(), 400), base::quoted(plan.target.name),
               base::join(fit.problems, "\n  - "));
  plan.notes.insert(plan.notes.end(), chosen.model.notes.begin(), chosen.model.notes.end());
  plan.notes.insert(plan.notes.end(), fit.notes.begin(), fit.notes.end());
}

std::optional<Template> read_template(const DatasourceSpec& spec) {
  std::error_code unreadable;  // what cannot be looked at is told by reading it
  const bool absent = spec.template_file.empty() || (!fs::exists(spec.template_file, unreadable) && !unreadable);
  if (absent) return std::nullopt;
  auto model = package::read(spec.template_file);
  auto extract = package::choose(model, spec.extract);
  return Template{.model = std::move(model), .extract = std::move(extract)};
}

}  // namespace

uint64_t Plan::size_bytes() const {
  uint64_t sum = 0;
  for (const auto& table : tables) sum += table.size_bytes;
  return sum;
}

uint64_t Plan::plain_bytes() const {
  uint64_t sum = 0;
  for (const auto& table : tables)
    for (const auto& file : table.files) sum += is_packed(file) ? 6 * file.size_bytes : file.size_bytes;
  return sum;
}

size_t Plan::file_count() const {
  size_t count = 0;
  for (const auto& table : tables) count += table.files.size();
  return count;
}

Plan make_plan(const DatasourceSpec& spec, std::stop_token stop) {
  Plan plan{
      .target = {.key = spec.key, .name = spec.name, .project = spec.project, .template_file = spec.template_file},
      .tables = {},
      .swap_into = read_template(spec),
      .packing = spec.packing,
      .keep_hyper = spec.keep_hyper,
      .notes = {}};
  for (const auto& table : spec.tables) plan.tables.push_back(plan_table(table, stop));
  if (plan.swap_into) check_fit(*plan.swap_into, plan);
  return plan;
}

}  // namespace tabferry::publish
