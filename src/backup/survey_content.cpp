// Which content is downloaded: selectors, caps, and the paths of the files.
#include "backup/survey_content.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "backup/content_kinds.h"
#include "base/text.h"
#include "tableau/json_text.h"

namespace tabferry::backup {
namespace {

using tableau::text_at;

constexpr std::string_view kAdminInsights = "Admin Insights/";  // Tableau Cloud's own project: who did, who may what
constexpr uint64_t kListedUnit = 1'000'000;                     // sizes are listed in megabytes

uint64_t megabytes_in(const std::string& text) {
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return std::min<uint64_t>(number, UINT64_MAX / kListedUnit / 2) * kListedUnit;
}

Unit unit_of(const ContentKind& kind, const doc::Json& item, const SiteIndex& index) {
  const std::string luid = text_at(item, "id");
  const std::string type = text_at(item, "fileType");
  return {.id = fmt::format("{}/{}", kind.kind, luid),
          .verb = Unit::Verb::download,
          .kind = std::string(kind.kind),
          .luid = luid,
          .name = text_at(item, "name"),
          .natural_key = index.keys.of(luid),
          .updated_at = text_at(item, "updatedAt"),
          .listed_bytes = megabytes_in(text_at(item, "size")),
          .extension_hint = type.empty() ? std::string(kind.is_json() ? kind.other : "") : type,
          .fingerprint = fingerprint_of(item),
          .has_extracts = kind.may_have_extracts && !base::equal_ignoring_case(text_at(item, "hasExtracts"), "false"),
          .below = kind.below,
          .path = tableau::path_for(kind.path, luid),
          .element = std::string(kind.element),
          .inner = std::string(kind.inner)};
}

bool is_of_admin_insights(const Unit& unit) { return unit.natural_key.starts_with(kAdminInsights); }

bool is_selected(const Scope& scope, const Unit& unit) {
  const auto matches = [&](const Selector& selector) {
    return selector.matches(unit.kind, unit.luid, unit.natural_key);
  };
  if (is_of_admin_insights(unit)) return true;
  if (!scope.include.empty() && std::none_of(scope.include.begin(), scope.include.end(), matches)) return false;
  return std::none_of(scope.exclude.begin(), scope.exclude.end(), matches);
}

// The newest of them, in the order in which they were; Admin Insights beside them.
void cap(std::vector<Unit>& units, uint64_t most, std::vector<std::string>& limits) {
  std::vector<const Unit*> newest;
  for (const auto& unit : units)
    if (!is_of_admin_insights(unit)) newest.push_back(&unit);
  if (newest.size() <= most) return;
  std::stable_sort(newest.begin(), newest.end(),
                   [](const Unit* a, const Unit* b) { return a->updated_at > b->updated_at; });
  std::vector<std::string> left_out;
  for (size_t i = most; i < newest.size(); ++i) left_out.push_back(newest[i]->id);
  limits.push_back(fmt::format("{} of {} {}: the newest, by the limit that was set", base::human_count(most),
                               base::human_count(newest.size()), units.front().kind));
  std::sort(left_out.begin(), left_out.end());
  std::erase_if(units, [&](const Unit& unit) { return std::binary_search(left_out.begin(), left_out.end(), unit.id); });
}

}  // namespace

std::vector<Unit> content_units(const SurveyedLists& lists, const SiteIndex& index, const Scope& scope, int version,
                                std::vector<std::string>& limits) {
  std::vector<Unit> all;
  for (const auto& kind : content_kinds()) {
    if (version < kind.since || !(scope.*kind.taken_with)) continue;
    std::vector<Unit> units;
    lists.visit(kind.kind, [&](const doc::Json& item) {
      Unit unit = unit_of(kind, item, index);
      if (!unit.luid.empty() && is_selected(scope, unit)) units.push_back(std::move(unit));
    });
    if (const auto most = scope.caps.find(std::string(kind.kind)); most != scope.caps.end())
      cap(units, most->second, limits);
    std::move(units.begin(), units.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace tabferry::backup
