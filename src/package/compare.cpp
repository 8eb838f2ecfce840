#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "package/package.h"

namespace tabferry::package {
namespace {

constexpr size_t kMostNames = 10;   // in one message

std::string listed(std::vector<std::string> names) {
  const size_t count = names.size();
  if (count > kMostNames) names.resize(kMostNames);
  return base::join(names, ", ") + (count > kMostNames ? fmt::format(" and {} more", count - kMostNames) : "");
}

// As the document writes it.
std::string shown(const table::TableName& name) {
  return base::quoted(fmt::format("[{}].[{}]", name.schema, name.name), 300);
}

// What a remote-type says about a number, in Hyper's words (OLE DB DBTYPE_*; measured on files of Tableau Desktop).
// Other codes stand for one family each, where nothing can widen unseen.
std::string_view number_type(int remote_type) {
  switch (remote_type) {
    case 2: return "smallint";
    case 3: return "int";
    case 20: return "bigint";
    case 19: return "oid";
    case 5: return "double precision";
    case 131: return "numeric";
    default: return {};
  }
}

class Comparison {
 public:
  explicit Comparison(const std::vector<table::Table>& tables) {
    for (const auto& table : tables) tables_[table.name] = &table;
  }

  Fit compare(const Extract& extract) {
    if (extract.tables.empty())
      fit_.notes.push_back(fmt::format("the document does not say which tables it reads from {}; nothing was compared",
                                       base::quoted(extract.dbname, 300)));
    for (const auto& wanted : extract.tables) {
      const auto found = tables_.find(wanted.name);
      if (found == tables_.end()) missing_table(wanted.name);
      else compare_columns(wanted, *found->second);
      if (found != tables_.end()) read_.push_back(wanted.name);
    }
    if (!extract.tables.empty()) note_unread_tables();
    return std::move(fit_);
  }

 private:
  void missing_table(const table::TableName& wanted) {
    std::vector<std::string> names;
    for (const auto& [name, table] : tables_) {
      names.push_back(shown(name));
      if (name.name == wanted.name)
        return problem("the template reads the table {}; the new extract has it in the schema {}: set `schema: {}` "
                       "for the table",
                       shown(wanted), base::quoted(name.schema), wanted.schema);
    }
    for (const auto& [name, table] : tables_)
      if (base::equal_ignoring_case(name.name, wanted.name))
        return problem("the template reads the table {}; the new extract has {}: the case of the letters must be the "
                       "same",
                       shown(wanted), shown(name));
    problem("the template reads the table {}; the new extract has {}. Give the table this schema and name, or make "
            "the template anew",
            shown(wanted), names.empty() ? "no table" : listed(names));
  }

  void compare_columns(const ModelTable& wanted, const table::Table& table) {
    if (!wanted.columns) return note("the document does not list the columns of {}; it was compared by its name only",
                                     shown(wanted.name));
    std::map<std::string_view, const table::Column*> columns;
    for (const auto& column : table.columns) columns[column.name] = &column;
    size_t untyped = 0;
    for (const auto& column : *wanted.columns) {
      const auto found = columns.find(column.name);
      if (found == columns.end()) missing_column(wanted.name, column, table);
      else if (column.family == table::Family::other) ++untyped;
      else compare_type(wanted.name, column, found->second->type);
    }
    if (untyped > 0)
      note("the document does not give the types of {} of {}; they were compared by name only",
           base::counted(untyped, "column"), shown(wanted.name));
    note_unread_columns(wanted, table);
  }

  void missing_column(const table::TableName& name, const ModelColumn& wanted, const table::Table& table) {
    for (const auto& column : table.columns)
      if (base::equal_ignoring_case(column.name, wanted.name))
        return problem("the template reads the column {} of {}; the new table has {}: the case of the letters must be "
                       "the same",
                       base::quoted(wanted.name), shown(name), base::quoted(column.name));
    problem("the template reads the column {} of {}; the new table has no such column. Keep it, or make the template "
            "anew",
            base::quoted(wanted.name), shown(name));
  }

  void compare_type(const table::TableName& name, const ModelColumn& wanted, const table::Type& type) {
    const auto family = table::family(type);
    const std::string column = fmt::format("{} of {}", base::quoted(wanted.name), shown(name));
    if (wanted.family == table::Family::integer && type.kind == table::Kind::numeric && type.scale == 0)
      return note("the column {} is an integer in the template and {} now; some versions of Tableau show that as a "
                  "decimal number", column, table::sql(type));
    if (family != wanted.family)
      return problem("the template knows the column {} as {}, the new table has {} ({}). Give it a type that Tableau "
                     "shows as {}, or make the template anew",
                     column, table::name_of(wanted.family), table::sql(type), table::name_of(family),
                     table::name_of(wanted.family));
    const auto before = number_type(wanted.remote_type);
    const std::string now = type.kind == table::Kind::numeric ? "numeric" : table::sql(type);
    if (!before.empty() && before != now)
      note("the column {} was {} and is {} now; Tableau shows both as {}", column, before, table::sql(type),
           table::name_of(family));
  }

  void note_unread_columns(const ModelTable& wanted, const table::Table& table) {
    std::vector<std::string_view> read;
    for (const auto& column : *wanted.columns) read.push_back(column.name);
    std::ranges::sort(read);
    std::vector<std::string> unread;
    for (const auto& column : table.columns)
      if (!std::ranges::binary_search(read, column.name)) unread.push_back(base::quoted(column.name));
    if (unread.empty()) return;
    const size_t count = unread.size();
    note("new in {}: {} ({}); not visible in Tableau until the template is made anew", shown(wanted.name),
         base::counted(count, "column"),
         listed(std::move(unread)));
  }

  void note_unread_tables() {
    for (const auto& [name, table] : tables_)
      if (std::ranges::find(read_, name) == read_.end())
        note("the template does not read the table {}; it is not visible in Tableau until the template is made anew",
             shown(name));
  }

  template <class... Args>
  void problem(fmt::format_string<Args...> format, Args&&... args) {
    fit_.problems.push_back(fmt::format(format, std::forward<Args>(args)...));
  }
  template <class... Args>
  void note(fmt::format_string<Args...> format, Args&&... args) {
    fit_.notes.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  std::map<table::TableName, const table::Table*> tables_;
  std::vector<table::TableName> read_;
  Fit fit_;
};

}  // namespace

Fit compare(const Extract& extract, const std::vector<table::Table>& tables) {
  return Comparison(tables).compare(extract);
}

}  // namespace tabferry::package
