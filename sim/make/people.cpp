// Who is on a made site.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/hash.h"
#include "base/text.h"
#include "sim/core/demo.h"
#include "sim/core/kinds.h"
#include "sim/make/making.h"
#include "sim/make/names.h"

namespace tabferry::sim::make {
namespace {

constexpr const char* kPassword = "tabferry";  // of every made user
constexpr const char* kBegin = "2024-01-02T03:04:05Z";

// Most only look; every fiftieth is an administrator, every tenth has no licence.
std::string_view role_of(uint64_t number) {
  constexpr std::array kRoles = {"Creator", "Viewer",   "Explorer", "Viewer", "ExplorerCanPublish",
                                 "Viewer",  "Explorer", "Viewer",   "Viewer", "Unlicensed"};
  return number % 50 == 3 ? "SiteAdministratorExplorer" : kRoles[number % kRoles.size()];
}

void make_user(Making& making, uint64_t number, const std::string& password_sha256) {
  Dice dice = making.dice(Kind::user, number);
  const PersonName name = person(number);
  Item user = making.item(Kind::user, number);
  user.set("name", name.user).set("fullName", name.full).set("email", name.user).set("siteRole", role_of(number));
  user.set("authSetting", making.is_cloud() ? "TableauIDWithMFA" : "ServerDefault").set("domain", "local");
  user.set("locale", "local").set("language", "en").set("_passwordSha256", password_sha256);
  if (dice.chance(80)) user.set("lastLogin", Making::past_time(dice));
  making.put(std::move(user));
}

void add_member(Making& making, const std::string& group, const std::string& user) {
  making.put(Item(Kind::membership, group + "/" + user).set("group", group).set("user", user));
}

void make_group(Making& making, uint64_t number) {
  Dice dice = making.dice(Kind::group, number);
  Item group = making.item(Kind::group, number);
  group.set("name", name_of(Named::group, number)).set("domain", "local");
  if (number % 5 == 4) group.set("minimumSiteRole", "Viewer");
  const std::string id = making.put(std::move(group));
  const auto& users = making.ids(Kind::user);
  const uint64_t first = dice.below(users.size());
  for (uint64_t at = 0; at < std::min<uint64_t>(making.counts().members, users.size()); ++at)
    add_member(making, id, users[(first + at) % users.size()]);
}

void make_group_set(Making& making, uint64_t number) {
  Item set = making.item(Kind::group_set, number);
  const std::string id = making.put(set.set("name", "All of " + name_of(Named::group, number)));
  const auto& groups = making.ids(Kind::group);
  for (size_t at = 0; at < std::min<size_t>(3, groups.size()); ++at) {
    const std::string& group = groups[(3 * number + at) % groups.size()];
    making.put(Item(Kind::group_set_member, id + "/" + group).set("groupSet", id).set("group", group));
  }
}

// The same ids every time, instead of random ones.
class FixedIds {
 public:
  void fix(const std::string& random, std::string fixed) { fixed_.emplace(random, std::move(fixed)); }

  Item in(const Item& item) const {
    Item copy(item.kind(), in(item.id()));
    for (const auto& [name, value] : item.fields()) copy.set(name, in(value));
    for (const auto& part : item.parts()) copy.add_part(in(part));
    return copy;
  }

 private:
  // Also where several ids stand in one: "project/<luid>/workbooks".
  std::string in(const std::string& text) const {
    std::vector<std::string> words;
    for (const auto word : base::split(text, '/')) {
      const auto known = fixed_.find(std::string(word));
      words.push_back(known == fixed_.end() ? std::string(word) : known->second);
    }
    return base::join(words, "/");
  }

  Node in(const Node& node) const {
    Node copy = node;
    for (auto& attribute : copy.attributes) attribute.value = in(attribute.value);
    for (auto& child : copy.children) child = in(child);
    return copy;
  }

  std::map<std::string, std::string> fixed_;
};

}  // namespace

// What has a name is told apart by it; what has none (a permission) has an id that is made of others.
void take_demo_site(Making& making) {
  Site demo;
  make_demo_site(demo, making.order().profile, kBegin);
  FixedIds ids;
  const auto each = [&](const auto& work) {
    for (size_t kind = 0; kind < kKindCount; ++kind)
      for (const auto& [id, item] : demo.all(static_cast<Kind>(kind))) work(item);
  };
  each([&](const Item& item) {
    const std::string& name = item.get("name");
    if (!name.empty())
      ids.fix(item.id(), Dice(making.order().seed, fmt::format("demo {} {}", rule_of(item.kind()).name, name)).uuid());
  });
  std::map<std::pair<Kind, std::string>, Item> in_order;  // not in that of the random ids
  each([&](const Item& item) {
    Item fixed = ids.in(item);
    in_order.emplace(std::pair(fixed.kind(), fixed.id()), fixed);
  });
  for (auto& [id, item] : in_order) making.put(std::move(item));
}

void make_people(Making& making) {
  const std::string password = base::sha256_hex(kPassword);
  for (uint64_t number = 0; number < making.counts().users; ++number) make_user(making, number, password);
  for (uint64_t number = 0; number < making.counts().groups; ++number) make_group(making, number);
  for (uint64_t number = 0; number < making.counts().group_sets; ++number) make_group_set(making, number);
}

}  // namespace tabferry::sim::make
