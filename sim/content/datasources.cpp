// Data sources (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_data_sources.htm).
#include "sim/content/download.h"
#include "sim/content/published.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

constexpr auto kKind = Kind::datasource;

Reply query_datasources(Desk& desk, const Call& call) { return query_all_content(desk, call, kKind); }
Reply query_datasource(Desk& desk, const Call& call) { return query_content(desk, call, kKind); }
Reply update_datasource(Desk& desk, const Call& call) { return update_content(desk, call, kKind); }
Reply delete_datasource(Desk& desk, const Call& call) { return delete_content(desk, call, kKind); }
Reply download_datasource(Simulator& simulator, Call& call) { return download_content(simulator, call, kKind); }

}  // namespace

std::vector<Route> datasource_routes() {
  return {{"GET", "sites/{site}/datasources", query_datasources},
          {"GET", "sites/{site}/datasources/{id}", query_datasource},
          {"PUT", "sites/{site}/datasources/{id}", update_datasource},
          {"DELETE", "sites/{site}/datasources/{id}", delete_datasource},
          {"GET", "sites/{site}/datasources/{id}/content", download_datasource}};
}

}  // namespace tabferry::sim
