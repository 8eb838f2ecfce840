#include "backup/item_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <tuple>
#include <unordered_map>

#include "backup/item_labels.h"
#include "backup/natural_keys.h"
#include "backup/not_compared.h"
#include "tableau/json_text.h"

namespace tabferry::backup {
namespace {

using tableau::text_at;

// A view's are its workbook's, which tells them once.
constexpr std::string_view kOfTheWorkbook[] = {"owner", "project"};
// Lists of these are lists of other items. ("view" of a workbook tells more than its list does: hidden ones.)
constexpr std::string_view kReferenceLists[] = {"user", "group", "recipient"};

template <class Names>
bool has(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::string joined(const std::string& above, std::string_view name, char between) {
  return above.empty() ? std::string(name) : fmt::format("{}{}{}", above, between, name);
}

// Of one object: ids have their natural keys beside them, "ownerLuid" and "ownerNaturalKey".
class KeysBeside {
 public:
  explicit KeysBeside(const doc::Json& object) {
    for (const auto& [name, value] : object.items())
      if (value.is_string() && name.ends_with("NaturalKey")) keys_.emplace(name, value.get_ref<const std::string&>());
  }
  std::string shown(const std::string& name, const doc::Json& value) const {
    const auto beside = key_beside(name);
    const auto key = beside ? keys_.find(*beside) : keys_.end();
    return key == keys_.end() || key->second.empty() ? scalar_text(value) : std::string(key->second);
  }

 private:
  std::unordered_map<std::string_view, std::string_view> keys_;
};

size_t size_bytes_of_one(const Fact& fact) {
  return sizeof(Fact) + fact.path.size() + fact.value.size() + fact.element.size() + fact.words.size() +
         fact.shown.size();
}

// Thrown and caught in this file alone.
struct TooMany {};

class Taker {
 public:
  explicit Taker(size_t& bytes_left) : bytes_left_(bytes_left) {}

  std::vector<Fact> take(const doc::Json& item) {
    id_ = own_id(item);
    take_object(item, {});
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
    spend(size_bytes_of_one(facts_.back()));
  }

  void spend(size_t bytes) {
    if (bytes > bytes_left_) throw TooMany();
    bytes_left_ -= bytes;
  }

  // One that holds nothing but another object or list says nothing by its own name: {"tags": {"tag": [...]}}.
  static bool is_wrapper(const doc::Json& object) { return object.size() == 1 && object.front().is_structured(); }

  void take_object(const doc::Json& object, const Place& place) {
    const bool is_wrapped = !place.words.empty() && is_wrapper(object);
    const bool is_view = place.path.empty() && object.contains("workbook") && object.contains("viewUrlName");
    const KeysBeside keys(object);
    for (const auto& [name, value] : object.items()) {
      if (!is_compared(name) || (is_view && has(kOfTheWorkbook, name))) continue;
      const Place below = is_wrapped ? place.wrapped(name) : place.below(name);
      spend(below.path.size() + below.words.size());
      if (value.is_primitive())
        add(below, scalar_text(value), keys.shown(name, value));
      else if (is_grantees(name, value))
        take_grantees(value, below);
      else if (is_reference(name, value) && !is_the_item(value))
        add(below, own_id(value), name_of_reference(value));
      else if (value.is_array())
        take_list(name, value, below);
      else
        take_object(value, below);
    }
  }

  // flow_details: {"id": LUID, "flow": {"id": LUID, "parameters": ...}}
  bool is_the_item(const doc::Json& value) const { return own_id(value) == id_ && value.size() > kOfAReference; }

  static bool is_grantees(std::string_view name, const doc::Json& value) {
    return name == "granteeCapabilities" && value.is_structured();
  }

  void take_list(std::string_view name, const doc::Json& list, const Place& place) {
    for (const auto& one : list) {
      if (one.is_object())
        take_element(one, place, has(kReferenceLists, name));
      else
        add(place, one.is_array() ? doc::to_line(one) : scalar_text(one), one.is_array() ? "..." : scalar_text(one));
    }
  }

  // Its existence is one fact; what it says are others, where it can be known again.
  void take_element(const doc::Json& element, const Place& place, bool is_other_item) {
    const auto id = own_id(element), label = label_of_element(element);
    if (!id.empty() && is_other_item) return add(place, id, label);
    if (id.empty()) return add(place, value_of(element), label);
    add(place, id, label);
    take_object(element,
                {.path = joined(place.path, id, '/'), .element = id, .words = joined(place.words, label, ' ')});
  }

  // Of what has no id: all that it says.
  std::string value_of(const doc::Json& element) const {
    std::string value;
    for (const auto& fact : Taker(bytes_left_).take(element)) value += fmt::format("{}={}\n", fact.path, fact.value);
    return value;
  }

  void take_grantees(const doc::Json& grantees, const Place& place) {
    if (!grantees.is_array()) return take_grantee(grantees, place);
    for (const auto& one : grantees) take_grantee(one, place);
  }

  void take_grantee(const doc::Json& grantee, const Place& place) {
    if (!grantee.is_object()) return;
    const auto* capabilities = tableau::found_at(grantee, "capabilities/capability");
    if (capabilities == nullptr) return;
    for (const auto& [type, who] : grantee.items()) {
      if (type == "capabilities" || !who.is_object()) continue;
      const Place whose{.path = fmt::format("{}/{} {}", place.path, type, own_id(who)),
                        .element = "",
                        .words = fmt::format("{} {}", type, name_of_reference(who))};
      spend(whose.path.size() + whose.words.size());
      if (capabilities->is_object()) take_capability(*capabilities, whose);
      if (capabilities->is_array())
        for (const auto& one : *capabilities) take_capability(one, whose);
    }
  }

  void take_capability(const doc::Json& capability, const Place& whose) {
    const auto name = text_at(capability, "name"), mode = text_at(capability, "mode");
    add(whose.wrapped(name), mode, mode == "Allow" ? name : fmt::format("{} ({})", name, mode));
  }

  static constexpr size_t kOfAReference = 4;  // id, naturalKey, name, owner: of whom the permissions are
  size_t& bytes_left_;  // of the whole item: shared with the takers of its parts, never given back
  std::vector<Fact> facts_;
  std::string id_;
};

}  // namespace

std::optional<std::vector<Fact>> facts_of(const doc::Json& item) {
  if (!item.is_object())
    return {{{.path = "", .value = doc::to_line(item), .element = "", .words = "value", .shown = "..."}}};
  size_t bytes_left = kMostFactsBytes;
  try {
    return Taker(bytes_left).take(item);
  } catch (const TooMany&) {
    return std::nullopt;
  }
}

size_t size_bytes_of(const std::vector<Fact>& facts) {
  size_t bytes = 0;
  for (const auto& fact : facts) bytes += size_bytes_of_one(fact);
  return bytes;
}

uint64_t hash_of(const std::vector<Fact>& facts) {
  std::string all;
  for (const auto& fact : facts) all.append(fact.path).append(1, '\0').append(fact.value).append(1, '\0');
  return std::hash<std::string>{}(all);
}

}  // namespace tabferry::backup
