// Quantities as areas: where the rectangles of a treemap lie.
#pragma once

#include <vector>

namespace tabferry::report {

struct Tile {
  double x = 0, y = 0, width = 0, height = 0;
};

// Tiles that fill a rectangle of `width` by `height`, each in proportion to its amount and as near to a square as may
// be (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000). The amounts are positive and descending; as many tiles, in
// their order.
std::vector<Tile> tiles_of(const std::vector<double>& amounts, double width, double height);

}  // namespace tabferry::report
