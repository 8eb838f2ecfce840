#include "tableau/page.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/text.h"
#include "tableau/json_of.h"
#include "tableau/json_text.h"

namespace tabferry::tableau {
namespace {

std::optional<uint64_t> number_in(const std::string& text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty() ? std::optional(number)
                                                                                   : std::nullopt;
}

void read_pagination(const doc::Json& pagination, Page& page) {
  page.paginated = true;
  page.total = number_in(text_at(pagination, "totalAvailable"));
  page.size = number_in(text_at(pagination, "pageSize"));
  if (page.size == 0U) page.size.reset();
}

[[noreturn]] void fail_foreign(const ListRequest& request, const std::string& missing) {
  base::fail(base::ErrorKind::corrupt, "{}: the answer holds no {}, but something else", request.doing,
             base::quoted(missing));
}

// An empty list may be left out, but then nothing else is there.
bool is_empty_answer(const doc::Element& root) {
  const auto children = root.children();
  return std::all_of(children.begin(), children.end(),
                     [](const auto& child) { return child.name() == "pagination" || child.name() == "warnings"; });
}

Page page_of_xml(const Answer& answer, const ListRequest& request) {
  const doc::Element root = answer.root(request.doing);
  Page page;
  if (const auto pagination = root.child("pagination")) read_pagination(json_of(pagination), page);
  doc::Element list = root;
  for (const auto name : base::split(request.wrapper, '/')) list = list.child(name);
  if (!list && (page.total.value_or(0) > 0 || !is_empty_answer(root))) fail_foreign(request, request.wrapper);
  const auto items = list.children(request.item);
  if (items.empty() && !list.children().empty()) fail_foreign(request, request.item);
  page.items.reserve(items.size());
  for (const auto& item : items) page.items.push_back(json_of(item));
  return page;
}

bool is_empty_answer(const doc::Json& root) {
  return std::all_of(root.items().begin(), root.items().end(), [](const auto& member) {
    return member.key() == "pagination" || !member.value().is_structured() || member.value().empty();
  });
}

// {"users": {"user": [...]}}, {"items": [...]}; where a single one stands without its array, that one.
std::vector<doc::Json> items_of(const doc::Json* list, const ListRequest& request) {
  if (list != nullptr && list->is_object() && !list->empty()) {
    list = found_at(*list, request.item);
    if (list == nullptr) fail_foreign(request, request.item);
    if (list->is_object()) return {*list};
  }
  if (list == nullptr || !list->is_array()) return {};
  return {list->begin(), list->end()};
}

Page page_of_json(const Answer& answer, const ListRequest& request) {
  const doc::Json root = answer.json(request.doing);
  Page page;
  if (const auto* pagination = found_at(root, "pagination")) read_pagination(*pagination, page);
  page.next_token = text_at(root, "next_page_token");
  if (const auto total = number_in(text_at(root, "total_available"))) page.total = total;
  const doc::Json* const list = found_at(root, request.wrapper);
  if (list == nullptr && (page.total.value_or(0) > 0 || !is_empty_answer(root))) fail_foreign(request, request.wrapper);
  page.items = items_of(list, request);
  return page;
}

}  // namespace

Page page_of(const Answer& answer, const ListRequest& request) {
  return answer.is_json() ? page_of_json(answer, request) : page_of_xml(answer, request);
}

}  // namespace tabferry::tableau
