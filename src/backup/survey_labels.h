// Labels of all assets that can have some, a hundred a request. Private to the survey.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backup/survey_lists.h"

namespace tabferry::backup {

// Some jobs for any number of lanes, and the list "labels" when all have ended.
class LabelReading {
 public:
  explicit LabelReading(const SurveyedLists& lists, int version);
  ~LabelReading();
  void add_jobs(std::vector<Job>& jobs);  // the reading must outlive them
  void finish(SurveyedLists& lists, std::vector<Gap>& gaps, std::vector<std::string>& notes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tabferry::backup
