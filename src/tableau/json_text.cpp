#include "tableau/json_text.h"

#include "base/text.h"

namespace tabferry::tableau {

const doc::Json* found_at(const doc::Json& value, std::string_view path) {
  const doc::Json* at = &value;
  for (const auto part : base::split(path, '/')) {
    if (!at->is_object()) return nullptr;
    const auto child = at->find(std::string(part));
    if (child == at->end()) return nullptr;
    at = &*child;
  }
  return at;
}

std::string text_at(const doc::Json& value, std::string_view path) {
  const doc::Json* found = found_at(value, path);
  if (found == nullptr) return "";
  if (found->is_string()) return found->get<std::string>();
  return found->is_number() ? found->dump() : "";
}

std::string first_text_at(const doc::Json& value, std::initializer_list<std::string_view> paths) {
  for (const auto path : paths)
    if (auto text = text_at(value, path); !text.empty()) return text;
  return "";
}

}  // namespace tabferry::tableau
