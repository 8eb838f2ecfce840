#include "sim/people/grantees.h"

#include <algorithm>
#include <vector>

namespace tabferry::sim {
namespace {

bool is_for(const Node& rule, std::string_view element, const std::string& id) {
  const Node* grantee = rule.child(element);
  return grantee != nullptr && grantee->attribute("id") == id;
}

}  // namespace

void forget_grantee(Site& site, std::string_view element, const std::string& id) {
  std::vector<Item> changed;
  const auto names_it = [&](const Node& rule) { return is_for(rule, element, id); };
  for (const auto& [key, item] : site.all(Kind::permissions)) {
    if (std::none_of(item.parts().begin(), item.parts().end(), names_it)) continue;
    Item left(item.kind(), item.id());
    for (const auto& [name, value] : item.fields()) left.set(name, value);
    for (const auto& part : item.parts())
      if (!names_it(part)) left.add_part(part);
    changed.push_back(std::move(left));
  }
  for (Item& item : changed) site.put(std::move(item));
}

}  // namespace tabferry::sim
