// Flows (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_flow.htm).
#include "sim/content/download.h"
#include "sim/content/published.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

constexpr auto kKind = Kind::flow;
constexpr Terms kTerms = {.since = 303, .feature = "flows"};

Reply query_flows(Desk& desk, const Call& call) { return query_all_content(desk, call, kKind); }
Reply query_flow(Desk& desk, const Call& call) { return query_content(desk, call, kKind); }
Reply update_flow(Desk& desk, const Call& call) { return update_content(desk, call, kKind); }
Reply delete_flow(Desk& desk, const Call& call) { return delete_content(desk, call, kKind); }
Reply download_flow(Simulator& simulator, Call& call) { return download_content(simulator, call, kKind); }

}  // namespace

std::vector<Route> flow_routes() {
  return {{"GET", "sites/{site}/flows", query_flows, kTerms},
          {"GET", "sites/{site}/flows/{id}", query_flow, kTerms},
          {"PUT", "sites/{site}/flows/{id}", update_flow, kTerms},
          {"DELETE", "sites/{site}/flows/{id}", delete_flow, kTerms},
          {"GET", "sites/{site}/flows/{id}/content", download_flow, kTerms}};
}

}  // namespace tabferry::sim
