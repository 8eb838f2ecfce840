#include "sim/catalog/json_answers.h"

#include <algorithm>

#include "base/text.h"
#include "sim/core/refusal.h"

namespace tabferry::sim {
namespace {

constexpr size_t kDefaultSize = 100, kLargestSize = 1000;

size_t size_of(const Call& call) {
  const auto text = call.query_value("page_size");
  if (!text || text->empty()) return kDefaultSize;
  const bool is_number = text->size() <= 6 && text->find_first_not_of("0123456789") == std::string::npos;
  const size_t size = is_number ? std::stoul(*text) : 0;
  if (size == 0 || size > kLargestSize) refuse(400003, "The page_size '{}' is not from 1 to {}.", *text, kLargestSize);
  return size;
}

}  // namespace

Reply json_reply(std::string text, int status) {
  return {.status = status, .text = std::move(text), .content_type = "application/json;charset=UTF-8"};
}

TokenPage token_page(const Call& call, const std::vector<const Item*>& items) {
  const std::string token = base::lower(call.query_value("page_token").value_or(""));
  auto first = items.begin();
  if (!token.empty()) {
    const bool is_id = token.size() == 36 && token.find_first_not_of("0123456789abcdef-") == std::string::npos;
    if (!is_id) refuse(400003, "The page_token '{}' is none of this site.", token);
    first = std::find_if(items.begin(), items.end(), [&](const Item* item) { return item->id() > token; });
  }
  const auto count = std::min<size_t>(size_of(call), static_cast<size_t>(items.end() - first));
  TokenPage page{{first, first + static_cast<std::ptrdiff_t>(count)},
                 "",
                 static_cast<size_t>(first - items.begin()),
                 items.size()};
  if (count > 0 && page.offset + count < items.size()) page.next = page.items.back()->id();
  return page;
}

}  // namespace tabferry::sim
