#include "sim/automation/schedule_forms.h"

#include "sim/automation/frequency.h"
#include "sim/core/render.h"

namespace tabferry::sim {
namespace {

constexpr int kServerCode = 400064;

// The text of the time that a checked schedule runs at next.
std::string next_run_text(const Desk& desk, const Node& schedule) {
  return base::iso_time(next_run(parse_frequency(schedule, kServerCode), desk.simulator.now()));
}

// A shared schedule's fields as parse_frequency() reads them.
Node frequency_node(const Item& schedule) {
  Node node("schedule");
  node.with("frequency", schedule.get("frequency"));
  if (const Node* details = schedule.part("frequencyDetails")) node.add(*details);
  return node;
}

Node with_next_run(const Desk& desk, Node schedule) {
  const std::string when = next_run_text(desk, schedule);
  std::erase_if(schedule.attributes, [](const Node::Attribute& one) { return one.name == "nextRunAt"; });
  return schedule.with("nextRunAt", when);
}

}  // namespace

Node kept_details(const Node& schedule) {
  const Node& asked = *schedule.child("frequencyDetails");
  Node kept("frequencyDetails");
  kept.with("start", asked.attribute_or("start", ""));
  if (const auto end = asked.attribute("end")) kept.with("end", *end);
  Node intervals("intervals");
  intervals.as_list();
  if (const Node* given = asked.child("intervals"))
    for (const auto& one : given->children)
      for (const auto& attribute : one.attributes) {
        // An hour is an hour: the schema has no 60 minutes.
        const bool is_hour = attribute.name == "minutes" && attribute.value == "60";
        intervals.add(is_hour ? Node("interval").with("hours", "1")
                              : Node("interval").with(attribute.name, attribute.value));
      }
  return kept.add(std::move(intervals));
}

Node node_of_schedule(const Desk& desk, const Item& schedule, bool with_details) {
  Node node = rendered(desk.site, schedule, with_details ? Detail::single : Detail::listed);
  // A schedule of the system has no frequency that we know; a suspended one does not run [INF].
  if (schedule.part("frequencyDetails") != nullptr && schedule.get("state") == "Active")
    node.with("nextRunAt", next_run_text(desk, frequency_node(schedule)));
  return node;
}

Node own_schedule(const Desk& desk, const Node& asked) {
  expect_only(asked, {"frequency"}, {"frequencyDetails"});
  check_for_cloud(parse_frequency(asked, 409004));
  Node kept("schedule");
  kept.with("frequency", asked.attribute_or("frequency", "")).with("createdAt", desk.now).with("updatedAt", desk.now);
  return kept.add(kept_details(asked));
}

Node schedule_of(const Desk& desk, const Item& holder, std::string_view attributes) {
  if (const Node* own = holder.part("schedule")) return with_next_run(desk, *own);
  const Item* shared = desk.site.find(Kind::schedule, holder.get("schedule"));
  if (shared == nullptr) return Node("schedule");
  return attributes.empty() ? node_of_schedule(desk, *shared, false)
                            : reference(desk.site, Kind::schedule, "schedule", shared->id(), attributes);
}

}  // namespace tabferry::sim
