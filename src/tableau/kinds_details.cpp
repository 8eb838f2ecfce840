// Which documents a site has of an item.
#include "tableau/kinds.h"

namespace tabferry::tableau {
namespace {

constexpr DetailKind permissions_of(std::string_view kind, std::string_view path, int since, Asked asked = Asked::all) {
  return {"permissions", kind, {}, {since}, asked, kind, Below::site, path, "permissions"};
}

constexpr DetailKind defaults_for(std::string_view content, std::string_view path, Versions versions,
                                  std::string_view needs = {}) {
  return {"default_permissions", "projects", content,      versions, Asked::not_controlled, needs,
          Below::site,           path,       "permissions"};
}

constexpr DetailKind connections_of(std::string_view kind, std::string_view path, int since = 0) {
  return {"connections", kind, {}, {since}, Asked::all, kind, Below::site, path, "connections"};
}

// Without the licence for Catalog there are neither databases nor warnings.
constexpr DetailKind warnings_on(std::string_view kind, std::string_view path) {
  return {"dqw", kind, {}, {305}, Asked::all, "databases", Below::site, path, "dataQualityWarningList"};
}

constexpr DetailKind kDetails[] = {
    // an item told in full: dataFreshnessPolicy and hidden views; frequencyDetails; recipients; the groups of a set
    {"workbooks", "workbooks", {}, {}, Asked::all, {}, Below::site, "workbooks/{}", "workbook"},
    {"schedules", "schedules", {}, {308}, Asked::all, {}, Below::api, "schedules/{}", "schedule"},
    {"data_alerts", "data_alerts", {}, {302}, Asked::all, {}, Below::site, "dataAlerts/{}", "dataAlert"},
    {"group_sets", "group_sets", {}, {322}, Asked::all, {}, Below::site, "groupsets/{}", "groupSet"},
    // a flow and, beside it, its output steps
    {"flow_details", "flows", {}, {303}, Asked::all, {}, Below::site, "flows/{}", {}},
    {"oidc_configurations",
     "auth_configurations",
     {},
     {324},
     Asked::open_id,
     {},
     Below::site,
     "site-oidc-configuration/{}",
     "siteOIDCConfiguration"},

    {"group_members", "groups", {}, {}, Asked::with_members, {}, Below::site, "groups/{}/users", "users", "user"},
    {"favorites", "users", {}, {205}, Asked::all, {}, Below::site, "favorites/{}", "favorites", "favorite"},
    {"custom_view_defaults",
     "custom_views",
     {},
     {321},
     Asked::all,
     {},
     Below::site,
     "customviews/{}/default/users",
     "users",
     "user"},
    {"collection_items",
     "collections",
     {},
     {328},
     Asked::all,
     {},
     Below::newest,
     "collections/{}/items",
     "items",
     "items"},
    {"columns", "tables", {}, {305}, Asked::all, {}, Below::site, "tables/{}/columns", "columns", "column"},
    {"pulse_metrics",
     "pulse_definitions",
     {},
     {321},
     Asked::all,
     {},
     Below::newest,
     "pulse/definitions/{}/metrics",
     "metrics",
     "metrics"},

    permissions_of("projects", "projects/{}/permissions", 0, Asked::not_controlled),
    permissions_of("workbooks", "workbooks/{}/permissions", 0, Asked::not_locked),
    permissions_of("datasources", "datasources/{}/permissions", 0, Asked::not_locked),
    permissions_of("views", "views/{}/permissions", 302, Asked::untabbed),
    permissions_of("flows", "flows/{}/permissions", 303, Asked::not_locked),
    permissions_of("virtual_connections", "virtualconnections/{}/permissions", 322, Asked::not_locked),
    permissions_of("databases", "databases/{}/permissions", 305),
    permissions_of("tables", "tables/{}/permissions", 305),
    permissions_of("collections", "collections/{}/permissions", 328),

    defaults_for("workbooks", "projects/{}/default-permissions/workbooks", {201}),
    defaults_for("datasources", "projects/{}/default-permissions/datasources", {201}),
    defaults_for("flows", "projects/{}/default-permissions/flows", {304}, "flows"),
    defaults_for("dataroles", "projects/{}/default-permissions/dataroles", {304}),
    defaults_for("lenses", "projects/{}/default-permissions/lenses", {304, 321}),
    defaults_for("metrics", "projects/{}/default-permissions/metrics", {302, 321}),
    defaults_for("virtualconnections", "projects/{}/default-permissions/virtualconnections", {323},
                 "virtual_connections"),
    defaults_for("databases", "projects/{}/default-permissions/databases", {323}, "databases"),
    defaults_for("tables", "projects/{}/default-permissions/tables", {323}, "tables"),
    {"default_permissions",
     "databases",
     "tables",
     {305},
     Asked::all,
     {},
     Below::site,
     "databases/{}/default-permissions/tables",
     "permissions"},

    connections_of("workbooks", "workbooks/{}/connections"),
    connections_of("datasources", "datasources/{}/connections"),
    connections_of("flows", "flows/{}/connections", 303),
    // two shapes were recorded: virtualConnectionConnections/connection and connections/connection
    {"connections",
     "virtual_connections",
     {},
     {318},
     Asked::all,
     {},
     Below::site,
     "virtualconnections/{}/connections?pageSize=1000",
     {}},

    warnings_on("datasources", "dataQualityWarnings/datasource/{}"),
    warnings_on("flows", "dataQualityWarnings/flow/{}"),
    warnings_on("databases", "dataQualityWarnings/database/{}"),
    warnings_on("tables", "dataQualityWarnings/table/{}"),
};

}  // namespace

std::span<const DetailKind> detail_kinds() { return kDetails; }

}  // namespace tabferry::tableau
