#include "sim/content/views_of.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "sim/content/erase.h"
#include "sim/content/publishing.h"
#include "sim/core/ids.h"

namespace tabferry::sim {
namespace {

// Letters and digits of the name, once in a workbook: "Sheet 1" and "Sheet1" are "Sheet1" and "Sheet1_1" [INF].
std::string url_name(const std::string& name, std::set<std::string>& taken) {
  std::string url = letters_and_digits(name);
  if (url.empty()) url = "Sheet";
  std::string candidate = url;
  for (int number = 1; !taken.insert(base::lower(candidate)).second; ++number)
    candidate = fmt::format("{}_{}", url, number);
  return candidate;
}

void follow(Item& view, const Item& workbook) {
  view.set("workbook", workbook.id()).set("owner", workbook.get("owner"));
  if (workbook.has("project"))
    view.set("project", workbook.get("project"));
  else
    view.unset("project");
  if (const Node* location = workbook.part("location"))
    view.put_part(*location);
  else
    view.remove_part("location");
}

Item view_named(const Desk& desk, std::map<std::string, const Item*>& known, const std::string& name) {
  const auto found = known.find(name);
  if (found == known.end()) return Item(Kind::view, make_luid()).set("name", name).set("createdAt", desk.now);
  Item view = *found->second;
  known.erase(found);
  return view;
}

}  // namespace

void put_views(Desk& desk, Item& workbook, const Node& views) {
  std::map<std::string, const Item*> known;
  for (const Item* view : desk.site.children(Kind::view, workbook.id())) known.emplace(view->get("name"), view);
  std::set<std::string> urls;
  std::string first;
  uint64_t place = 0;
  for (const auto& asked : views.children) {
    Item view = view_named(desk, known, asked.attribute_or("name", ""));
    const std::string url = url_name(view.get("name"), urls);
    view.set("viewUrlName", url).set("contentUrl", fmt::format("{}/sheets/{}", workbook.get("contentUrl"), url));
    view.set("sheetType", asked.attribute_or("sheetType", "worksheet")).set("updatedAt", desk.now);
    view.set("hidden", asked.attribute_or("hidden", "false")).set_number("_place", place++);
    follow(view, workbook);
    if (first.empty() && !view.flag("hidden")) first = view.id();
    desk.site.put(std::move(view));
  }
  std::vector<std::string> gone;
  for (const auto& [name, view] : known) gone.push_back(view->id());
  for (const auto& id : gone) erase_content(desk, Item(desk.site.at(Kind::view, id)));
  workbook.set_number("sheetCount", views.children.size());
  if (first.empty())
    workbook.unset("defaultViewId");
  else
    workbook.set("defaultViewId", first);
}

void follow_workbook(Desk& desk, const Item& workbook) {
  for (const Item* known : desk.site.children(Kind::view, workbook.id())) {
    Item view = *known;
    follow(view, workbook);
    desk.site.put(std::move(view));
  }
}

std::vector<const Item*> views_of(const Site& site, const Item& workbook, bool hidden) {
  auto views = site.children(Kind::view, workbook.id());
  if (!hidden) std::erase_if(views, [](const Item* view) { return view->flag("hidden"); });
  std::stable_sort(views.begin(), views.end(),
                   [](const Item* a, const Item* b) { return a->number("_place") < b->number("_place"); });
  return views;
}

}  // namespace tabferry::sim
