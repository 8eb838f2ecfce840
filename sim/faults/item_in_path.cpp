#include "sim/faults/item_in_path.h"

#include <fmt/format.h>

#include "base/text.h"
#include "sim/core/kinds.h"
#include "sim/faults/hooks.h"

namespace tabferry::sim {
namespace {

std::optional<Kind> kind_listed_as(std::string_view list) {
  for (size_t i = 0; i < kKindCount; ++i)
    if (const Kind kind = static_cast<Kind>(i); base::equal_ignoring_case(rule_of(kind).list, list)) return kind;
  return std::nullopt;
}

}  // namespace

std::optional<Item> item_in_path(Simulator& simulator, const Call& call) {
  const auto words = base::split(call.route, '/');
  const size_t sites = words[0] == "exp" ? 1 : 0;
  if (words.size() < sites + 4 || words[sites] != "sites" || !words[sites + 3].starts_with('{')) return std::nullopt;
  const auto kind = kind_listed_as(words[sites + 2]);
  if (!kind) return std::nullopt;
  const std::string_view name = words[sites + 3].substr(1, words[sites + 3].size() - 2);
  return simulator.locked([&](const World& world) -> std::optional<Item> {
    const Item* item = world.site.find(*kind, call.parameter(name));
    return item == nullptr ? std::nullopt : std::optional(*item);
  });
}

Occasion occasion_of(const Call& call, const Item& item) {
  Occasion occasion = occasion_of(call);
  occasion.item_kind = rule_of(item.kind()).element;
  occasion.item_id = item.id();
  return occasion;
}

NamedFile named_file(const Item& item) {
  const std::string type = item.get("_fileType");
  return {fmt::format("tableau_{}", base::lower(rule_of(item.kind()).element)),
          item.get("name") + (type.empty() ? "" : "." + type)};
}

}  // namespace tabferry::sim
