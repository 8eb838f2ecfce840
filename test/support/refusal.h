// What the simulator refuses, for its tests.
#pragma once

#include "sim/core/refusal.h"

namespace tabferry::sim {

// The code with which `work` is refused; 0 where it is not.
template <class Work>
int code_of(Work work) {
  try {
    work();
  } catch (const Refusal& refusal) {
    return refusal.code();
  }
  return 0;
}

}  // namespace tabferry::sim
