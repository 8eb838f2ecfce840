// The site and its attributes (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_site.htm).
#include "base/text.h"
#include "sim/core/access.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"
#include "sim/people/site_attributes.h"
#include "sim/people/site_roles.h"

namespace tabferry::sim {
namespace {

// sites/{id}, sites/{name}?key=name, sites/{contentUrl}?key=contentUrl
bool means_this_site(const Call& call, const Item& site) {
  const auto& wanted = call.parameter("site");
  const std::string key = call.query_value("key").value_or("id");
  if (key == "contentUrl") return wanted == site.get("contentUrl");
  if (key == "name") return base::equal_ignoring_case(wanted, site.get("name"));
  return base::equal_ignoring_case(wanted, site.id());
}

const Item& site_of(const Desk& desk, const Call& call) {
  const Item& site = desk.site.self();
  if (!means_this_site(call, site)) refuse(404000, "Site '{}' could not be found.", call.parameter("site"));
  return site;
}

uint64_t storage_megabytes(const Site& site) {
  uint64_t bytes = 0;
  for (const Kind kind : {Kind::workbook, Kind::datasource, Kind::flow})
    for (const auto& [id, item] : site.all(kind)) bytes += item.number("_sizeBytes");
  return bytes >> 20U;
}

Node usage_of(const Site& site) {
  Node usage("usage");
  usage.with_number("numUsers", site.all(Kind::user).size());
  usage.with_number("numCreators", licences_in_use(site, "tierCreatorCapacity"));
  usage.with_number("numExplorers", licences_in_use(site, "tierExplorerCapacity"));
  usage.with_number("numViewers", licences_in_use(site, "tierViewerCapacity"));
  return usage.with_number("storage", storage_megabytes(site));
}

Node node_of(const Desk& desk, const Call& call, const Item& site) {
  const bool is_admin = is_site_admin(*desk.user);
  Node node = site_node(site, is_admin);
  if (is_admin && call.query_flag("includeUsage")) node.add(usage_of(desk.site));
  return node;
}

Reply query_site(Desk& desk, const Call& call) { return {.payload = {node_of(desk, call, site_of(desk, call))}}; }

Reply query_sites(Desk& desk, const Call& call) {
  if (desk.is_cloud()) refuse(403069, "Sites cannot be queried on Tableau Cloud.");
  if (!is_server_admin(*desk.user)) refuse(403004, "User '{}' is not an administrator.", desk.user->get("name"));
  return paged(desk, call, Kind::site, {&desk.site.self()},
               [&](const Item& site, Detail) { return node_of(desk, call, site); });
}

Reply update_site(Desk& desk, const Call& call) {
  Item site = site_of(desk, call);
  const Node asked = call.request("site");
  if (!asked.children.empty())
    refuse(400000, "unexpected element (uri:\"\", local:\"{}\") in 'site'.", asked.children[0].name);
  take_site_attributes(site, asked, is_server_admin(*desk.user));
  return {.payload = {node_of(desk, call, desk.site.put(std::move(site)))}};
}

void encrypt_all(Desk& desk, bool encrypted) {
  for (const Kind kind : {Kind::workbook, Kind::datasource}) {
    std::vector<Item> changed;
    for (const auto& [id, item] : desk.site.all(kind))
      if (item.flag("hasExtracts")) changed.push_back(item);
    for (Item& item : changed) desk.site.put(std::move(item.set_flag("encryptExtracts", encrypted)));
  }
}

// The site must allow it; the schema has no answer for these, so there is none.
template <bool encrypted>
Reply encrypt_extracts(Desk& desk, const Call& call) {
  const std::string& mode = site_of(desk, call).get("extractEncryptionMode");
  if (encrypted && (mode.empty() || mode == "disabled"))
    refuse(403004, "Extracts are not encrypted on this site (extractEncryptionMode is disabled).");
  encrypt_all(desk, encrypted);
  return {.status = 204};
}

}  // namespace

std::vector<Route> site_routes() {
  constexpr Terms kAdmin = {.access = Access::site_admin};
  constexpr Terms kEncryption = {.access = Access::site_admin, .since = 305};
  return {
      {"GET", "sites", query_sites},
      {"GET", "sites/{site}", query_site},
      {"PUT", "sites/{site}", update_site, kAdmin},
      {"POST", "sites/{site}/encrypt-extracts", encrypt_extracts<true>, kEncryption},
      {"POST", "sites/{site}/reencrypt-extracts", encrypt_extracts<true>, kEncryption},
      {"POST", "sites/{site}/decrypt-extracts", encrypt_extracts<false>, kEncryption},
  };
}

}  // namespace tabferry::sim
