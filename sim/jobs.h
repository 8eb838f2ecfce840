// How a job looks in an answer.
#pragma once

#include "sim/state.h"
#include "sim/wire.h"

namespace tabferry::sim {

Node node_of(const Job& job);

}  // namespace tabferry::sim
