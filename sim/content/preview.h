// The picture of a workbook or view that is never drawn here.
#pragma once

#include "sim/core/call.h"

namespace tabferry::sim {

// One transparent pixel, as a PNG.
Reply preview_image();

}  // namespace tabferry::sim
