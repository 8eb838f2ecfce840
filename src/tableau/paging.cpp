#include "tableau/paging.h"

#include <charconv>
#include <set>

namespace tabferry::tableau {
namespace {

constexpr size_t kPageSize = 1000;  // the largest that is allowed
constexpr int kMaxPages = 1000;
constexpr int kInvalidPageNumber = 400006;

size_t number_of(const doc::Element& element, std::string_view attribute, size_t otherwise) {
  const std::string text = element.attribute_or(attribute, "");
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty() ? number : otherwise;
}

// A short page is the last one, unless the site announces more behind it. Lists without pagination have one page.
bool may_follow(const doc::Element& root, size_t items, size_t page) {
  const doc::Element pagination = root.child("pagination");
  if (!pagination || items == 0) return false;
  const size_t page_size = std::max<size_t>(1, number_of(pagination, "pageSize", kPageSize));
  return items >= page_size || number_of(pagination, "totalAvailable", 0) / page_size >= page;
}

}  // namespace

void for_each_item(Lane& lane, const PagedList& list, std::stop_token stop,
                   const std::function<void(const doc::Element&)>& visit) {
  std::set<std::string> seen;
  const char separator = list.path.find('?') == std::string::npos ? '?' : '&';
  for (size_t page = 1; page <= kMaxPages; ++page) {
    const Answer answer =
        lane.ask({.doing = list.doing,
                     .path = fmt::format("{}{}pageSize={}&pageNumber={}", list.path, separator, kPageSize, page)},
                    stop);
    if (page > 1 && answer.code() == kInvalidPageNumber) return;
    if (!answer.ok()) answer.fail(list.doing);
    const doc::Element root = answer.root(list.doing);
    const auto items = root.child(list.wrapper).children(list.item);
    const size_t seen_before = seen.size();
    for (const auto& item : items)
      if (seen.insert(item.attribute_or("id", "")).second) visit(item);
    if (seen.size() == seen_before || !may_follow(root, items.size(), page)) return;
  }
  base::fail(base::ErrorKind::corrupt, "{}: the list does not end ({} pages)", list.doing, kMaxPages);
}

}  // namespace tabferry::tableau
