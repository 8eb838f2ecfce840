// What happens by itself: the rows of the table in core/kinds.h. Tasks, subscriptions and alerts name what they are
// about in the field "content" ("view" for alerts), which is their parent, so that they go with it; "contentType" says
// what it is. Their answers are drawn beside the table, by task_forms.cpp, subscriptions.cpp ...
#include "sim/core/kinds.h"

namespace tabferry::sim {
namespace {

using enum Shown;
using enum Shape;

KindRule schedule_kind() {
  return {.kind = Kind::schedule,
          .name = "schedule",
          .element = "schedule",
          .list = "schedules",
          .called = "Schedule",
          .not_found = 404023,
          .fields = {{"name"},
                     {"state"},
                     {"priority", number},
                     {"createdAt"},
                     {"updatedAt"},
                     {"type"},
                     {"frequency"},
                     {"executionOrder", text, single},
                     {"endScheduleAt"}},
          .children = {{.element = "frequencyDetails", .shown = single}}};
}

KindRule subscription_kind() {
  return {.kind = Kind::subscription,
          .name = "subscription",
          .element = "subscription",
          .list = "subscriptions",
          .called = "Subscription",
          .not_found = 404025,
          .parent = "content",
          .fields = {{"subject"},
                     {"message"},
                     {"attachImage", flag},
                     {"attachPdf", flag},
                     {"pageOrientation"},
                     {"pageSizeOption"},
                     {"suspended", flag},
                     {"refreshExtractTriggered", flag}}};
}

KindRule data_alert_kind() {
  return {.kind = Kind::data_alert,
          .name = "data_alert",
          .element = "dataAlert",
          .list = "dataAlerts",
          .called = "Data alert",
          .not_found = 409023,
          .parent = "view",
          .fields = {{"subject"},
                     {"creatorId"},
                     {"createdAt"},
                     {"updatedAt"},
                     {"frequency"},
                     {"public", flag},
                     {"suspended", flag},
                     {"alertCondition", text, single},
                     {"alertThreshold", text, single}},
          .children = {{.element = "owner", .kind = Kind::user, .attributes = "id name"}}};
}

KindRule webhook_kind() {
  return {.kind = Kind::webhook,
          .name = "webhook",
          .element = "webhook",
          .list = "webhooks",
          .called = "Webhook",
          .fields = {{"name"}, {"isEnabled", flag}, {"statusChangeReason"}, {"createdAt"}, {"updatedAt"}}};
}

// As the list shows jobs; core/job_forms.cpp draws a single one.
KindRule job_kind() {
  return {.kind = Kind::job,
          .name = "job",
          .element = "backgroundJob",
          .list = "backgroundJobs",
          .called = "Job",
          .not_found = 404018,
          .fields = {{"status"},
                     {"createdAt"},
                     {"startedAt"},
                     {"endedAt"},
                     {"priority", number},
                     {"jobType"},
                     {"title"},
                     {"subtitle"}},
          .aliases = {}};
}

}  // namespace

std::vector<KindRule> automation_kinds() {
  return {
      schedule_kind(),
      {.kind = Kind::extract_task,
       .name = "extract_task",
       .element = "extractRefresh",
       .list = "tasks",
       .called = "Task",
       .not_found = 404026,
       .parent = "content",
       .fields = {{"priority", number}, {"consecutiveFailedCount", number}, {"type"}, {"incremental", flag}}},
      {.kind = Kind::flow_task,
       .name = "flow_task",
       .element = "runFlow",
       .list = "tasks",
       .called = "Task",
       .not_found = 404026,
       .parent = "content",
       .fields = {{"priority", number}, {"consecutiveFailedCount", number}, {"type"}}},
      {.kind = Kind::linked_task,
       .name = "linked_task",
       .element = "linkedTasks",
       .list = "linkedTasks",
       .called = "Linked task",
       .not_found = 404026},
      subscription_kind(),
      data_alert_kind(),
      webhook_kind(),
      job_kind(),
  };
}

}  // namespace tabferry::sim
