#include <algorithm>

#include "app/config_tree.h"
#include "base/error.h"
#include "base/text.h"
#include "doc/json.h"

namespace tabferry::app {
namespace {

using Kind = ConfigTree::Kind;

Kind kind_of(const doc::Json& value) {
  if (value.is_null()) return Kind::nothing;
  if (value.is_boolean()) return Kind::boolean;
  if (value.is_number()) return Kind::number;
  if (value.is_array()) return Kind::list;
  return value.is_object() ? Kind::map : Kind::text;
}

ConfigTree tree_of(const doc::Json& value, size_t& next) {
  ConfigTree tree{.kind = kind_of(value), .order = next++};
  if (value.is_string()) tree.text = value.get<std::string>();
  else if (value.is_primitive()) tree.text = doc::to_line(value);
  for (const auto& [key, child] : value.items()) {
    if (!value.is_structured()) break;   // items() of a scalar is the scalar itself
    tree.children.push_back(tree_of(child, next));
    if (value.is_object()) tree.children.back().key = key;
  }
  return tree;
}

// "FILE: line 3, column 7: not valid JSON (...)" -> "FILE:3:7: not valid JSON (...)".
std::string with_short_place(std::string message, const std::string& file) {
  const std::string line_word = file + ": line ";
  const std::string column_word = ", column ";
  const auto column = message.find(column_word);
  if (!message.starts_with(line_word) || column == std::string::npos) return message;
  const std::string line = message.substr(line_word.size(), column - line_word.size());
  return file + ":" + line + ":" + message.substr(column + column_word.size());
}

}  // namespace

ConfigTree read_json(std::string_view text, const std::string& file) {
  try {
    size_t next = 0;
    return tree_of(doc::parse_json(text, file), next);
  } catch (const base::Error& error) {   // it knows the bytes, we know that they are a configuration
    base::fail(base::ErrorKind::config, "{}", with_short_place(error.what(), file));
  }
}

}  // namespace tabferry::app
