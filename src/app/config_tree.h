// What a configuration file holds, before any of its keys is understood: one small tree that YAML and JSON both become.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tabferry::app {

// A value, with its key where it stands in a map. Scalars keep the text they were written with.
struct ConfigTree {
  enum class Kind { nothing, boolean, number, text, list, map };

  Kind kind = Kind::nothing;
  std::string key;                    // in the map that holds it
  std::string text;                   // of a scalar: "007", "true"; quotes and escapes already undone
  std::vector<ConfigTree> children;   // of a list or a map; the keys of a map differ
  int line = 0;                       // of its key, else of itself, from 1; 0 where the reader cannot tell (JSON)
  size_t order = 0;                   // the place in the file, counted over all values; aliases where they are used
};

// Reads one YAML document (1.2, core schema: only unquoted null, true, false and numbers are no text; aliases and merge
// keys `<<` are expanded). Throws Error{config} "FILE:LINE:COLUMN: ...": no YAML, not UTF-8, a key twice in one map, a
// second document, a foreign tag, deeper than 50, an alias that holds itself, more than 200,000 values once aliases are
// expanded.
ConfigTree read_yaml(std::string_view text, const std::string& file);

// Reads one JSON document. Throws Error{config} "FILE:LINE:COLUMN: ..."; no byte of the file is in the message (it may
// belong to a secret).
ConfigTree read_json(std::string_view text, const std::string& file);

}  // namespace tabferry::app
