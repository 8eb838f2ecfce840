#include "base/nearest.h"

#include <fmt/format.h>

#include "base/text.h"

namespace tabferry::base {

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  const auto near = nearest(word, known);
  return near ? fmt::format(" (did you mean {}?)", *near) : "";
}

}  // namespace tabferry::base
