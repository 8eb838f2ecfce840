#include "sim/faults.h"

#include <fmt/format.h>

#include "base/text.h"

namespace tabferry::sim {

bool Faults::expires_this_session() {
  if (++requests_ != plan_.expire_session_at) return false;
  ++expired_;
  return true;
}

bool Faults::denies_this_publish() {
  denied_ += plan_.deny_publish ? 1 : 0;
  return plan_.deny_publish;
}

std::string Faults::notes_for_this_job() {
  failed_ += plan_.fail_job.empty() ? 0 : 1;
  return plan_.fail_job;
}

FaultCounts Faults::counts() const { return {expired_, denied_, failed_}; }

std::string to_text(const FaultCounts& counts) {
  return fmt::format("{} expired, {} denied, {} failed", base::counted(counts.sessions_expired, "session"),
                     counts.publishes_denied == 1 ? "1 publish" : fmt::format("{} publishes", counts.publishes_denied),
                     base::counted(counts.jobs_failed, "job"));
}

}  // namespace tabferry::sim
