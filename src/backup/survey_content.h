// What is to be downloaded, out of the lists. Private to the survey.
#pragma once

#include <string>
#include <vector>

#include "backup/survey_index.h"

namespace tabferry::backup {

// The content that this scope takes, in the order of the lists; what caps leave out is told in `limits`.
std::vector<Unit> content_units(const SurveyedLists& lists, const SiteIndex& index, const Scope& scope, int version,
                                std::vector<std::string>& limits);

}  // namespace tabferry::backup
