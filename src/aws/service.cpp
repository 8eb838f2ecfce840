#include "aws/service.h"

#include <algorithm>
#include <cstring>

namespace tabferry::aws {
namespace {

// Bytes of someone who waits until they are sent.
class ViewSource : public io::ByteSource {
 public:
  explicit ViewSource(std::string_view bytes) : left_(bytes) {}

  size_t read(std::span<char> into) override {
    const size_t some = std::min(into.size(), left_.size());
    std::memcpy(into.data(), left_.data(), some);
    left_.remove_prefix(some);
    return some;
  }

 private:
  std::string_view left_;
};

}  // namespace

// A client that nobody else uses meanwhile: the one that was given back last, for its connection is the likeliest to be
// open still.
class Service::Lent {
 public:
  explicit Lent(Service& service) : service_(service) {
    const std::lock_guard lock(service_.mutex_);
    if (service_.idle_.empty()) return;
    client_ = std::move(service_.idle_.back());
    service_.idle_.pop_back();
  }
  ~Lent() {
    const std::lock_guard lock(service_.mutex_);
    if (client_) service_.idle_.push_back(std::move(client_));
  }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

  http::Client& client() {
    const auto& connection = service_.connection_;
    if (!client_) client_ = std::make_unique<http::Client>(connection.network, connection.retry, service_.clock_);
    return *client_;
  }

 private:
  Service& service_;
  std::unique_ptr<http::Client> client_;
};

http::Response Service::send(http::Request request, std::string_view body, const Keys& keys, const Scope& scope,
                             std::stop_token stop) {
  if (!body.empty())
    request.body = {.size_bytes = body.size(), .open = [body] { return std::make_unique<ViewSource>(body); }};
  sign(request, body, keys, scope);
  Lent lent(*this);
  return lent.client().send(request, stop);
}

}  // namespace tabferry::aws
