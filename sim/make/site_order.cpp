#include "sim/make/site_order.h"

#include <array>

namespace tabferry::sim::make {

Counts usual_counts(uint64_t users, uint64_t workbooks) {
  Counts counts{.users = users, .groups = users / 12 + 1, .members = 12, .workbooks = workbooks};
  counts.group_sets = counts.groups / 10 + 1;
  counts.projects = workbooks / 20 + 1;
  counts.datasources = workbooks / 4 + 1;
  counts.flows = workbooks / 30 + 1;
  counts.virtual_connections = workbooks / 100 + 1;
  counts.personal = workbooks / 25;
  counts.revisions = 2;
  counts.custom_views = workbooks / 3 + 1;
  counts.schedules = 20;
  counts.tasks = workbooks / 4 + 1;
  counts.flow_tasks = counts.flows / 2 + 1;
  counts.linked_tasks = counts.flows / 10 + 1;
  counts.subscriptions = workbooks / 4 + 1;
  counts.alerts = workbooks / 20 + 1;
  counts.webhooks = 8;
  counts.jobs = workbooks / 10 + 1;
  counts.favorites = 3;
  counts.collections = users / 20 + 1;
  counts.labels = workbooks / 20 + 1;
  counts.warnings = workbooks / 40 + 1;
  counts.databases = workbooks / 100 + 1;
  counts.pulse = counts.datasources / 10 + 1;
  return counts;
}

std::span<const CountOption> count_options() {
  static constexpr std::array options = {
      CountOption{"--groups", &Counts::groups, "Groups"},
      CountOption{"--members", &Counts::members, "Members of each group"},
      CountOption{"--group-sets", &Counts::group_sets, "Group sets"},
      CountOption{"--projects", &Counts::projects, "Projects, nested five deep"},
      CountOption{"--datasources", &Counts::datasources, "Published data sources"},
      CountOption{"--flows", &Counts::flows, "Flows"},
      CountOption{"--virtual-connections", &Counts::virtual_connections, "Virtual connections"},
      CountOption{"--personal", &Counts::personal, "Workbooks, of all, that lie in a personal space"},
      CountOption{"--revisions", &Counts::revisions, "Older revisions of every third content item"},
      CountOption{"--custom-views", &Counts::custom_views, "Custom views"},
      CountOption{"--schedules", &Counts::schedules, "Schedules of a Server"},
      CountOption{"--tasks", &Counts::tasks, "Extract refresh tasks"},
      CountOption{"--flow-tasks", &Counts::flow_tasks, "Flow run tasks"},
      CountOption{"--linked-tasks", &Counts::linked_tasks, "Linked tasks"},
      CountOption{"--subscriptions", &Counts::subscriptions, "Subscriptions"},
      CountOption{"--alerts", &Counts::alerts, "Data alerts"},
      CountOption{"--webhooks", &Counts::webhooks, "Webhooks"},
      CountOption{"--jobs", &Counts::jobs, "Background jobs that are over"},
      CountOption{"--favorites", &Counts::favorites, "Favorites of each user"},
      CountOption{"--collections", &Counts::collections, "Collections"},
      CountOption{"--labels", &Counts::labels, "Labels on content"},
      CountOption{"--warnings", &Counts::warnings, "Data quality warnings"},
      CountOption{"--databases", &Counts::databases, "Databases of the catalog, with five tables each"},
      CountOption{"--pulse", &Counts::pulse, "Pulse definitions, with two metrics each"},
  };
  return options;
}

}  // namespace tabferry::sim::make
