#include "backup/not_compared.h"

#include <algorithm>
#include <iterator>

namespace tabferry::backup {
namespace {

struct NotCompared {
  std::string_view name;  // of an attribute or element, wherever it stands
  std::string_view why;
};

constexpr std::string_view kUse = "counts or tells use, and nobody changed anything";
constexpr std::string_view kRun = "moves with each run";
constexpr std::string_view kTime = "a change shows in what changed; jobs and refreshes move it as well";
constexpr std::string_view kItem = "the item itself tells it: see what changed of the files";
constexpr std::string_view kOther = "is told of another item, and changes with that one";

// The only place that says what of the metadata is not compared.
constexpr NotCompared kNotCompared[] = {
    {"lastLogin", kUse},
    {"usage", kUse},
    {"favoritesTotal", kUse},
    {"subscriptionsTotal", kUse},
    {"hitsTotal", kUse},
    {"recentlyViewed", kUse},
    {"hasAlert", kUse},
    {"hasAlerts", kUse},
    {"lastAccessedAt", kUse},
    {"lastUsedAt", kUse},
    {"thumbnailsUserId", kUse},
    {"thumbnailsGroupId", kUse},
    {"nextRunAt", kRun},
    {"consecutiveFailedCount", kRun},
    {"lastStatusConnectedTime", kRun},
    {"estimatedTimeToExpiration", kRun},
    {"updatedAt", kTime},
    {"lastUpdatedAt", kTime},
    {"updatedTime", kTime},
    {"update_time", kTime},
    {"size", kItem},
    {"lastPublishedAt", kItem},
    {"accelerationStatus", kItem},
    {"userCount", "group_members tells who they are"},
    {"groupCount", "the groups are told"},
    {"contentsCounts", "what is in a project is told by that"},
    {"connectedWorkbooksCount", kOther},
    {"totalItemCount", "collection_items tells what is in it"},
    {"permissionedItemCount", "depends on who asks"},
    {"total_metrics", "pulse_metrics tells them"},
    {"position", "moves when another favorite comes or goes"},
    {"parentProjectName", kOther},
    {"targetOwnerName", kOther},
    {"ownerName", kOther},
    {"userDisplayName", kOther},
};

}  // namespace

bool is_compared(std::string_view name) {
  if (name.ends_with("NaturalKey") || name == "naturalKey") return false;  // ours: it follows what stands above
  return std::none_of(std::begin(kNotCompared), std::end(kNotCompared),
                      [&](const NotCompared& one) { return one.name == name; });
}

}  // namespace tabferry::backup
