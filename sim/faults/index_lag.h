// The search index that runs behind: what was just made and is not in lists yet
// ("After you create a resource, the server updates its search index. If you make a query immediately ... results might
// not be up to date", REST API reference). Any thread may call any member.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tabferry::sim {

class IndexLag {
 public:
  // The number of the request that has just come in; each is counted once.
  void request_came() { ++requests_; }
  // The item is missing from lists during the next `requests` requests.
  void hide(const std::string& id, uint64_t requests);
  bool hides(std::string_view id) const;
  bool hides_any() const { return requests_ <= last_hidden_at_; }

 private:
  std::atomic<uint64_t> requests_{0};
  std::atomic<uint64_t> last_hidden_at_{0};  // the last request that misses anything
  mutable std::mutex mutex_;
  std::unordered_map<std::string, uint64_t> hidden_;  // by id: the last request that misses it
};

}  // namespace tabferry::sim
