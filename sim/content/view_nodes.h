// How views look in lists.
#pragma once

#include "sim/core/list.h"

namespace tabferry::sim {

// With how often each was looked at where the call says includeUsageStatistics.
NodeOf nodes_of_views(const Desk& desk, const Call& call);

}  // namespace tabferry::sim
