#include "backup/survey_index.h"

#include "base/hash.h"
#include "base/text.h"
#include "tableau/json_text.h"

namespace tabferry::backup {
namespace {

using tableau::text_at;

// Moves without the item being another one; and what belongs to the owner or the project, not to the item. (Not the
// table of not_compared.cpp: with other names here fingerprints change, and what has them is downloaded once more.)
constexpr std::string_view kMoving[] = {
    "usage",     "favoritesTotal",     "recentlyViewed", "connectedWorkbooksCount", "hasAlert",         "hasAlerts",
    "hitsTotal", "subscriptionsTotal", "lastAccessedAt", "thumbnailsUserId",        "thumbnailsGroupId"};
constexpr std::string_view kReferences[] = {"owner", "project", "workbook", "view", "location"};
constexpr size_t kHexDigits = 32;

SiteIndex::Workbook workbook_of(const doc::Json& item) {
  return {.project = text_at(item, "project/id"),
          .shows_tabs = base::equal_ignoring_case(text_at(item, "showTabs"), "true")};
}

}  // namespace

SiteIndex index_of(const SurveyedLists& lists) {
  SiteIndex index;
  for (const auto& row : tableau::listed_kinds()) {
    lists.visit(row.kind, [&](const doc::Json& item) {
      index.keys.learn(row.kind, item);
      if (row.kind == "projects") index.locks.learn(item);
      if (row.kind == "workbooks") index.workbooks.insert_or_assign(text_at(item, "id"), workbook_of(item));
    });
  }
  return index;
}

std::string fingerprint_of(const doc::Json& item) {
  doc::Json still = item;
  for (const auto name : kMoving) still.erase(std::string(name));
  for (const auto name : kReferences)
    if (const auto found = still.find(std::string(name)); found != still.end()) *found = text_at(*found, "id");
  return base::sha256_hex(doc::to_line(still)).substr(0, kHexDigits);
}

}  // namespace tabferry::backup
