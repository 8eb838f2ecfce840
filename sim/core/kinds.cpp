#include "sim/core/kinds.h"

#include "base/error.h"
#include "base/text.h"

namespace tabferry::sim {
namespace {

// In the order of Kind.
std::vector<KindRule> all_kinds() {
  std::vector<KindRule> by_kind(kKindCount);
  for (auto& list : {people_kinds(), content_kinds(), automation_kinds(), catalog_kinds()})
    for (auto& rule : list) by_kind.at(static_cast<size_t>(rule.kind)) = rule;
  for (size_t i = 0; i < by_kind.size(); ++i)
    if (by_kind[i].name.empty()) base::fail(base::ErrorKind::bug, "no row for kind {} of the site", i);
  return by_kind;
}

const std::vector<KindRule>& kinds() {
  static const std::vector<KindRule> table = all_kinds();
  return table;
}

}  // namespace

const KindRule& rule_of(Kind kind) { return kinds()[static_cast<size_t>(kind)]; }

Kind kind_named(std::string_view name) {
  for (const auto& rule : kinds())
    if (rule.name == name) return rule.kind;
  base::fail(base::ErrorKind::corrupt, "a site has no items of kind {}", base::quoted(name));
}

}  // namespace tabferry::sim
