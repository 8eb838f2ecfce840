// The table of what the site holds: for each kind its names on the wire and which fields are shown when. Growing a kind
// is adding to its row. Source: the official schema (ts-api_3_29.xsd) and the REST API reference.
#pragma once

#include <string_view>
#include <vector>

#include "sim/core/item.h"

namespace tabferry::sim {

enum class Shape : uint8_t { text, number, flag };  // in JSON a flag has no quotes, a number has

// Where a field or child is shown: in every list; in lists with fields=_all_ and in the answer to one item; only there.
enum class Shown : uint8_t { always, in_full, single };

struct FieldRule {
  std::string_view name;
  Shape shape = Shape::text;
  Shown shown = Shown::always;
};

// A child element, in the schema's order. With `attributes` it is a reference: the field of its name holds the id of an
// item of `kind`, of which these attributes are shown (separated by spaces). Without, it is the item's part of its
// name.
struct ChildRule {
  std::string_view element;
  Shown shown = Shown::always;
  Kind kind = Kind::site;
  std::string_view attributes = {};
  bool is_always_there = false;  // an empty list is shown as an empty element
};

// "ownerName" filters and sorts by the name of the item that the field "owner" refers to. Without a field: by the
// item's own attribute, under another name.
struct AliasRule {
  std::string_view name;
  std::string_view field;      // "owner"
  std::string_view attribute;  // "name"
  Kind kind = Kind::site;
};

struct KindRule {
  Kind kind = Kind::site;
  std::string_view name;     // in the journal, in paths of permissions: "workbook"
  std::string_view element;  // "workbook"
  std::string_view list;     // "workbooks"
  std::string_view called;   // "Workbook", in messages
  int not_found = 404001;
  std::string_view parent = {};        // the field with the id of what it belongs to (Site::children); "" where none
  std::vector<FieldRule> fields = {};  // `id` is always shown and need not stand here
  std::vector<ChildRule> children = {};
  std::vector<AliasRule> aliases = {};
};

const KindRule& rule_of(Kind kind);
// Throws Error{corrupt} where there is none.
Kind kind_named(std::string_view name);

// One list for each folder; together they name every kind once.
std::vector<KindRule> people_kinds();
std::vector<KindRule> content_kinds();
std::vector<KindRule> automation_kinds();
std::vector<KindRule> catalog_kinds();

}  // namespace tabferry::sim
