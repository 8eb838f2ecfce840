// Inside of the room: which part of a backup this process is to do.
#pragma once

#include <optional>
#include <string>

#include "app/settings.h"
#include "backup/work.h"
#include "store/store.h"

namespace tabferry::app {

// What an engine that starts one process many times tells each of them, and which variable says it.
struct ToldIndex {
  unsigned index = 0;  // from 0
  std::string by;      // "AWS_BATCH_JOB_ARRAY_INDEX"
};

// AWS_BATCH_JOB_ARRAY_INDEX (https://docs.aws.amazon.com/batch/latest/userguide/array_jobs.html), JOB_COMPLETION_INDEX
// (https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode), or SLURM_ARRAY_TASK_ID less
// SLURM_ARRAY_TASK_MIN (https://slurm.schedmd.com/job_array.html). Absent where none is set. Throws Error{usage} where
// one is no number, or two do not say the same.
std::optional<ToldIndex> told_index(const Environment& environment);

// `number`: of --shard; where it is absent the engine's variable says it, or nobody where there is one shard only.
// `of`: of --shard or --shards; 0: as many as were planned (asks the store). Throws Error{usage} where nobody says
// which part, or there is no such part; Error{not_found} where there is no plan.
backup::Shard choose_shard(std::optional<unsigned> number, unsigned of, const std::string& snapshot,
                           const store::Store& store, const Environment& environment);

}  // namespace tabferry::app
