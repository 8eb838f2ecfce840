// Doing the actions of a data update.
//
// Columns of payload and target belong together by their names. [INF] A target's column that the payload does not have
// becomes NULL in inserted rows and stays as it is in updated ones; one that the target does not have is an error; a
// delete's payload has only columns that its condition uses.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "sim/content/data_actions.h"
#include "sim/core/refusal.h"
#include "table/schema.h"

namespace tabferry::sim {
namespace {

using table::sql_name;

struct KnownTable {
  std::string schema, name;
  std::vector<std::string> columns;
};
using Catalog = std::vector<KnownTable>;

struct Table {
  std::string sql;  // x."Extract"."Extract"
  std::vector<std::string> columns;
};

// `database` is x or y.
Catalog catalog_of(hyper::Session& session, const std::string& database) {
  const auto rows =
      session.query(fmt::format("SELECT n.nspname, c.relname, a.attname FROM {0}.pg_catalog.pg_class c "
                                "JOIN {0}.pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                                "LEFT JOIN {0}.pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
                                "WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') "
                                "ORDER BY n.nspname, c.relname, a.attnum",
                                database));
  Catalog catalog;
  for (const auto& row : rows) {
    if (catalog.empty() || catalog.back().schema != row[0].value() || catalog.back().name != row[1].value())
      catalog.push_back({row[0].value(), row[1].value(), {}});
    if (row[2]) catalog.back().columns.push_back(*row[2]);
  }
  return catalog;
}

// Without a name: the only one. Without a schema: the only one of that name, or the one in Extract, or in public.
Table found(const Catalog& catalog, const NamedTable& wanted, const std::string& database, std::string_view what) {
  std::vector<const KnownTable*> fits;
  for (const auto& known : catalog)
    if ((wanted.name.empty() || known.name == wanted.name) && (wanted.schema.empty() || known.schema == wanted.schema))
      fits.push_back(&known);
  for (const std::string_view preferred : {"Extract", "public"})
    if (fits.size() > 1 && !wanted.name.empty())
      if (const auto at =
              std::find_if(fits.begin(), fits.end(), [&](const KnownTable* one) { return one->schema == preferred; });
          at != fits.end())
        fits = {*at};
  if (fits.size() != 1)
    refuse(400011, "The {} table {} could not be found: {} of {} tables fit.", what,
           base::quoted(wanted.schema.empty() ? wanted.name : wanted.schema + "." + wanted.name), fits.size(),
           catalog.size());
  return {fmt::format("{}.{}.{}", database, sql_name(fits[0]->schema), sql_name(fits[0]->name)), fits[0]->columns};
}

bool has(const std::vector<std::string>& columns, const std::string& column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

void require_column(const Table& table, const std::string& column, std::string_view what) {
  if (!has(table.columns, column)) refuse(400011, "The {} table has no column {}.", what, base::quoted(column));
}

std::string comparison_sql(const DataCondition& condition, const Table& target, const Table* source) {
  static constexpr std::pair<std::string_view, std::string_view> kSigns[] = {{"eq", "="},
                                                                             {"neq", "<>"},
                                                                             {"gt", ">"},
                                                                             {"gte", ">="},
                                                                             {"lt", "<"},
                                                                             {"lte", "<="},
                                                                             {"is", "IS NOT DISTINCT FROM"}};
  require_column(target, condition.target_column, "target");
  const auto sign =
      std::find_if(std::begin(kSigns), std::end(kSigns), [&](const auto& one) { return one.first == condition.op; });
  std::string right = condition.constant;
  if (source != nullptr && !condition.source_column.empty()) {
    require_column(*source, condition.source_column, "source");
    right = "s." + sql_name(condition.source_column);
  }
  return fmt::format("t.{} {} {}", sql_name(condition.target_column), sign->second, right);
}

std::string condition_sql(const DataCondition& condition, const Table& target, const Table* source) {
  if (condition.args.empty()) return comparison_sql(condition, target, source);
  std::vector<std::string> args;
  for (const auto& arg : condition.args) args.push_back("(" + condition_sql(arg, target, source) + ")");
  return condition.op == "not" ? "NOT " + args.front() : base::join(args, condition.op == "and" ? " AND " : " OR ");
}

void collect_source_columns(const DataCondition& condition, std::set<std::string>& columns) {
  if (!condition.source_column.empty()) columns.insert(condition.source_column);
  for (const auto& arg : condition.args) collect_source_columns(arg, columns);
}

std::string list_sql(const std::vector<std::string>& columns, const std::string& prefix) {
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(prefix + sql_name(column));
  return base::join(names, ", ");
}

void check_source_fits(const Table& target, const Table& source) {
  for (const auto& column : source.columns) require_column(target, column, "target");
}

std::string insert_sql(const Table& target, const Table& source, const std::string& where) {
  check_source_fits(target, source);
  return fmt::format("INSERT INTO {} ({}) SELECT {} FROM {} AS s{}", target.sql, list_sql(source.columns, ""),
                     list_sql(source.columns, "s."), source.sql, where);
}

// The columns that the condition compares are equal already, or are what rows are found by.
std::string update_sql(const Table& target, const Table& source, const DataCondition& condition) {
  check_source_fits(target, source);
  std::set<std::string> keys;
  collect_source_columns(condition, keys);
  std::vector<std::string> changes;
  for (const auto& column : source.columns)
    if (!keys.contains(column)) changes.push_back(fmt::format("{0} = s.{0}", sql_name(column)));
  if (changes.empty())
    refuse(400011, "The source table has no column that is not in the condition: nothing to update.");
  return fmt::format("UPDATE {} AS t SET {} FROM {} AS s WHERE {}", target.sql, base::join(changes, ", "), source.sql,
                     condition_sql(condition, target, &source));
}

std::string delete_sql(const Table& target, const Table* source, const DataCondition& condition) {
  const std::string where = condition_sql(condition, target, source);
  if (source == nullptr) return fmt::format("DELETE FROM {} AS t WHERE {}", target.sql, where);
  std::set<std::string> keys;
  collect_source_columns(condition, keys);
  for (const auto& column : source->columns)
    if (!keys.contains(column))
      refuse(400011, "The source table of a delete has the column {}, which its condition does not use.",
             base::quoted(column));
  return fmt::format("DELETE FROM {} AS t WHERE EXISTS (SELECT 1 FROM {} AS s WHERE {})", target.sql, source->sql,
                     where);
}

void run(hyper::Session& session, const DataAction& action, const Catalog& targets, const Catalog& sources) {
  const Table target = found(targets, action.target, "x", "target");
  const std::optional<Table> source =
      action.source ? std::optional(found(sources, *action.source, "y", "source")) : std::nullopt;
  if (action.action == "delete") session.query(delete_sql(target, source ? &*source : nullptr, *action.condition));
  if (action.action == "replace") session.query("DELETE FROM " + target.sql);
  if (action.action == "insert" || action.action == "replace") session.query(insert_sql(target, *source, ""));
  if (action.action != "update" && action.action != "upsert") return;
  // What is new is found before the update changes anything, and inserted behind it.
  const std::string is_known = fmt::format(" WHERE NOT EXISTS (SELECT 1 FROM {} AS t WHERE {})", target.sql,
                                           condition_sql(*action.condition, target, &*source));
  const std::set<std::string> columns(source->columns.begin(), source->columns.end());
  std::set<std::string> keys;
  collect_source_columns(*action.condition, keys);
  if (action.action == "update" || columns != keys) session.query(update_sql(target, *source, *action.condition));
  if (action.action == "upsert") session.query(insert_sql(target, *source, is_known));
}

}  // namespace

void run_data_actions(hyper::Session& session, const std::vector<DataAction>& actions) {
  const bool has_payload =
      std::any_of(actions.begin(), actions.end(), [](const DataAction& one) { return one.source.has_value(); });
  const Catalog targets = catalog_of(session, "x");
  const Catalog sources = has_payload ? catalog_of(session, "y") : Catalog();
  for (const auto& action : actions) run(session, action, targets, sources);
}

void append_only_table(hyper::Session& session) {
  const Catalog targets = catalog_of(session, "x"), sources = catalog_of(session, "y");
  if (targets.size() != 1 || sources.size() != 1)
    refuse(400011, "Only extracts of a single table can be appended to each other.");
  const Table target = found(targets, {}, "x", "target"), source = found(sources, {}, "y", "source");
  if (std::set(target.columns.begin(), target.columns.end()) != std::set(source.columns.begin(), source.columns.end()))
    refuse(400011, "The extracts have different columns and cannot be appended to each other.");
  session.query(insert_sql(target, source, ""));
}

}  // namespace tabferry::sim
