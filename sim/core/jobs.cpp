#include "sim/core/jobs.h"

#include "sim/core/ids.h"
#include "sim/core/kinds.h"
#include "sim/faults/hooks.h"

namespace tabferry::sim {
namespace {

// A job that nobody asks for is done after this long; one that is asked for, at the second look.
constexpr std::chrono::seconds kUnwatchedJob{5};

const std::vector<JobType>& types() {
  static const std::vector<JobType> all = [] {
    std::vector<JobType> types;
    for (const auto& list : {people_jobs(), content_jobs(), automation_jobs()})
      types.insert(types.end(), list.begin(), list.end());
    return types;
  }();
  return all;
}

struct End {
  std::string_view code;
  std::string_view status;
};
constexpr End kSuccess{"0", "Success"}, kFailed{"1", "Failed"}, kCancelled{"2", "Cancelled"};

void end_with(Desk& desk, Item job, const End& end) {
  if (!job.has("startedAt")) job.set("startedAt", job.get("createdAt"));
  job.set("completedAt", desk.now).set("endedAt", desk.now).set("updatedAt", desk.now).set("progress", "100");
  desk.world.running_jobs.erase(job.id());
  desk.site.put(job.set("finishCode", end.code).set("status", end.status).unset("_file"));
}

// Where the job was a run of a task: how often in a row it went wrong.
void count_failures(Desk& desk, const Item& job, bool has_failed) {
  const Kind kind = job.get("type") == "RunFlow" ? Kind::flow_task : Kind::extract_task;
  const Item* task = desk.site.find(kind, job.get("_task"));
  if (task == nullptr) return;
  const uint64_t failures = has_failed ? task->number("consecutiveFailedCount") + 1 : 0;
  desk.site.put(Item(*task).set_number("consecutiveFailedCount", failures));
}

// What went wrong; "": nothing.
std::string trouble_of(Desk& desk, Item& job) {
  if (const std::string planned = job.get("_plannedFailure"); !planned.empty()) return planned;
  try {
    const JobType type = job_type(job.get("type"));
    if (type.work != nullptr) type.work(desk, job);
  } catch (const Refusal& refusal) {
    return refusal.detail();
  }
  return "";
}

void finish(Desk& desk, const std::string& id) {
  Item job = desk.site.at(Kind::job, id);
  const std::string trouble = trouble_of(desk, job);
  if (!trouble.empty()) job.set("_notes", trouble);
  count_failures(desk, job, !trouble.empty());
  end_with(desk, std::move(job), trouble.empty() ? kSuccess : kFailed);
}

}  // namespace

JobType job_type(std::string_view type) {
  for (const auto& known : types())
    if (known.type == type) return known;
  return {.type = type, .list_type = type};
}

Item new_job(const Desk& desk, std::string_view type) {
  Item job(Kind::job, make_luid());
  job.set("mode", "Asynchronous").set("type", type).set("createdAt", desk.now).set("progress", "0");
  job.set("status", "Pending").set("priority", "50").set("jobType", job_type(type).list_type);
  return desk.user == nullptr ? job : job.set("owner", desk.user->id());
}

Item& concern(Item& job, const Item& content) {
  job.set("content", content.id()).set("contentType", rule_of(content.kind()).element);
  return job.set("_subject", content.get("name")).set("title", content.get("name"));
}

const Item& start(Desk& desk, Item job) {
  if (const std::string notes = faults_on_job(desk, job); !notes.empty()) job.set("_plannedFailure", notes);
  desk.world.running_jobs.insert(job.id());
  return desk.site.put(std::move(job));
}

void cancel(Desk& desk, const std::string& id) { end_with(desk, desk.site.at(Kind::job, id), kCancelled); }

void advance_jobs(Desk& desk) {
  const auto is_due = [&](const std::string& id) {
    const Item* job = desk.site.find(Kind::job, id);
    if (job == nullptr) return false;
    const auto now = desk.simulator.now();
    return base::parse_iso_time(job->get("createdAt")).value_or(now) + kUnwatchedJob <= now;
  };
  const auto running = desk.world.running_jobs;
  for (const auto& id : running)
    if (is_due(id)) finish(desk, id);
}

void look_at(Desk& desk, const std::string& id) {
  Item job = desk.site.at(Kind::job, id);
  if (job.has("completedAt")) return;
  if (job.has("startedAt")) return finish(desk, job.id());
  desk.site.put(job.set("startedAt", job.get("createdAt")).set("status", "InProgress").set("progress", "50"));
}

}  // namespace tabferry::sim
