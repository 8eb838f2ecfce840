#include "sim/make/filler.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "sim/make/dice.h"

namespace tabferry::sim::make {
namespace {

constexpr size_t kLine = 64;
constexpr std::string_view kHeadings = "first_reading,second_reading,third_reading,the_fourth_reading__\n";
static_assert(kHeadings.size() == kLine);
// Where the numbers of a line start, and their digits: three of 16, one of 12, with commas between and a line end.
constexpr std::array<std::pair<size_t, size_t>, 4> kNumbers = {{{0, 16}, {17, 16}, {34, 16}, {51, 12}}};

void write_hex(char* into, size_t digits, uint64_t bits) {
  for (size_t at = 0; at < digits; ++at, bits >>= 4) into[at] = "0123456789abcdef"[bits & 0xF];
}

}  // namespace

void Filler::make_line() {
  given_ = 0;
  if (line_number_ == 0) {
    line_ = kHeadings;
  } else {
    Dice dice(seed_, "filler", line_number_);
    for (const auto& [at, digits] : kNumbers) {
      write_hex(line_.data() + at, digits, dice.next());
      line_[at + digits] = at == kNumbers.back().first ? '\n' : ',';
    }
  }
  ++line_number_;
}

size_t Filler::read(std::span<char> into) {
  size_t done = 0;
  while (done < into.size() && left_ > 0) {
    if (given_ == line_.size()) make_line();
    const size_t count = std::min({into.size() - done, line_.size() - given_, static_cast<size_t>(left_)});
    std::memcpy(into.data() + done, line_.data() + given_, count);
    given_ += count;
    done += count;
    left_ -= count;
  }
  return done;
}

}  // namespace tabferry::sim::make
