#include "app/s3_variables.h"

namespace tabferry::app {

std::optional<Variable> first_set(const Environment& environment, std::span<const char* const> names) {
  for (const char* name : names)
    if (const auto value = environment(name); value && !value->empty()) return Variable{.name = name, .value = *value};
  return std::nullopt;
}

std::string value_of(const Environment& environment, std::span<const char* const> names) {
  const auto variable = first_set(environment, names);
  return variable ? variable->value : "";
}

}  // namespace tabferry::app
