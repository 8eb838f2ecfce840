// Real .hyper files, small ones, made by the engine. There is no other way to one: without an engine a made site has
// live connections only. The engine gives every new file an id of its own, so that two of the same rows differ in a few
// bytes (34 of 131,072, tried with hyperd 0.0.26963) but not in size.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <vector>

namespace tabferry::sim::make {

struct Extract {
  std::filesystem::path file;
  size_t shape = 0;  // of shapes(); its table is extract_table()
  uint64_t rows = 0;
  uint64_t size_bytes = 0;
};

// One for every shape, in their order, in `folder` (which exists and is private: the engine's socket lies in it). Takes
// about a second. Throws Error{io}: the engine does not start or dies; Error{cancelled}.
std::vector<Extract> make_extracts(const std::filesystem::path& engine, const std::filesystem::path& folder,
                                   uint64_t seed, std::stop_token stop);

}  // namespace tabferry::sim::make
