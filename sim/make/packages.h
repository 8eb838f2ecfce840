// .twbx, .tdsx, .tflx, .tfl: zip files, written straight to disk. The same order gives the same bytes (the times in
// them are fixed); a body of any size takes no memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tabferry::sim::make {

struct PackageOrder {
  struct Text {
    std::string entry;  // "Sales.twb", "flow"; '/' between folders, UTF-8
    std::string bytes;
  };
  struct File {
    std::string entry;  // "Data/Extracts/orders.hyper"
    std::filesystem::path file;
  };
  std::vector<Text> texts;  // deflated; in this order at the front
  std::vector<File> files;  // stored: what is packed in itself already
  // Of the package, if that is more than what the above takes: a stored entry Data/Files/readings.csv (a Filler) makes
  // it up to exactly this. Beyond 4 GiB the zip64 fields come on top (below 200 bytes).
  uint64_t size_bytes = 0;
  uint64_t seed = 0;  // of the filler
};

// Writes the package to a file that is not there yet; its size in bytes. Throws Error{io}.
uint64_t write_package(const std::filesystem::path& path, const PackageOrder& order);

}  // namespace tabferry::sim::make
