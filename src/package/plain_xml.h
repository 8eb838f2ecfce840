// A Tableau document as any version of Tableau reads it: `_.fcp.FEATURE.true...NAME` is an element or attribute that
// exists where the feature is on, `.false...` one for versions without it. All features count as on: `true` stands
// under its plain name, `false` is not there. Markers may nest (_.fcp.A.true..._.fcp.B.true...NAME). Seen in files of
// Tableau 2020.2 - 2023.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doc/xml.h"

namespace tabferry::package {

// The name without its markers; absent where one of them says `false`. A name that only looks like one stays as it is.
std::optional<std::string_view> plain_name(std::string_view name);

// What doc::Element's members of these names give, under plain names.
std::vector<doc::Element> plain_children(const doc::Element& parent, std::string_view name);
doc::Element plain_child(const doc::Element& parent, std::string_view name);
std::string plain_attribute(const doc::Element& element, std::string_view name);   // empty where there is none

}  // namespace tabferry::package
