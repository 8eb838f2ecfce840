#include "package/plain_xml.h"

#include <algorithm>

namespace tabferry::package {
namespace {

constexpr std::string_view kMarker = "_.fcp.";
constexpr std::string_view kOn = ".true...";
constexpr std::string_view kOff = ".false...";

}  // namespace

std::optional<std::string_view> plain_name(std::string_view name) {
  while (name.starts_with(kMarker)) {
    const std::string_view rest = name.substr(kMarker.size());
    const auto feature_end = rest.find('.');
    if (feature_end == std::string_view::npos) return name;
    const std::string_view value = rest.substr(feature_end);
    if (value.starts_with(kOff)) return std::nullopt;
    if (!value.starts_with(kOn)) return name;
    name = value.substr(kOn.size());
  }
  return name;
}

std::vector<doc::Element> plain_children(const doc::Element& parent, std::string_view name) {
  std::vector<doc::Element> found;
  for (const auto& child : parent.children())
    if (plain_name(child.name()) == name) found.push_back(child);
  return found;
}

doc::Element plain_child(const doc::Element& parent, std::string_view name) {
  const auto found = plain_children(parent, name);
  return found.empty() ? doc::Element() : found.front();
}

// Where an attribute stands both plainly and behind a marker, the marked one is for us.
std::string plain_attribute(const doc::Element& element, std::string_view name) {
  std::string found;
  for (const auto& [written, value] : element.attributes()) {
    const bool marked = written.starts_with(kMarker);
    if (plain_name(written) == name && (marked || found.empty())) found = value;
  }
  return found;
}

}  // namespace tabferry::package
