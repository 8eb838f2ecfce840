#include "backup/item_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "backup/words.h"

namespace tabferry::backup {
namespace {

constexpr size_t kShownLetters = 70;
constexpr size_t kShownChanges = 3;

using Facts = std::vector<const Fact*>;

bool comes_first(const Fact& a, const Fact& b) { return std::tie(a.path, a.value) < std::tie(b.path, b.value); }

// Of an element that came or went only that is told.
Facts only_in(const std::vector<Fact>& some, const std::vector<Fact>& others) {
  Facts only;
  for (const auto& fact : some)
    if (!std::binary_search(others.begin(), others.end(), fact, comes_first)) only.push_back(&fact);
  std::unordered_set<std::string_view> whole;
  for (const auto* fact : only) whole.insert(fact->value);
  std::erase_if(only, [&](const Fact* fact) { return !fact->element.empty() && whole.contains(fact->element); });
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

std::string shown(const Fact& fact) {
  return fact.shown.empty() ? "(nothing)" : on_one_line(fact.shown, kShownLetters);
}

std::string words_of(const Fact& fact, bool came) {
  const auto words = on_one_line(fact.words, kShownLetters);
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
          fmt::format("{}: {} -> {}", on_one_line(now[0]->words, kShownLetters), shown(*before[0]), shown(*now[0])));
      continue;
    }
    for (const auto* fact : before) told.add(words_of(*fact, false), shown(*fact));
    for (const auto* fact : now) told.add(words_of(*fact, true), shown(*fact));
  }
  for (const auto& what : told.order) changes.push_back(what + " " + some_of(told.names[what], ", "));
  return changes;
}

}  // namespace

std::string difference_of(const std::vector<Fact>& before, const std::vector<Fact>& now) {
  Places places;
  for (const auto* fact : only_in(before, now)) places[fact->path].first.push_back(fact);
  for (const auto* fact : only_in(now, before)) places[fact->path].second.push_back(fact);
  return some_of(changes_of(places), "; ");
}

}  // namespace tabferry::backup
