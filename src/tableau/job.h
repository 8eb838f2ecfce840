// Jobs: what a site does behind its answer. Private to this room.
// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_jobs_tasks_and_schedules.htm#query_job
#pragma once

#include <stop_token>
#include <string>

#include "base/clock.h"
#include "tableau/lane.h"

namespace tabferry::tableau {

struct JobEnd {
  enum class Kind {
    done,
    failed,
    cancelled,  // by somebody at the site
    unclear,    // it ended, but does not say how; or it cannot be looked up
  } kind = Kind::unclear;
  std::string words;  // the site's: notes, or why it is unclear
};

// From a <job> element; absent while it runs. completedAt says that it ended: finishCode may be there before.
std::optional<JobEnd> end_of(const doc::Element& job);

// Asks until it has ended: at 0.2, 0.5, 1, 2 ... and then every 30 s. Throws Error{transient} where it still runs after
// `limit`, and Error{cancelled}; both name the job, which runs on.
JobEnd follow_job(Lane& lane, const base::Clock& clock, const std::string& id, std::chrono::milliseconds limit,
                  std::stop_token stop);

}  // namespace tabferry::tableau
