#include "sim/automation/refresh.h"

#include <algorithm>

#include "base/clock.h"
#include "sim/automation/tasks.h"
#include "sim/core/ids.h"
#include "sim/core/jobs.h"
#include "sim/core/kinds.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

void check_queue(const Desk& desk, std::string_view type, const Item& content) {
  const bool is_queued =
      std::any_of(desk.world.running_jobs.begin(), desk.world.running_jobs.end(), [&](const auto& id) {
        const Item* job = desk.site.find(Kind::job, id);
        return job != nullptr && job->get("type") == type && job->get("content") == content.id();
      });
  if (is_queued)
    refuse(409093, "Resource Conflict: Job for {} '{}' is already queued. Not queuing a duplicate.",
           rule_of(content.kind()).element, content.id());
}

// Times have whole seconds; what moves must be seen to.
std::string later_than(const std::string& before, const Desk& desk) {
  const auto old = base::parse_iso_time(before);
  const auto now = desk.simulator.now();
  return base::iso_time(old && *old + std::chrono::seconds(1) > now ? *old + std::chrono::seconds(1) : now);
}

bool wants_incremental(const Call& call) {
  if (call.document.empty()) return false;
  const Node root = parse_request_root(call.document, call.request_language());
  expect_only(root, {}, {"extractRefresh"});
  const Node* asked = root.child("extractRefresh");
  return asked != nullptr && asked->attribute_or("incremental", "") == "true";
}

template <Kind kind>
Reply refresh_now(Desk& desk, const Call& call) {
  const Item& content = asked_item(desk, call, kind, "ExtractRefresh", 403047);
  return {.status = 202, .payload = {start_refresh(desk, content, wants_incremental(call))}};
}

Reply run_flow_now(Desk& desk, const Call& call) {
  return {.payload = {start_flow_run(desk, asked_item(desk, call, Kind::flow, "Execute"))}};
}

// Moves the item's updatedAt and the times that the Metadata API tells. The bytes of its file stay (the fault `refresh`
// changes them).
void refresh_extracts(Desk& desk, Item& job) {
  Item item = desk.site.at(content_kind(job.get("contentType"), 400003), job.get("content"));
  if (item.has("hasExtracts") && !item.flag("hasExtracts"))
    refuse(400003, "The {} '{}' has no extracts to refresh.", job.get("contentType"), item.get("name"));
  const std::string when = later_than(item.get("updatedAt"), desk);
  item.set("updatedAt", when).set("_extractLastUpdateTime", when);
  item.set(job.flag("_incremental") ? "_extractLastIncrementalUpdateTime" : "_extractLastRefreshTime", when);
  job.set("_notes", fmt::format("Finished refresh of extracts for {} '{}'", job.get("contentType"), item.get("name")));
  desk.site.put(std::move(item));
}

// A flow's outputs are not looked into: its run changes nothing else. Refuses where the flow is gone.
void run_flow(Desk& desk, Item& job) { desk.site.at(Kind::flow, job.get("content")); }

}  // namespace

Node start_refresh(Desk& desk, const Item& content, bool is_incremental, const std::string& task) {
  check_queue(desk, "RefreshExtract", content);
  Item job = new_job(desk, "RefreshExtract");
  concern(job, content).set("_task", task).set_flag("_incremental", is_incremental);
  return answer_of_new(start(desk, std::move(job)));
}

Node start_flow_run(Desk& desk, const Item& flow, const std::string& task) {
  check_queue(desk, "RunFlow", flow);
  Item job = new_job(desk, "RunFlow");
  concern(job, flow).set("_task", task).set("_flowRunId", make_luid());
  return answer_of_new(start(desk, std::move(job)));
}

Node start_task(Desk& desk, const Item& task) {
  const Item& content = *content_of(desk.site, task);
  if (task.kind() == Kind::flow_task) return start_flow_run(desk, content, task.id());
  return start_refresh(desk, content, task.get("type") == kIncrementalRefresh, task.id());
}

std::vector<JobType> automation_jobs() {
  return {{"RefreshExtract", "refresh_extracts", "extractRefreshJob", "", false, refresh_extracts},
          {"RunFlow", "run_flow", "runFlowJobType", "flow", false, run_flow}};
}

std::vector<Route> run_now_routes() {
  return {{"POST", "sites/{site}/workbooks/{id}/refresh", refresh_now<Kind::workbook>, {.since = 208}},
          {"POST", "sites/{site}/datasources/{id}/refresh", refresh_now<Kind::datasource>, {.since = 208}},
          {"POST", "sites/{site}/flows/{id}/run", run_flow_now, {.since = 303, .feature = "flows"}}};
}

}  // namespace tabferry::sim
