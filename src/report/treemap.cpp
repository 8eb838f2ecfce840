#include "report/treemap.h"

#include <algorithm>
#include <numeric>

namespace tabferry::report {
namespace {

// The worst ratio of sides in a strip along `side` that holds areas from `largest` to `smallest`, `sum` in all.
double worst_ratio(double largest, double smallest, double sum, double side) {
  return std::max(side * side * largest / (sum * sum), sum * sum / (side * side * smallest));
}

// How many of areas[from...] lie in the next strip: as long as one more does not make it worse.
size_t strip_end(const std::vector<double>& areas, size_t from, double side) {
  size_t end = from + 1;
  for (double sum = areas[from]; end < areas.size(); ++end) {
    const double with = sum + areas[end];
    if (worst_ratio(areas[from], areas[end], with, side) > worst_ratio(areas[from], areas[end - 1], sum, side)) break;
    sum = with;
  }
  return end;
}

// Cuts one strip off the shorter side of what is left, and divides it.
void lay_strip(const std::vector<double>& areas, size_t from, size_t end, Tile& left, std::vector<Tile>& tiles) {
  const auto at = [&](size_t i) { return areas.begin() + static_cast<std::ptrdiff_t>(i); };
  const double sum = std::accumulate(at(from), at(end), 0.0);
  const bool upright = left.width >= left.height;  // the strip stands at the left edge
  const double thick = std::min(sum / (upright ? left.height : left.width), upright ? left.width : left.height);
  double along = upright ? left.y : left.x;
  for (size_t i = from; i < end; ++i) {
    const double length = areas[i] / sum * (upright ? left.height : left.width);
    tiles.push_back(upright ? Tile{left.x, along, thick, length} : Tile{along, left.y, length, thick});
    along += length;
  }
  (upright ? left.x : left.y) += thick;
  (upright ? left.width : left.height) -= thick;
}

}  // namespace

std::vector<Tile> tiles_of(const std::vector<double>& amounts, double width, double height) {
  const double sum = std::accumulate(amounts.begin(), amounts.end(), 0.0);
  std::vector<double> areas;
  for (const double amount : amounts) areas.push_back(amount / sum * width * height);
  std::vector<Tile> tiles;
  Tile left{0, 0, width, height};
  for (size_t from = 0; from < areas.size();) {
    const size_t end = strip_end(areas, from, std::min(left.width, left.height));
    lay_strip(areas, from, end, left, tiles);
    from = end;
  }
  return tiles;
}

}  // namespace tabferry::report
