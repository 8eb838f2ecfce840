// Domains: the server's own, and what else is on the site.
#include <set>

#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

Reply query_domains(Desk& desk, const Call&) {
  std::set<std::string> names = {"local"};
  for (const Kind kind : {Kind::user, Kind::group})
    for (const auto& [id, item] : desk.site.all(kind))
      if (!item.get("domain").empty()) names.insert(item.get("domain"));
  Node list("domainList");
  uint64_t number = 0;
  for (const auto& name : names)
    list.add(Node("domain").with_number("id", ++number).with("name", name).with("shortName", name));
  return {.payload = {list.as_list()}};
}

}  // namespace

std::vector<Route> domain_routes() {
  return {{"GET", "domains", query_domains, {.access = Access::site_admin, .since = 311, .only = Only::server}}};
}

}  // namespace tabferry::sim
