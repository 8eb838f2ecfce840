#include "tableau/json_of.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace tabferry::tableau {
namespace {

// What repeats under a parent that is not named as its plural: ts-api_3_29.xsd, every maxOccurs above 1.
constexpr std::pair<std::string_view, std::string_view> kRepeated[] = {
    {"permissions", "granteeCapabilities"},
    {"linkedTasks", "linkedTasks"},
    {"linkedTaskSteps", "linkedTaskSteps"},
    {"flowRuns", "flowRuns"},
    {"flowParameterRuns", "parameterRuns"},
    {"datasource", "parentDataSourceUrls"},
    {"groupSet", "group"},
    {"broadcastViews", "broadcast"},
    {"dataAlertsRecipientList", "recipient"},
    {"connectedApplication", "secret"},
    {"extensionsSiteSettings", "safeList"},
    {"extensionsServerSettings", "blockList"},
    {"mcpSiteSettings", "settings"},
    {"site", "siteSettings"},
    {"site", "settings"},
    {"bridgeDomain", "domain"},
    {"edgePool", "poolList"},
    {"routingFilter", "project"},
    {"iosConfig", "valueList"},
    {"androidConfig", "valueList"},
    {"publishToSalesforce", "publishToSalesforceInfo"},
    {"publishToSalesforce", "viewLuids"},
    {"downgradeInfo", "downgradedFeature"},
};

bool ends_with(std::string_view parent, std::string_view child, std::string_view ending) {
  return parent.ends_with(ending) && parent.substr(0, parent.size() - ending.size()).ends_with(child);
}

bool is_plural(std::string_view parent_name, std::string_view child_name) {
  const std::string parent = base::lower(parent_name);
  const std::string child = base::lower(child_name);
  if (ends_with(parent, child, "s") || ends_with(parent, child, "list")) return true;
  return child.ends_with('y') && ends_with(parent, std::string_view(child).substr(0, child.size() - 1), "ies");
}

bool repeats(std::string_view parent, std::string_view child) {
  return is_plural(parent, child) || std::any_of(std::begin(kRepeated), std::end(kRepeated), [&](const auto& pair) {
           return pair.first == parent && pair.second == child;
         });
}

std::string free_key(const doc::Json& object, std::string key, std::string_view more) {
  while (object.contains(key)) key += more;
  return key;
}

bool belongs_to_document(std::string_view attribute) {
  return attribute == "xmlns" || attribute.starts_with("xmlns:") || attribute.starts_with("xsi:");
}

void add_attributes(const doc::Element& element, doc::Json& object) {
  for (auto& [name, value] : element.attributes())
    if (!belongs_to_document(name)) object[free_key(object, name, "Attribute")] = std::move(value);
}

// The children of one name under one key: each is added to what the others of its name began.
void add_children(const doc::Element& element, doc::Json& object) {
  std::vector<std::pair<std::string, std::string>> key_of;  // a name, its key
  for (const auto& child : element.children()) {
    const std::string name(child.name());
    const auto known = std::find_if(key_of.begin(), key_of.end(), [&](const auto& pair) { return pair.first == name; });
    if (known == key_of.end()) {
      const std::string key = key_of.emplace_back(name, free_key(object, name, "Element")).second;
      doc::Json value = json_of(child);
      object[key] = repeats(element.name(), name) ? doc::Json::array({std::move(value)}) : std::move(value);
      continue;
    }
    doc::Json& so_far = object[known->second];
    if (!so_far.is_array()) so_far = doc::Json::array({std::move(so_far)});
    so_far.push_back(json_of(child));
  }
}

}  // namespace

doc::Json json_of(const doc::Element& element) {
  doc::Json object = doc::Json::object();
  add_attributes(element, object);
  add_children(element, object);
  std::string text = element.text();
  if (object.empty()) return text.empty() ? object : doc::Json(std::move(text));
  if (!base::trim(text).empty()) object[free_key(object, "value", "Text")] = std::move(text);
  return object;
}

}  // namespace tabferry::tableau
