#include "report/treemap.h"

#include <gtest/gtest.h>

#include <numeric>

namespace tabferry::report {
namespace {

double area_of(const Tile& tile) { return tile.width * tile.height; }

bool overlap(const Tile& a, const Tile& b) {
  constexpr double kSlack = 1e-6;
  return a.x + a.width > b.x + kSlack && b.x + b.width > a.x + kSlack && a.y + a.height > b.y + kSlack &&
         b.y + b.height > a.y + kSlack;
}

void expect_filled(const std::vector<double>& amounts) {
  const auto tiles = tiles_of(amounts, 1000, 340);
  ASSERT_EQ(tiles.size(), amounts.size());
  const double sum = std::accumulate(amounts.begin(), amounts.end(), 0.0);
  for (size_t i = 0; i < tiles.size(); ++i) {
    EXPECT_NEAR(area_of(tiles[i]), amounts[i] / sum * 1000 * 340, 1e-3) << i;
    EXPECT_GE(tiles[i].x, -1e-6);
    EXPECT_LE(tiles[i].x + tiles[i].width, 1000 + 1e-6);
    EXPECT_GE(tiles[i].y, -1e-6);
    EXPECT_LE(tiles[i].y + tiles[i].height, 340 + 1e-6);
    for (size_t j = 0; j < i; ++j) EXPECT_FALSE(overlap(tiles[i], tiles[j])) << i << " and " << j;
  }
}

TEST(Treemap, FillsItsRectangleInProportion) {
  expect_filled({1});
  expect_filled({6, 6, 4, 3, 2, 2, 1});
  expect_filled(std::vector<double>(300, 7));
}

TEST(Treemap, TakesAmountsOfVeryUnequalSizes) { expect_filled({1e12, 1e6, 1, 1e-3}); }

TEST(Treemap, IsAsThePaperDrawsIt) {  // Bruls et al., figure 4: 6, 6, 4, 3, 2, 2, 1 in 6 by 4
  const auto tiles = tiles_of({6, 6, 4, 3, 2, 2, 1}, 6, 4);
  EXPECT_NEAR(tiles[0].width, 3, 1e-9);
  EXPECT_NEAR(tiles[1].y, 2, 1e-9);
  EXPECT_NEAR(tiles[2].x, 3, 1e-9);
  EXPECT_NEAR(tiles[2].width, 12.0 / 7, 1e-9);
}

TEST(Treemap, OfNothingIsEmpty) { EXPECT_TRUE(tiles_of({}, 10, 10).empty()); }

}  // namespace
}  // namespace tabferry::report
