// SHA-256, fed piece by piece; and HMAC by it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace tabferry::base {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void update(std::string_view bytes);
  // 64 lower-case hex digits. Ends the hash: nothing may be called behind it.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);
// RFC 2104: 32 bytes, not hex.
std::string hmac_sha256(const Secret& key, std::string_view bytes);

}  // namespace tabferry::base
