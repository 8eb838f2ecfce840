#include "package/connection.h"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <optional>

#include "base/text.h"
#include "package/plain_xml.h"
#include "package/table_list.h"

namespace tabferry::package {
namespace {

struct TableOfRelation {
  std::string leaf;          // name of the named connection; "" for a connection without them
  table::TableName table;
};

table::TableName table_name(std::string_view written) {
  const auto parts = bracketed_parts(written);
  table::TableName name;
  name.name = parts.back();
  if (parts.size() > 1) name.schema = parts[parts.size() - 2];
  return name;
}

std::string unbracketed(std::string_view written) { return bracketed_parts(base::trim(written)).back(); }

table::Family family_of(std::string_view local_type) {
  using table::Family;
  for (const auto family : {Family::boolean, Family::integer, Family::real, Family::string, Family::date,
                            Family::datetime,
                            Family::spatial})
    if (table::name_of(family) == local_type) return family;
  return Family::other;
}

int number_in(std::string_view text) {
  int number = 0;
  text = base::trim(text);
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Collects the leaves (hyper files) of a connection, then its relations, then the columns.
class ConnectionReader {
 public:
  ConnectionReader(const doc::Element& connection, const std::vector<std::string>& names, Reading& reading)
      : connection_(connection), names_(names), reading_(reading) {}

  std::map<std::string, Reference> read() {
    read_leaves();
    if (leaves_.empty()) return {};
    read_relations(connection_);
    if (relations_.empty()) read_attributes();
    if (!read_records()) read_cols();
    for (auto& [name, leaf] : leaves_) leaf.tables = tables_[name].tables();
    return std::move(leaves_);
  }

 private:
  void read_leaves() {
    add_leaf("", connection_);
    for (const auto& list : plain_children(connection_, "named-connections"))
      for (const auto& named : plain_children(list, "named-connection"))
        add_leaf(plain_attribute(named, "name"), plain_child(named, "connection"));
  }

  void add_leaf(const std::string& name, const doc::Element& connection) {
    if (!connection) return;
    const std::string kind = plain_attribute(connection, "class");
    const std::string dbname = plain_attribute(connection, "dbname");
    if (kind == "dataengine" || base::lower(dbname).ends_with(".tde")) reading_.old_extracts.push_back(dbname);
    else if (kind == "hyper") leaves_[name] = Reference{.names = names_, .dbname = dbname};
  }

  // Collections, joins and unions hold further relations.
  void read_relations(const doc::Element& parent) {
    for (const auto& relation : plain_children(parent, "relation")) {
      const std::string kind = plain_attribute(relation, "type");
      if (kind == "table") add_table(relation);
      else if (kind == "text") note_custom_sql(relation);
      read_relations(relation);
    }
  }

  // The hyper file a relation reads; absent where it is another database.
  std::optional<std::string> leaf_of(const doc::Element& relation) const {
    std::string name = plain_attribute(relation, "connection");
    if (leaves_.contains("")) name.clear();   // an extract's connection is all there is
    return leaves_.contains(name) ? std::optional(name) : std::nullopt;
  }

  void add_table(const doc::Element& relation) {
    const auto leaf = leaf_of(relation);
    const std::string written = plain_attribute(relation, "table");
    if (!leaf || written.empty()) return;
    const auto table = table_name(written);
    const std::string name = plain_attribute(relation, "name");
    relations_[name.empty() ? table.name : name] = {*leaf, table};
    tables_[*leaf].add(table);
  }

  void note_custom_sql(const doc::Element& relation) {
    if (leaf_of(relation))
      reading_.notes.push_back(fmt::format("{} reads its extract with custom SQL ({}); what that needs is not compared",
                                           base::quoted(names_.front()),
                                           base::quoted(plain_attribute(relation, "name"))));
  }

  // Extracts of before Tableau 10 have no relation: schema and tablename say it.
  void read_attributes() {
    const std::string name = plain_attribute(connection_, "tablename");
    if (name.empty() || !leaves_.contains("")) return;
    const std::string schema = plain_attribute(connection_, "schema");
    const table::TableName table{.schema = schema.empty() ? "Extract" : schema, .name = name};
    relations_[name] = {"", table};
    tables_[""].add(table);
  }

  // False where there are none.
  bool read_records() {
    bool any = false;
    for (const auto& list : plain_children(connection_, "metadata-records"))
      for (const auto& record : plain_children(list, "metadata-record"))
        if (plain_attribute(record, "class") == "column") {
          any = true;
          add_column(plain_child(record, "parent-name").text(),
                     {.name = plain_child(record, "remote-name").text(),
                      .family = family_of(base::trim(plain_child(record, "local-type").text())),
                      .remote_type = number_in(plain_child(record, "remote-type").text())});
        }
    return any;
  }

  // A join without metadata-records still says which columns it reads: <map key='[field]'
  // value='[relation].[column]'/>.
  void read_cols() {
    for (const auto& list : plain_children(connection_, "cols"))
      for (const auto& map : plain_children(list, "map")) {
        const auto parts = bracketed_parts(plain_attribute(map, "value"));
        if (parts.size() == 2) column_of(parts[0], {.name = parts[1]});
      }
  }

  void add_column(std::string_view parent, ModelColumn column) {
    if (base::trim(parent).empty() && relations_.size() == 1) column_of(relations_.begin()->first, std::move(column));
    else column_of(unbracketed(parent), std::move(column));
  }

  // Columns of a relation that is no table (a union, custom SQL) belong to no table that could be compared.
  void column_of(const std::string& relation, ModelColumn column) {
    const auto found = relations_.find(relation);
    if (found == relations_.end() || column.name.empty()) return;
    tables_[found->second.leaf].add(found->second.table, std::move(column));
  }

  const doc::Element& connection_;
  const std::vector<std::string>& names_;
  Reading& reading_;
  std::map<std::string, Reference> leaves_;              // by named connection
  std::map<std::string, TableList> tables_;              // of each leaf
  std::map<std::string, TableOfRelation> relations_;     // by relation name
};

}  // namespace

void read_connection(const doc::Element& connection, const std::vector<std::string>& names, bool under_extract,
                     Reading& reading) {
  for (auto& [name, reference] : ConnectionReader(connection, names, reading).read()) {
    reference.under_extract = under_extract;
    reading.references.push_back(std::move(reference));
  }
}

}  // namespace tabferry::package
