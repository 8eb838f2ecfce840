// Fields of our own JSON, read with care: the files may have been edited, or be another program's. Private to this
// room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "doc/json.h"

namespace tabferry::backup {

// Absent is "" / 0 / false; of another type is Error{corrupt}.
inline std::string text_in(const doc::Json& json, std::string_view name, const std::string& where) {
  const auto found = json.find(name);
  if (found == json.end() || found->is_null()) return "";
  if (!found->is_string()) base::fail(base::ErrorKind::corrupt, "{}: {} is no text", where, name);
  return found->get<std::string>();
}

inline uint64_t number_in(const doc::Json& json, std::string_view name, const std::string& where) {
  const auto found = json.find(name);
  if (found == json.end() || found->is_null()) return 0;
  if (!found->is_number_unsigned()) base::fail(base::ErrorKind::corrupt, "{}: {} is no whole number", where, name);
  return found->get<uint64_t>();
}

inline bool flag_in(const doc::Json& json, std::string_view name, const std::string& where) {
  const auto found = json.find(name);
  if (found == json.end() || found->is_null()) return false;
  if (!found->is_boolean()) base::fail(base::ErrorKind::corrupt, "{}: {} is neither true nor false", where, name);
  return found->get<bool>();
}

inline std::vector<std::string> texts_in(const doc::Json& json, std::string_view name, const std::string& where) {
  const auto found = json.find(name);
  if (found == json.end() || found->is_null()) return {};
  std::vector<std::string> texts;
  for (const auto& one : *found) {
    if (!one.is_string()) base::fail(base::ErrorKind::corrupt, "{}: {} is no list of texts", where, name);
    texts.push_back(one.get<std::string>());
  }
  return texts;
}

// Written only where it says something.
inline void put(doc::Json& json, const char* name, const std::string& text) {
  if (!text.empty()) json[name] = text;
}
inline void put(doc::Json& json, const char* name, uint64_t number) {
  if (number != 0) json[name] = number;
}

// The value whose word is the field's text; Error{corrupt} for another one.
template <class Enum, size_t count>
Enum enum_in(const doc::Json& json, std::string_view name, const Enum (&values)[count],
             std::string_view (*word_of)(Enum), const std::string& where) {
  const std::string text = text_in(json, name, where);
  for (const Enum value : values)
    if (word_of(value) == text) return value;
  base::fail(base::ErrorKind::corrupt, "{}: {} is {:?}", where, name, text);
}

}  // namespace tabferry::backup
