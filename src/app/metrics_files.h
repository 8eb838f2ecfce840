// Where the numbers of a run go. Private to this room.
#pragma once

#include <filesystem>
#include <string>

#include "app/metrics.h"

namespace tabferry::app {

// `line`: with its end. `where`: "stdout", "stderr", or a file that it is appended to; "" is nowhere.
// Both throw Error{config} for a file that is none of tabferry's own (a device, a FIFO, a link; other programs' metrics),
// Error{io}.
void write_emf(const std::string& where, const std::string& line);
// Reads the file and replaces it, one run after the other: where another one is at it, it waits 10 s at most.
void write_prometheus(const std::filesystem::path& file, const RunMetrics& metrics);

}  // namespace tabferry::app
