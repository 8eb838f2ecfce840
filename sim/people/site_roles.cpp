#include "sim/people/site_roles.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace tabferry::sim {
namespace {

struct Role {
  std::string_view name;
  std::string_view capacity;
};

constexpr std::string_view kCreators = "tierCreatorCapacity";
constexpr std::string_view kExplorers = "tierExplorerCapacity";
constexpr std::string_view kViewers = "tierViewerCapacity";

constexpr std::array kRoles = {
    Role{"Creator", kCreators},
    Role{"SiteAdministratorCreator", kCreators},
    Role{"ServerAdministrator", kCreators},
    Role{"Explorer", kExplorers},
    Role{"ExplorerCanPublish", kExplorers},
    Role{"SiteAdministratorExplorer", kExplorers},
    Role{"Viewer", kViewers},
    Role{"Unlicensed", ""},
};

}  // namespace

bool is_site_role(std::string_view name) {
  return std::any_of(kRoles.begin(), kRoles.end(), [&](const Role& role) { return role.name == name; });
}

std::string_view capacity_of(std::string_view site_role) {
  for (const auto& role : kRoles)
    if (role.name == site_role) return role.capacity;
  return {};
}

uint64_t licences_in_use(const Site& site, std::string_view capacity) {
  const auto& users = site.all(Kind::user);
  return static_cast<uint64_t>(std::count_if(users.begin(), users.end(), [&](const auto& entry) {
    return capacity_of(entry.second.get("siteRole")) == capacity;
  }));
}

bool has_licence_for(const Site& site, std::string_view site_role) {
  const std::string_view capacity = capacity_of(site_role);
  if (capacity.empty() || !site.self().has(capacity)) return true;
  return licences_in_use(site, capacity) < site.self().number(capacity);
}

std::optional<std::string> imported_role(std::string_view licence, std::string_view administrator,
                                         std::string_view publisher) {
  const auto is = [](std::string_view a, std::string_view b) { return base::equal_ignoring_case(a, b); };
  if (is(administrator, "System")) return "ServerAdministrator";
  const bool is_admin = is(administrator, "Site");
  if (!is_admin && !is(administrator, "None") && !administrator.empty()) return std::nullopt;
  const bool may_publish = is(publisher, "1") || is(publisher, "true") || is(publisher, "yes");
  if (is(licence, "Creator")) return is_admin ? "SiteAdministratorCreator" : "Creator";
  if (is(licence, "Explorer") || is(licence, "Interactor"))
    return is_admin ? "SiteAdministratorExplorer" : may_publish ? "ExplorerCanPublish" : "Explorer";
  if (is(licence, "Viewer")) return "Viewer";
  if (is(licence, "Unlicensed") || licence.empty()) return is_admin ? "SiteAdministratorExplorer" : "Unlicensed";
  return std::nullopt;
}

}  // namespace tabferry::sim
