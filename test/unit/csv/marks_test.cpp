#include "csv/marks.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace tabferry::csv {
namespace {

TEST(Marks, FindsTheFiveStructuralBytesAndNothingElse) {
  const Marks marks(';', '\'');
  for (int value = 0; value < 256; ++value) {
    std::array<char, Marks::kWidth> bytes;
    bytes.fill(static_cast<char>(value));
    const char c = static_cast<char>(value);
    const bool structural = c == ';' || c == '\'' || c == '\n' || c == '\r' || c == '\0';
    EXPECT_EQ(marks.of(bytes.data()), structural ? ~uint64_t{0} : 0) << value;
  }
}

TEST(Marks, AgreesWithThePlainWayInEveryPosition) {
  const Marks marks(',', '"');
  std::mt19937 random(7);
  constexpr char kAlphabet[] = {',', '"', '\n', '\r', '\0', 'a', ' ', '\x80', '\xff'};
  for (int round = 0; round < 2000; ++round) {
    std::array<char, Marks::kWidth> bytes;
    for (auto& byte : bytes) byte = kAlphabet[random() % std::size(kAlphabet)];
    ASSERT_EQ(marks.of(bytes.data()), marks.of_plainly(bytes.data()));
  }
}

}  // namespace
}  // namespace tabferry::csv
