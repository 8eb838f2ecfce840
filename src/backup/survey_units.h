// What is to be downloaded and asked for, out of the lists. Private to the survey.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "backup/natural_keys.h"
#include "backup/project_locks.h"
#include "backup/survey_lists.h"

namespace tabferry::backup {

// What units need to know beside their own item.
struct SiteIndex {
  NaturalKeys keys;
  ProjectLocks locks;
  struct Workbook {
    std::string project;
    bool shows_tabs = false;
  };
  std::unordered_map<std::string, Workbook> workbooks;  // by id
};
SiteIndex index_of(const SurveyedLists& lists);

// The content that this scope takes, in the order of the lists; what caps leave out is told in `limits`.
std::vector<Unit> content_units(const SurveyedLists& lists, const SiteIndex& index, const Scope& scope, int version,
                                std::vector<std::string>& limits);

// A document of each item that has one whose answer is not known, and those of the site. What the site does not offer
// at all becomes a gap, once a kind.
std::vector<Unit> document_units(const SurveyedLists& lists, const SiteIndex& index, const std::string& site_id,
                                 int version, std::vector<Gap>& gaps);

// Of what the list says of an item: the same as long as nothing but counters and the like has moved. 32 hex digits.
std::string fingerprint_of(const doc::Json& item);

}  // namespace tabferry::backup
