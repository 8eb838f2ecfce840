// What is asked once the lists are there: labels of what was listed, revisions, the times of extracts. Each is some
// jobs for any number of lanes, and what to do with the answers when all have ended. Private to the survey.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "backup/survey_lists.h"
#include "tableau/extract_times.h"

namespace tabferry::backup {

using Job = std::function<void(tableau::Site& lane, std::stop_token stop)>;

// Labels of all assets that can have some, a hundred a request. Gives the list "labels".
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

// The list of revisions of each workbook and data source among `content`. Gives the list "revisions" and units for the
// newest `count` of each before the current one.
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
