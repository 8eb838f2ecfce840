// What is to be downloaded, out of the lists. Private to the survey.
#pragma once

#include <string>
#include <vector>

#include "backup/survey_index.h"

namespace tabferry::backup {

struct Chosen {
  std::vector<Unit> units;          // in the order of the lists
  uint64_t left_out = 0;            // items that the site lists, and kinds, selectors or caps leave out
  std::vector<std::string> limits;  // what caps left out, in words
  std::vector<std::string> idle;    // selectors that match nothing on the site, in words
};

// The content that this scope takes. Throws Error{config} where its selectors leave nothing (Admin Insights apart) of
// a site that has some: no backup is meant so.
Chosen choose_content(const SurveyedLists& lists, const SiteIndex& index, const Scope& scope, int version);

}  // namespace tabferry::backup
