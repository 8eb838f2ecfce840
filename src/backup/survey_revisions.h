// The list of revisions of each item among `content` whose kind has some. Private to the survey.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backup/survey_lists.h"

namespace tabferry::backup {

// Some jobs for any number of lanes; when all have ended, the list "revisions", and units for the newest `count` of
// each before the current one.
class RevisionReading {
 public:
  RevisionReading(const std::vector<Unit>& content, unsigned count);
  ~RevisionReading();
  void add_jobs(std::vector<Job>& jobs);  // the reading must outlive them
  void finish(SurveyedLists& lists, std::vector<Unit>& content, std::vector<Gap>& gaps,
              std::vector<std::string>& notes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tabferry::backup
