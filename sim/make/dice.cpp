#include "sim/make/dice.h"

#include <fmt/format.h>

namespace tabferry::sim::make {
namespace {

constexpr uint64_t kStep = 0x9E3779B97F4A7C15;

uint64_t mixed(uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
  return bits ^ (bits >> 31);
}

uint64_t fnv1a(std::string_view text) {
  uint64_t sum = 0xCBF29CE484222325;
  for (const char byte : text) sum = (sum ^ static_cast<unsigned char>(byte)) * 0x100000001B3;
  return sum;
}

}  // namespace

Dice::Dice(uint64_t seed, std::string_view purpose, uint64_t number)
    : state_(mixed(mixed(seed + kStep) ^ fnv1a(purpose)) ^ mixed(number * kStep + 1)) {}

uint64_t Dice::next() { return mixed(state_ += kStep); }

uint64_t Dice::below(uint64_t count) { return next() % count; }

bool Dice::chance(unsigned percent) { return below(100) < percent; }

std::string Dice::uuid() {
  const uint64_t high = next(), low = next();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF, high & 0xFFF,
                     0x8000 | ((low >> 48) & 0x3FFF), low & 0xFFFFFFFFFFFF);
}

std::string Dice::letters(std::string_view alphabet, size_t count) {
  std::string text(count, ' ');
  for (char& letter : text) letter = alphabet[below(alphabet.size())];
  return text;
}

std::string Dice::token(size_t characters) { return letters("0123456789abcdefghijklmnopqrstuvwxyz", characters); }

std::string Dice::hex(size_t digits) { return letters("0123456789ABCDEF", digits); }

}  // namespace tabferry::sim::make
