#include "store/lifecycle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace tabferry::store {
namespace {

// GLACIER_IR is read at once. INTELLIGENT_TIERING archives only where the bucket has a configuration of its own for it.
constexpr std::array<std::string_view, 2> kArchives = {"GLACIER", "DEEP_ARCHIVE"};

bool meets(const LifecycleRule& rule, std::string_view prefix) {
  return rule.enabled && !rule.tagged_only &&
         (rule.prefix.starts_with(prefix) || prefix.starts_with(std::string_view(rule.prefix)));
}

std::string name_of(const LifecycleRule& rule) {
  return fmt::format("the rule {} ({}{})", rule.id.empty() ? "without a name" : base::quoted(rule.id),
                     rule.prefix.empty() ? "all keys" : "keys that begin with " + base::quoted(rule.prefix, 400),
                     rule.sized_only ? ", of certain sizes" : "");
}

std::string time_of(const When& when) {
  if (when.after_days) return fmt::format("{} after they were made", base::counted(*when.after_days, "day"));
  return "on " + base::iso_time(*when.on).substr(0, 10);
}

}  // namespace

bool is_archive(std::string_view storage_class) {
  return std::find(kArchives.begin(), kArchives.end(), storage_class) != kArchives.end();
}

std::vector<Threat> threats_to(const Lifecycle& lifecycle, std::string_view prefix) {
  std::vector<Threat> threats;
  const std::string whole_prefix = lifecycle.root + std::string(prefix);
  for (const auto& rule : lifecycle.rules) {
    if (!meets(rule, whole_prefix)) continue;
    if (rule.expires.ever())
      threats.push_back({.rule = name_of(rule), .deed = "deletes objects " + time_of(rule.expires)});
    for (const auto& transition : rule.transitions)
      if (transition.when.ever() && is_archive(transition.storage_class))
        threats.push_back({.rule = name_of(rule),
                           .deed = fmt::format("moves objects to {} {}, from where they cannot be read before they are "
                                               "restored for hours",
                                               transition.storage_class, time_of(transition.when))});
  }
  return threats;
}

}  // namespace tabferry::store
