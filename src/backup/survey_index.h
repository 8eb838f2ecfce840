// What units need to know beside their own item. Private to the survey.
#pragma once

#include <string>
#include <unordered_map>

#include "backup/natural_keys.h"
#include "backup/project_locks.h"
#include "backup/survey_lists.h"

namespace tabferry::backup {

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

// Of what the list says of an item: the same as long as nothing but counters and the like has moved. 32 hex digits.
std::string fingerprint_of(const doc::Json& item);

}  // namespace tabferry::backup
