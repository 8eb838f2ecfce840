// Everything that a site lists: what there is to download, which documents are to be asked for, and the lists
// themselves. Asks only for lists (and for one Metadata query where extracts matter); changes nothing.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "backup/list_file.h"
#include "backup/plan.h"
#include "backup/selector.h"
#include "report/reporter.h"
#include "tableau/site.h"

namespace tabferry::backup {

struct Scope {
  bool workbooks = true, datasources = true, flows = true;
  bool metadata = true;           // users, permissions, schedules ...; without it only what natural keys need is listed
  unsigned revisions = 0;         // of each workbook and data source, the newest N before the current one
  std::vector<Selector> include;  // of content; empty: everything
  std::vector<Selector> exclude;  // the Admin Insights project is taken whatever these say
  std::map<std::string, uint64_t> caps;  // "workbooks" -> MAX_WORKBOOKS: so many of them, the newest first
};

struct SurveyedList {
  ListHead head;
  std::filesystem::path file;
  std::string sha256;
};

struct Survey {
  std::string as_of;
  std::vector<SurveyedList> lists;
  std::vector<Unit> content;    // verb download; no rule and no earlier yet
  std::vector<Unit> documents;  // verb read
  std::vector<Gap> gaps;
  std::vector<std::string> notes;
  std::vector<std::string> limits;  // caps that left something out, lists that never stood still: a partial snapshot
  uint64_t left_out = 0;  // content items that the site lists, and the scope leaves out
  uint64_t list_requests = 0;
};

// `lanes`: how many lists are read at once, each on a lane of its own. The lists' files stand in `folder` (private).
// Throws where projects, users or a content kind that is wanted cannot be listed (a refusal of users or flows is a gap:
// what role or licence forbid): without these there is no backup. Other lists that fail are gaps.
// Throws Error{config} where the selectors leave none of the site's items; one that matches nothing is a warning.
Survey survey(const tableau::Site& site, const Scope& scope, unsigned lanes, const std::filesystem::path& folder,
              report::Reporter& reporter, std::stop_token stop);

}  // namespace tabferry::backup
