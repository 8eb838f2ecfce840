// Which content is downloaded: selectors, caps, and the paths of the files.
#include "backup/survey_content.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "backup/content_kinds.h"
#include "base/error.h"
#include "base/text.h"
#include "tableau/json_text.h"

namespace tabferry::backup {
namespace {

using tableau::text_at;

constexpr std::string_view kAdminInsights = "Admin Insights/";  // Tableau Cloud's own project: who did, who may what
constexpr std::string_view kHint =
    "a selector is the whole path, in the same letters; a project's items are 'Finance/**'";
constexpr size_t kShownBytes = 300;          // of a selector
constexpr uint64_t kListedUnit = 1'000'000;  // sizes are listed in megabytes

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
          .is_personal = is_personal(item),
          .below = kind.below,
          .path = tableau::path_for(kind.path, luid),
          .element = std::string(kind.element),
          .inner = std::string(kind.inner)};
}

bool is_of_admin_insights(const Unit& unit) { return unit.natural_key.starts_with(kAdminInsights); }

// Selectors, and for which of them the site has something.
class Selecting {
 public:
  Selecting(std::string role, const std::vector<Selector>& selectors) : role_(std::move(role)) {
    for (const auto& selector : selectors)
      all_.push_back({.selector = selector, .inside = inside_of(selector.text()), .used = false, .is_project = false});
  }

  // Whether any of them matches. Each is asked: that is how the idle ones are known.
  bool matches(const Unit& unit) {
    bool any = false;
    for (auto& one : all_) {
      const bool it = one.selector.matches(unit.kind, unit.luid, unit.natural_key);
      one.used = one.used || it;
      one.is_project = one.is_project || (one.inside && one.inside->matches(unit.kind, unit.luid, unit.natural_key));
      any = any || it;
    }
    return any;
  }
  bool empty() const { return all_.empty(); }

  void tell_idle(std::vector<std::string>& words) const {
    for (const auto& one : all_)
      if (!one.used)
        words.push_back(fmt::format("{} {} matches nothing on the site: {}", role_,
                                    base::quoted(one.selector.text(), kShownBytes), hint_for(one)));
  }

 private:
  struct One {
    Selector selector;
    std::optional<Selector> inside;  // what would be in a project of that name
    bool used, is_project;
  };

  static std::optional<Selector> inside_of(std::string text) {
    if (text.find('*') != std::string::npos || text.find("luid:") != std::string::npos) return std::nullopt;
    while (text.ends_with('/')) text.pop_back();
    if (text.empty() || text.ends_with(':')) return std::nullopt;
    return Selector(text + "/**");
  }
  static std::string hint_for(const One& one) {
    if (one.is_project) return fmt::format("a project's items are {}", base::quoted(one.inside->text(), kShownBytes));
    return std::string(kHint);
  }

  const std::string role_;
  std::vector<One> all_;
};

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

class Choosing {
 public:
  Choosing(const SurveyedLists& lists, const SiteIndex& index, const Scope& scope)
      : lists_(lists), index_(index), scope_(scope) {}

  Chosen run(int version) {
    for (const auto& kind : content_kinds())
      if (version >= kind.since) look_at(kind);
    include_.tell_idle(chosen_.idle);
    exclude_.tell_idle(chosen_.idle);
    if (wanted_ > 0 && selected_ == 0) refuse_nothing();
    return std::move(chosen_);
  }

 private:
  void look_at(const ContentKind& kind) {
    std::vector<Unit> units;
    lists_.visit(kind.kind, [&](const doc::Json& item) {
      Unit unit = unit_of(kind, item, index_);
      if (unit.luid.empty()) return;
      const bool taken = is_taken(unit, scope_.*kind.taken_with);
      if (taken) units.push_back(std::move(unit));
      if (!taken) ++chosen_.left_out;
    });
    if (const auto most = scope_.caps.find(std::string(kind.kind)); most != scope_.caps.end()) {
      const auto before = units.size();
      cap(units, most->second, chosen_.limits);
      chosen_.left_out += before - units.size();
    }
    std::move(units.begin(), units.end(), std::back_inserter(chosen_.units));
  }

  bool is_taken(const Unit& unit, bool kind_is_wanted) {
    const bool included = include_.matches(unit) || include_.empty();
    const bool excluded = exclude_.matches(unit);
    if (!kind_is_wanted) return false;
    if (is_of_admin_insights(unit)) return true;
    ++wanted_;
    if (!included || excluded) return false;
    ++selected_;
    return true;
  }

  [[noreturn]] void refuse_nothing() const {
    const auto& idle = chosen_.idle;
    base::fail(base::ErrorKind::config,
               "nothing would be saved: include:, exclude: and --only leave none of the site's {}. {}",
               base::counted(wanted_, "item"), idle.empty() ? std::string(kHint) : base::join(idle, "; "));
  }

  const SurveyedLists& lists_;
  const SiteIndex& index_;
  const Scope& scope_;
  Selecting include_{"include (or --only)", scope_.include}, exclude_{"exclude", scope_.exclude};
  uint64_t wanted_ = 0, selected_ = 0;  // items beside Admin Insights: of the kinds that are wanted; the chosen ones
  Chosen chosen_;
};

}  // namespace

Chosen choose_content(const SurveyedLists& lists, const SiteIndex& index, const Scope& scope, int version) {
  return Choosing(lists, index, scope).run(version);
}

}  // namespace tabferry::backup
