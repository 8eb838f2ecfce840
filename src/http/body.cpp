#include <algorithm>
#include <cstring>

#include "base/secret.h"
#include "base/text.h"
#include "http/client.h"

namespace tabferry::http {
namespace {

class TextSource : public io::ByteSource {
 public:
  explicit TextSource(std::shared_ptr<const base::Secret> text) : text_(std::move(text)) {}

  size_t read(std::span<char> into) override {
    const std::string& text = text_->reveal();
    const size_t length = std::min(into.size(), text.size() - at_);
    std::memcpy(into.data(), text.data() + at_, length);
    at_ += length;
    return length;
  }

 private:
  std::shared_ptr<const base::Secret> text_;
  size_t at_ = 0;
};

}  // namespace

Body text_body(std::string text) {
  const uint64_t size_bytes = text.size();
  auto kept = std::make_shared<const base::Secret>(std::move(text));
  return {.size_bytes = size_bytes, .open = [kept] { return std::make_unique<TextSource>(kept); }};
}

std::string Response::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers)
    if (name == lower_case_name) return value;
  return "";
}

}  // namespace tabferry::http
