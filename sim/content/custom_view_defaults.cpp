// Which custom view people see when they open a view.
#include <algorithm>

#include "sim/content/custom_views.h"
#include "sim/core/access.h"
#include "sim/core/list.h"

namespace tabferry::sim {
namespace {

constexpr std::string_view kPart = "_defaultUsers";  // of the custom view; never shown as it is
constexpr size_t kMaxUsers = 100;

void take_from(Desk& desk, const Item& custom_view, const std::string& user) {
  const Node* part = custom_view.part(kPart);
  if (part == nullptr || std::none_of(part->children.begin(), part->children.end(),
                                      [&](const Node& one) { return one.attribute_or("id", "") == user; }))
    return;
  Node left = *part;
  std::erase_if(left.children, [&](const Node& one) { return one.attribute_or("id", "") == user; });
  desk.site.put(Item(custom_view).put_part(std::move(left)));
}

// Somebody has one default for a view.
void give(Desk& desk, const std::string& custom_view, const std::string& user_id) {
  const Item& user = desk.site.at(Kind::user, user_id);
  Item item = desk.site.at(Kind::custom_view, custom_view);
  const Item* view = desk.site.find(Kind::view, item.get("view"));
  const bool may_see = is_visible(desk.site, user, item) && view != nullptr && is_visible(desk.site, user, *view);
  if (!may_see) refuse(403004, "User '{}' cannot see the custom view '{}'.", user.get("name"), item.get("name"));
  for (const Item* other : desk.site.children(Kind::custom_view, item.get("view"))) take_from(desk, *other, user.id());
  item = desk.site.at(Kind::custom_view, custom_view);
  Node users = item.part(kPart) != nullptr ? *item.part(kPart) : Node(kPart).as_list();
  desk.site.put(item.put_part(users.add(Node("user").with("id", user.id()))));
}

Node result_for(Desk& desk, const std::string& custom_view, const std::string& user) {
  Node result("customViewAsUserDefaultViewResult");
  Node shown = Node("user").with("id", user);
  try {
    give(desk, custom_view, user);
    return result.with_flag("success", true).add(std::move(shown));
  } catch (const Refusal& refusal) {
    return result.with_flag("success", false).add(std::move(shown)).add(payload_of(refusal).front());
  }
}

}  // namespace

std::vector<std::string> default_users_of(const Site& site, const Item& custom_view) {
  std::vector<std::string> users;
  if (const Node* part = custom_view.part(kPart))
    for (const auto& one : part->children)
      if (const std::string id = one.attribute_or("id", ""); site.find(Kind::user, id) != nullptr) users.push_back(id);
  return users;
}

Reply query_default_users(Desk& desk, const Call& call) {
  std::vector<const Item*> users;
  for (const auto& id : default_users_of(desk.site, asked_item(desk, call, Kind::custom_view, "Write")))
    users.push_back(desk.site.find(Kind::user, id));
  return paged(desk, call, Kind::user, std::move(users), [](const Item& user, Detail) {
    return Node("user").with("id", user.id()).with("name", user.get("name"));
  });
}

Reply set_default_users(Desk& desk, const Call& call) {
  const Node asked = call.request("users");
  expect_only(asked, {}, {"user"});
  if (asked.children.empty() || asked.children.size() > kMaxUsers)
    refuse(400003, "A request sets the default for 1 to {} users; these are {}.", kMaxUsers, asked.children.size());
  const std::string custom_view = asked_item(desk, call, Kind::custom_view, "Write").id();
  Node results("customViewAsUserDefaultResults");
  results.as_list();
  for (const auto& user : asked.children) results.add(result_for(desk, custom_view, user.attribute_or("id", "")));
  return {.payload = {std::move(results)}};
}

}  // namespace tabferry::sim
