// How often each call was made and what was answered: what a test asks for "how many requests did that cost".
// Any thread may call any member.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace tabferry::sim {

class RequestCounts {
 public:
  // `pattern`: the route's ("sites/{site}/workbooks"); "" where no route was found. Methods that HTTP does not know are
  // counted as OTHER, so that nobody's imagination fills the memory.
  void count(std::string_view method, std::string_view pattern, int status);
  // {"requests": N, "routes": [{"method", "route", "count", "statuses": {"200": n}}]}
  std::string to_json() const;

 private:
  mutable std::mutex mutex_;
  uint64_t total_ = 0;
  std::map<std::pair<std::string, std::string>, std::map<int, uint64_t>> by_route_;
};

}  // namespace tabferry::sim
