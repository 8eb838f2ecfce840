// Numbers that look random and come again with the same seed. Each item has dice of its own, made of the seed, what
// they are for and the item's number, so that one more item changes nothing of the others.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tabferry::sim::make {

class Dice {
 public:
  Dice(uint64_t seed, std::string_view purpose, uint64_t number = 0);

  uint64_t next();                 // any 64 bits (splitmix64)
  uint64_t below(uint64_t count);  // 0 ... count - 1; `count` above 0
  bool chance(unsigned percent);
  std::string uuid();                    // the form of a LUID (version 4), lower case
  std::string token(size_t characters);  // of 0-9 and a-z, as in "federated.0n3n8kv179z9cp18roee106kkx6t"
  std::string hex(size_t digits);        // upper case

  template <class List>
  const auto& pick(const List& list) {
    return list[below(std::size(list))];
  }

 private:
  std::string letters(std::string_view alphabet, size_t count);

  uint64_t state_;
};

}  // namespace tabferry::sim::make
