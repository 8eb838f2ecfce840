// Which documents are asked for, out of the lists. Private to the survey.
#pragma once

#include <string>
#include <vector>

#include "backup/survey_index.h"

namespace tabferry::backup {

// A document of each item that has one whose answer is not known, and those of the site. What the site does not offer
// at all becomes a gap, once a kind.
std::vector<Unit> document_units(const SurveyedLists& lists, const SiteIndex& index, const std::string& site_id,
                                 int version, std::vector<Gap>& gaps);

}  // namespace tabferry::backup
