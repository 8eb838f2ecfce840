// The lists of a site, each read into a file of its own. Private to the survey.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "backup/survey.h"
#include "tableau/kinds.h"
#include "tableau/site.h"

namespace tabferry::backup {

// What any lane may do.
using Job = std::function<void(tableau::Site& lane, std::stop_token stop)>;

// A kind that came with a later version than this site's.
Gap gap_of_version(std::string_view kind, int since, int here);

// The rows of the catalogue that this scope needs and this version has.
std::vector<const tableau::ListedKind*> wanted_lists(const Scope& scope, int version);

// What was read so far. Any number of lanes may read different kinds at once; behind that it is one thread's.
class SurveyedLists {
 public:
  explicit SurveyedLists(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // On this lane. A refusal is kept as an answer, and so is a failure of a list that a backup can do without; others
  // are thrown (survey.h).
  void read(tableau::Site& lane, const tableau::ListedKind& row, std::stop_token stop);
  // A list that was put together from several answers: `write` gives each of its items to the function that it gets.
  using Give = std::function<void(const doc::Json& item)>;
  void write(ListHead head, const std::function<void(const Give& give)>& write);

  // Absent where the list was not asked for.
  const SurveyedList* find(std::string_view kind) const;
  // Goes through the items as they were read. None where there is no such list.
  void visit(std::string_view kind, const std::function<void(const doc::Json& item)>& visit) const;
  std::string earliest_date() const;  // of the answers; "" where there is none
  std::vector<SurveyedList> take();   // by kind
  // For people, what was announced and not seen: a note, for some sites announce too many every day; a limit (the
  // snapshot is a partial one) where the list moved in its last pass too, so that something may really be missing.
  void tell_discrepancies(std::vector<std::string>& notes, std::vector<std::string>& limits) const;
  std::vector<Gap> gaps() const;  // lists that were refused or failed

 private:
  void put(SurveyedList list);

  const std::filesystem::path folder_;
  std::mutex mutex_;
  std::map<std::string, SurveyedList, std::less<>> lists_;
};

}  // namespace tabferry::backup
