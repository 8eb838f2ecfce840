#include "backup/item_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <tuple>

#include "backup/words.h"
#include "report/visible.h"
#include "tableau/json_text.h"

namespace tabferry::backup {
namespace {

using tableau::text_at;

struct NotCompared {
  std::string_view name;  // of an attribute or element, wherever it stands
  std::string_view why;
};

constexpr std::string_view kUse = "counts or tells use, and nobody changed anything";
constexpr std::string_view kRun = "moves with each run";
constexpr std::string_view kTime = "a change shows in what changed; jobs and refreshes move it as well";
constexpr std::string_view kItem = "the item itself tells it: see what changed of the files";
constexpr std::string_view kOther = "is told of another item, and changes with that one";

// The only place that says what of the metadata is not compared.
constexpr NotCompared kNotCompared[] = {
    {"lastLogin", kUse},
    {"usage", kUse},
    {"favoritesTotal", kUse},
    {"subscriptionsTotal", kUse},
    {"hitsTotal", kUse},
    {"recentlyViewed", kUse},
    {"hasAlert", kUse},
    {"hasAlerts", kUse},
    {"lastAccessedAt", kUse},
    {"lastUsedAt", kUse},
    {"thumbnailsUserId", kUse},
    {"thumbnailsGroupId", kUse},
    {"nextRunAt", kRun},
    {"consecutiveFailedCount", kRun},
    {"lastStatusConnectedTime", kRun},
    {"estimatedTimeToExpiration", kRun},
    {"updatedAt", kTime},
    {"lastUpdatedAt", kTime},
    {"updatedTime", kTime},
    {"update_time", kTime},
    {"size", kItem},
    {"lastPublishedAt", kItem},
    {"accelerationStatus", kItem},
    {"userCount", "group_members tells who they are"},
    {"groupCount", "the groups are told"},
    {"contentsCounts", "what is in a project is told by that"},
    {"connectedWorkbooksCount", kOther},
    {"totalItemCount", "collection_items tells what is in it"},
    {"permissionedItemCount", "depends on who asks"},
    {"total_metrics", "pulse_metrics tells them"},
    {"position", "moves when another favorite comes or goes"},
    {"parentProjectName", kOther},
    {"targetOwnerName", kOther},
    {"ownerName", kOther},
    {"userDisplayName", kOther},
};

// Objects of these names are other items, told by their ids.
constexpr std::string_view kReferences[] = {
    "owner",    "user", "group",    "groupSet",   "project",   "location",          "view",
    "workbook", "flow", "schedule", "datasource", "recipient", "virtualConnection", "customView"};
// A view's are its workbook's, which tells them once.
constexpr std::string_view kOfTheWorkbook[] = {"owner", "project"};
// Lists of these are lists of other items. ("view" of a workbook tells more than its list does: hidden ones.)
constexpr std::string_view kReferenceLists[] = {"user", "group", "recipient"};

constexpr size_t kShownLetters = 70, kLabelLetters = 300;
constexpr size_t kShownChanges = 3;

template <class Names>
bool has(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool is_compared(std::string_view name) {
  if (name.ends_with("NaturalKey") || name == "naturalKey") return false;  // ours: it follows what stands above
  return std::none_of(std::begin(kNotCompared), std::end(kNotCompared),
                      [&](const NotCompared& one) { return one.name == name; });
}

std::string plain(std::string_view text, size_t letters) { return report::shortened(report::visible(text), letters); }

std::string scalar_text(const doc::Json& value) {
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "" : doc::to_line(value);
}

std::string own_id(const doc::Json& item) {
  auto id = text_at(item, "id");
  return id.empty() ? text_at(item, "luid") : id;
}

std::string first_of(const doc::Json& item, std::initializer_list<const char*> names) {
  for (const auto* name : names)
    if (auto text = text_at(item, name); !text.empty()) return text;
  return "";
}

std::string joined(const std::string& above, std::string_view name, char between) {
  return above.empty() ? std::string(name) : fmt::format("{}{}{}", above, between, name);
}

bool is_reference(std::string_view name, const doc::Json& value) {
  return value.is_object() && has(kReferences, name) && !own_id(value).empty();
}

std::string name_of_reference(const doc::Json& value) {
  auto name = first_of(value, {"naturalKey", "name"});
  return name.empty() ? own_id(value) : name;
}

// "datasource Finance/Orders, schedule Nightly": the items that it names.
std::string references_of(const doc::Json& item) {
  std::string all;
  for (const auto& [name, value] : item.items())
    if (is_reference(name, value))
      all += fmt::format("{}{} {}", all.empty() ? "" : ", ", name, name_of_reference(value));
  return all;
}

std::string first_scalar_of(const doc::Json& item) {
  for (const auto& [name, value] : item.items())
    if (value.is_primitive() && name != "id" && name != "luid" && !scalar_text(value).empty())
      return scalar_text(value);
  return "";
}

// Of an object within another one that has no name: {"content": {"naturalKey": ...}}.
std::string name_within(const doc::Json& item) {
  for (const auto& [name, value] : item.items())
    if (value.is_object())
      if (auto text = first_of(value, {"naturalKey", "name"}); !text.empty()) return text;
  return "";
}

std::string label_of_element(const doc::Json& element) {
  if (auto text = first_of(element, {"naturalKey"}); !text.empty()) return text;
  if (auto text = references_of(element); !text.empty()) return text;
  if (auto text = first_of(element, {"name", "label"}); !text.empty()) return text;
  if (auto text = name_within(element); !text.empty()) return text;
  if (auto text = first_of(element, {"serverAddress"}); !text.empty()) return text;
  auto text = first_scalar_of(element);
  return text.empty() ? own_id(element) : text;
}

// Ids have their natural keys beside them: "ownerLuid" and "ownerNaturalKey".
std::string shown_member(const doc::Json& object, const std::string& name, const doc::Json& value) {
  for (const std::string_view ending : {"_id", "_luid", "Id", "Luid"})
    if (name.ends_with(ending))
      if (auto key = text_at(object, name.substr(0, name.size() - ending.size()) + "NaturalKey"); !key.empty())
        return key;
  return scalar_text(value);
}

class Taker {
 public:
  std::vector<Fact> take(const doc::Json& item) {
    object(item, {});
    const auto order = [](const Fact& a, const Fact& b) {
      return std::tie(a.path, a.value) < std::tie(b.path, b.value);
    };
    std::sort(facts_.begin(), facts_.end(), order);
    const auto same = [](const Fact& a, const Fact& b) { return a.path == b.path && a.value == b.value; };
    facts_.erase(std::unique(facts_.begin(), facts_.end(), same), facts_.end());
    return std::move(facts_);
  }

 private:
  struct Place {
    std::string path, element, words;
    Place below(std::string_view name) const { return {joined(path, name, '/'), element, joined(words, name, '.')}; }
    Place wrapped(std::string_view name) const { return {joined(path, name, '/'), element, words}; }
  };

  void add(const Place& place, std::string value, std::string shown) {
    facts_.push_back({place.path, std::move(value), place.element, place.words, std::move(shown)});
  }

  // One that holds nothing but another object or list says nothing by its own name: {"tags": {"tag": [...]}}.
  static bool is_wrapper(const doc::Json& object) { return object.size() == 1 && object.front().is_structured(); }

  void object(const doc::Json& object, const Place& place) {
    const bool is_wrapped = !place.words.empty() && is_wrapper(object);
    const bool is_view = place.path.empty() && object.contains("workbook") && object.contains("viewUrlName");
    for (const auto& [name, value] : object.items()) {
      if (!is_compared(name) || (is_view && has(kOfTheWorkbook, name))) continue;
      const Place below = is_wrapped ? place.wrapped(name) : place.below(name);
      if (value.is_primitive())
        add(below, scalar_text(value), shown_member(object, name, value));
      else if (is_grantees(name, value))
        grantees(value, below);
      else if (is_reference(name, value) && !is_the_item(value))
        add(below, own_id(value), name_of_reference(value));
      else if (value.is_array())
        list(name, value, below);
      else
        this->object(value, below);
      if (place.path.empty() && id_.empty() && (name == "id" || name == "luid")) id_ = scalar_text(value);
    }
  }

  // flow_details: {"id": LUID, "flow": {"id": LUID, "parameters": ...}}
  bool is_the_item(const doc::Json& value) const { return own_id(value) == id_ && value.size() > kOfAReference; }

  static bool is_grantees(std::string_view name, const doc::Json& value) {
    return name == "granteeCapabilities" && value.is_structured();
  }

  void list(std::string_view name, const doc::Json& list, const Place& place) {
    for (const auto& one : list) {
      if (one.is_object())
        element(one, place, has(kReferenceLists, name));
      else
        add(place, one.is_array() ? doc::to_line(one) : scalar_text(one), one.is_array() ? "..." : scalar_text(one));
    }
  }

  // Its existence is one fact; what it says are others, where it can be known again.
  void element(const doc::Json& element, const Place& place, bool is_other_item) {
    const auto id = own_id(element), label = label_of_element(element);
    if (!id.empty() && is_other_item) return add(place, id, label);
    if (id.empty()) return add(place, value_of(element), label);
    add(place, id, label);
    object(element, {.path = joined(place.path, id, '/'), .element = id, .words = joined(place.words, label, ' ')});
  }

  // Of what has no id: all that it says.
  static std::string value_of(const doc::Json& element) {
    std::string value;
    for (const auto& fact : Taker().take(element)) value += fmt::format("{}={}\n", fact.path, fact.value);
    return value;
  }

  void grantees(const doc::Json& grantees, const Place& place) {
    if (!grantees.is_array()) return grantee(grantees, place);
    for (const auto& one : grantees) grantee(one, place);
  }

  void grantee(const doc::Json& grantee, const Place& place) {
    if (!grantee.is_object()) return;
    for (const auto& [type, who] : grantee.items()) {
      if (type == "capabilities" || !who.is_object()) continue;
      const Place whose{.path = fmt::format("{}/{} {}", place.path, type, own_id(who)),
                        .element = "",
                        .words = fmt::format("{} {}", type, name_of_reference(who))};
      const auto* capabilities = tableau::found_at(grantee, "capabilities/capability");
      if (capabilities == nullptr) continue;
      if (capabilities->is_object()) capability(*capabilities, whose);
      if (capabilities->is_array())
        for (const auto& one : *capabilities) capability(one, whose);
    }
  }

  void capability(const doc::Json& capability, const Place& whose) {
    const auto name = text_at(capability, "name"), mode = text_at(capability, "mode");
    add(whose.wrapped(name), mode, mode == "Allow" ? name : fmt::format("{} ({})", name, mode));
  }

  static constexpr size_t kOfAReference = 4;  // id, naturalKey, name, owner: of whom the permissions are
  std::vector<Fact> facts_;
  std::string id_;
};

using Facts = std::vector<const Fact*>;

bool comes_first(const Fact& a, const Fact& b) { return std::tie(a.path, a.value) < std::tie(b.path, b.value); }

// Of an element that came or went only that is told.
Facts only_in(const std::vector<Fact>& some, const std::vector<Fact>& others) {
  Facts only;
  for (const auto& fact : some)
    if (!std::binary_search(others.begin(), others.end(), fact, comes_first)) only.push_back(&fact);
  std::vector<std::string_view> whole;
  for (const auto* fact : only) whole.push_back(fact->value);
  std::erase_if(only, [&](const Fact* fact) { return !fact->element.empty() && has(whole, fact->element); });
  return only;
}

bool is_capability(const Fact& fact) { return fact.path.find("granteeCapabilities/") != std::string::npos; }

// Names of what came or went at one place, under a word for that.
struct Told {
  std::map<std::string, std::vector<std::string>> names;
  std::vector<std::string> order;
  void add(const std::string& what, std::string name) {
    if (!names.contains(what)) order.push_back(what);
    names[what].push_back(std::move(name));
  }
};

std::string some_of(const std::vector<std::string>& all, std::string_view between) {
  std::string text;
  for (size_t i = 0; i < std::min(kShownChanges, all.size()); ++i) text += (i ? std::string(between) : "") + all[i];
  if (all.size() > kShownChanges) text += fmt::format(" and {} more", all.size() - kShownChanges);
  return text;
}

std::string shown(const Fact& fact) { return fact.shown.empty() ? "(nothing)" : plain(fact.shown, kShownLetters); }

std::string words_of(const Fact& fact, bool came) {
  const auto words = plain(fact.words, kShownLetters);
  if (is_capability(fact)) return fmt::format("{} {}", words, came ? "got" : "lost");
  return fmt::format("{}: {}", words, came ? "+" : "-");
}

// Every fact by its place: one before and one now are a change.
using Places = std::map<std::string_view, std::pair<Facts, Facts>>;

std::vector<std::string> changes_of(const Places& places) {
  std::vector<std::string> changes;
  Told told;
  for (const auto& [path, place] : places) {
    const auto& [before, now] = place;
    if (before.size() == 1 && now.size() == 1) {
      changes.push_back(
          fmt::format("{}: {} -> {}", plain(now[0]->words, kShownLetters), shown(*before[0]), shown(*now[0])));
      continue;
    }
    for (const auto* fact : before) told.add(words_of(*fact, false), shown(*fact));
    for (const auto* fact : now) told.add(words_of(*fact, true), shown(*fact));
  }
  for (const auto& what : told.order) changes.push_back(what + " " + some_of(told.names[what], ", "));
  return changes;
}

}  // namespace

std::vector<Fact> facts_of(const doc::Json& item) {
  if (!item.is_object())
    return {{.path = "", .value = doc::to_line(item), .element = "", .words = "value", .shown = "..."}};
  return Taker().take(item);
}

uint64_t hash_of(const std::vector<Fact>& facts) {
  std::string all;
  for (const auto& fact : facts) all.append(fact.path).append(1, '\0').append(fact.value).append(1, '\0');
  return std::hash<std::string>{}(all);
}

std::string difference_of(const std::vector<Fact>& before, const std::vector<Fact>& now) {
  Places places;
  for (const auto* fact : only_in(before, now)) places[fact->path].first.push_back(fact);
  for (const auto* fact : only_in(now, before)) places[fact->path].second.push_back(fact);
  return some_of(changes_of(places), "; ");
}

std::string label_of_item(const doc::Json& item) {
  if (!item.is_object()) return "";
  // {"extractRefresh": {...}}
  if (item.size() == 1 && item.front().is_object()) return label_of_item(item.front());
  auto label = first_of(item, {"naturalKey", "name", "subject", "metadata/name", "contentNaturalKey"});
  const bool is_document = item.contains("kind") && item.contains("id");
  if (is_document)
    label = fmt::format("{} {}", singular(text_at(item, "kind")), label.empty() ? text_at(item, "id") : label);
  if (is_document && item.contains("part")) label += fmt::format(" ({})", in_words(text_at(item, "part")));
  const bool is_named = is_document || item.contains("naturalKey") || item.contains("name");
  if (!is_named)
    if (const auto others = references_of(item); !others.empty()) label += (label.empty() ? "" : " of ") + others;
  if (label.empty()) label = first_of(item, {"follower/userNaturalKey", "id", "luid"});
  return plain(label, kLabelLetters);
}

}  // namespace tabferry::backup
