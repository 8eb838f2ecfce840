#include "sim/content/capabilities.h"

#include <algorithm>

#include "base/text.h"

namespace tabferry::sim {
namespace {

// When a capability came, or went, for all kinds. [INF: ExtractRefresh is of 2025.1; API Access, full data and AI on
// workbooks came with data apps.]
struct Span {
  std::string_view list;  // "" means all
  std::string_view name;
  int since = 0;
  int until = 9999;
};
constexpr Span kSpans[] = {{"", "ExtractRefresh", 325},
                           {"", "CreateRefreshMetrics", 0, 321},
                           {"", "PulseMetricDefine", 324},
                           {"datasources", "VizqlDataApiAccess", 324},
                           {"", "AiAccess", 328},
                           {"workbooks", "Connect", 328},
                           {"workbooks", "VizqlDataApiAccess", 328}};

bool is_in_time(const RuledList& list, std::string_view name, int version) {
  return std::all_of(std::begin(kSpans), std::end(kSpans), [&](const Span& span) {
    const bool applies = span.name == name && (span.list.empty() || span.list == list.list);
    return !applies || (version >= span.since && version <= span.until);
  });
}

std::vector<RuledList> all_lists() {
  const std::vector<std::string_view> simple = {"Read", "Write", "ChangeHierarchy", "ChangePermissions", "Delete"};
  return {
      {"workbooks",
       "workbook",
       Kind::workbook,
       204,
       204,
       9999,
       {"Read",
        "Filter",
        "ViewComments",
        "AddComment",
        "ExportImage",
        "ExportData",
        "ShareView",
        "ViewUnderlyingData",
        "WebAuthoring",
        "RunExplainData",
        "Write",
        "ExportXml",
        "ChangeHierarchy",
        "Delete",
        "ChangePermissions",
        "CreateRefreshMetrics",
        "ExtractRefresh",
        "Connect",
        "VizqlDataApiAccess",
        "AiAccess"}},
      {"views",
       "view",
       Kind::view,
       302,
       0,
       9999,
       {"Read", "Filter", "ViewComments", "AddComment", "ExportImage", "ExportData", "ExportXml", "ShareView",
        "ViewUnderlyingData", "WebAuthoring", "Delete", "ChangePermissions"}},
      {"datasources",
       "datasource",
       Kind::datasource,
       204,
       204,
       9999,
       {"Read", "Connect", "Write", "ExportXml", "SaveAs", "ChangeHierarchy", "Delete", "ChangePermissions",
        "VizqlDataApiAccess", "PulseMetricDefine", "ExtractRefresh", "AiAccess"}},
      {"flows",
       "flow",
       Kind::flow,
       303,
       304,
       9999,
       {"Read", "ExportXml", "Execute", "Write", "WebAuthoringForFlows", "ChangeHierarchy", "Delete",
        "ChangePermissions"}},
      {"projects", "project", Kind::project, 204, 0, 9999, {"Read", "Write", "ProjectLeader"}},
      {"virtualconnections",
       "virtualConnection",
       Kind::virtual_connection,
       322,
       323,
       9999,
       {"Read", "Connect", "Write", "Overwrite", "ChangeHierarchy", "Delete", "ChangePermissions"}},
      {"databases", "database", Kind::database, 305, 323, 9999, simple},
      {"tables", "table", Kind::table, 305, 323, 9999, simple},
      {"collections", "collection", Kind::collection, 328, 0, 9999, {"Read", "Write", "ChangePermissions", "Delete"}},
      {"dataroles", "datarole", Kind::site, 0, 304, 9999, simple},
      {"lenses", "lens", Kind::site, 0, 304, 321, simple},     // retired with Ask Data in 3.22
      {"metrics", "metric", Kind::site, 0, 302, 321, simple},  // and the old metrics
  };
}

}  // namespace

std::span<const RuledList> ruled_lists() {
  static const std::vector<RuledList> lists = all_lists();
  return lists;
}

const RuledList* ruled_list(std::string_view list) {
  for (const auto& one : ruled_lists())
    if (base::equal_ignoring_case(one.list, list)) return &one;
  return nullptr;
}

const RuledList* ruled_list_of(Kind kind) {
  for (const auto& one : ruled_lists())
    if (one.kind == kind && kind != Kind::site) return &one;
  return nullptr;
}

bool is_capability(const RuledList& list, std::string_view name, std::string_view mode, int version) {
  const bool is_known = std::find(list.capabilities.begin(), list.capabilities.end(), name) != list.capabilities.end();
  if (!is_known || !is_in_time(list, name, version)) return false;
  return mode == "Allow" || (mode == "Deny" && name != "ProjectLeader");
}

}  // namespace tabferry::sim
