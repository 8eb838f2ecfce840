// A GraphQL query as far as the Metadata API needs it: one operation with variables, fields with aliases and arguments
// (https://spec.graphql.org/October2021/). Fragments, directives, mutations and several operations are refused.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace tabferry::sim::graphql {

// A value of an argument; of what kind it is tells which member holds it.
struct Value {
  enum class Kind { null, text, number, flag, word, list, object, variable } kind = Kind::null;
  std::string text;                                    // of text, number, word; the variable's name; "true"
  std::vector<Value> items;                            // of a list
  std::vector<std::pair<std::string, Value>> members;  // of an object

  const Value* member(std::string_view name) const;  // null where there is none
};

struct Field {
  std::string alias;  // the name, where there is none
  std::string name;
  std::vector<std::pair<std::string, Value>> arguments;
  std::vector<Field> fields;
  int line = 0, column = 0;  // from 1

  const Value* argument(std::string_view wanted) const;  // null where there is none
};

// The fields of the query's one operation. Throws Error{corrupt} "Invalid Syntax : ... line 1 column 5". At most 64 KiB
// of text, 20 levels.
std::vector<Field> parse(std::string_view query);

}  // namespace tabferry::sim::graphql
