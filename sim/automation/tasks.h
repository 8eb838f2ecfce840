// Tasks: what is refreshed or run, and when. Items of Kind::extract_task and flow_task with the fields content and
// contentType ("workbook", "datasource"; "flow"), type, priority, consecutiveFailedCount, and a schedule as
// schedule_forms.h says; of Kind::linked_task with a schedule and a part "steps".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/core/desk.h"

namespace tabferry::sim {

inline constexpr std::string_view kFullRefresh = "RefreshExtractTask";
inline constexpr std::string_view kIncrementalRefresh = "IncrementExtractTask";
inline constexpr std::string_view kAcceleration = "MaterializeViewsTask";  // retired with 3.15
inline constexpr std::string_view kFlowRun = "RunFlowTask";

// A task about that workbook, data source or flow, without a schedule: the caller sets the field "schedule", or puts
// the part. `type` is one of the above. There is no other way to make items of these kinds; `make` uses it too.
Item make_task(const std::string& id, const Item& content, std::string_view type);
// A linked task: flows that run one after the other. No request makes one.
struct LinkedStep {
  std::string id;       // the step's
  std::string task_id;  // of the flow's run in it
  std::string flow_id;
  bool stops_on_failure = true;
};
Item make_linked_task(const std::string& id, const std::string& schedule_id, const std::vector<LinkedStep>& steps);

// What the task is about; null where it is gone, and the task counts as gone too.
const Item* content_of(const Site& site, const Item& task);
// Kind::workbook for "workbook" or "Workbook": what tasks and subscriptions are about, views too. Refuses with `code`
// anything else.
Kind content_kind(std::string_view content_type, int code);
// Those that the user may see: administrators all, others those about content that they may refresh.
std::vector<const Item*> visible_tasks(const Desk& desk, Kind kind);
// <extractRefresh>, <runFlow> or <dataAcceleration> with schedule and content.
Node node_of_task(const Desk& desk, const Item& task);
// The content that `reference` (<workbook id=""/>) names; the user must be allowed to change it.
const Item& refreshable(const Desk& desk, const Node& reference);

}  // namespace tabferry::sim
