// Which of the counted requests: how one writes them, and whether it is one's turn.
#pragma once

#include <cstdint>
#include <string_view>

namespace tabferry::weather {

// Which counted requests: first..last (1-based), or each with a chance.
struct Which {
  uint64_t first = 1;
  uint64_t last = UINT64_MAX;
  double chance = 1;
};

// What stands behind the @ of a fault: "3", "2-4", "7+", "2%". Throws Error{usage}.
Which parse_which(std::string_view text);

// Whether it is the turn of counted request `number`. The dice are (seed, salt, number): every run hits the same ones.
bool falls_on(const Which& which, uint64_t number, uint64_t seed, uint64_t salt);

}  // namespace tabferry::weather
