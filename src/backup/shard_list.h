// How many workers a plan is shared out to, for engines that map over a list: SNAPSHOT.work/shards.json,
// [{"snapshot": NAME, "shard": 0, "of": n}, ...]. The newest backup-plan of that snapshot says it: where a plan is gone
// on with for another number of workers, plan.json stays and this object is another one.
#pragma once

#include <string>

#include "store/store.h"

namespace tabferry::backup {

inline constexpr unsigned kMostShards = 10'000;

std::string shard_list_key(std::string_view snapshot);
// Returns the object's key. A list for another number is written over.
std::string put_shard_list(const store::Store& store, const std::string& snapshot, unsigned shards);
// Of the list, else of the plan. Throws Error{not_found} where there is no plan, Error{corrupt}.
unsigned planned_shards(const store::Store& store, const std::string& snapshot);

}  // namespace tabferry::backup
