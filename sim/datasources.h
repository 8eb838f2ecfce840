// How a data source looks in an answer.
#pragma once

#include "sim/simulator.h"
#include "sim/wire.h"

namespace tabferry::sim {

// Called with the mutex held.
Node node_of(const Datasource& datasource, const State& state, const std::string& base_url);

}  // namespace tabferry::sim
