#include "base/secret.h"

#include <string.h>

namespace tabferry::base {

Secret& Secret::operator=(Secret&& other) noexcept {
  value_.swap(other.value_);
  return *this;
}

Secret::~Secret() { explicit_bzero(value_.data(), value_.size()); }

}  // namespace tabferry::base
