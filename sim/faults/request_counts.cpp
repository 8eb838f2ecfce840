#include "sim/faults/request_counts.h"

#include <algorithm>
#include <iterator>

#include "doc/json.h"

namespace tabferry::sim {
namespace {

constexpr std::string_view kMethods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"};

}  // namespace

void RequestCounts::count(std::string_view method, std::string_view pattern, int status) {
  const bool is_known = std::ranges::find(kMethods, method) != std::end(kMethods);
  const std::lock_guard lock(mutex_);
  ++total_;
  ++by_route_[{std::string(is_known ? method : "OTHER"), std::string(pattern)}][status];
}

std::string RequestCounts::to_json() const {
  const std::lock_guard lock(mutex_);
  doc::Json json{{"requests", total_}, {"routes", doc::Json::array()}};
  for (const auto& [route, statuses] : by_route_) {
    doc::Json entry{{"method", route.first}, {"route", route.second}, {"count", 0}, {"statuses", doc::Json::object()}};
    uint64_t sum = 0;
    for (const auto& [status, count] : statuses) {
      entry["statuses"][std::to_string(status)] = count;
      sum += count;
    }
    entry["count"] = sum;
    json["routes"].push_back(std::move(entry));
  }
  return doc::to_line(json);
}

}  // namespace tabferry::sim
