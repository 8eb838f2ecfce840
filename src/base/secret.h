// A string that must not be shown. There is no stream operator, no formatter and no conversion: only reveal().
// Copies are allowed (a session keeps one); the bytes are wiped when a copy dies.
#pragma once

#include <string>
#include <utility>

namespace tabferry::base {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(std::exchange(other.value_, {})) {}
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  const std::string& reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

}  // namespace tabferry::base
