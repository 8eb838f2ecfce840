// What anyone may know of the server.
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

Reply server_info(Desk& desk, const Call&) {
  const int api = desk.simulator.options.api;
  Node info("serverInfo");
  info.add(Node("productVersion").with("build", "20253.25.1021.1142").holding("2025.3.0"));
  info.add(Node("prepConductorVersion").holding("20253.25.1021.1142"));
  info.add(Node("restApiVersion").holding(fmt::format("{}.{}", api / 100, api % 100)));
  info.add(Node("platform").holding("linux"));
  Node settings("serverSettings");
  settings.add(Node("oAuthEnabled").holding_literal("false"));
  settings.add(Node("sheetImageMaxAgeFloor").holding_literal("1"));
  settings.add(Node("sheetImageMaxAgeCeiling").holding_literal("10080"));
  settings.add(Node("offlineInteractionSupportedPhase").holding_literal("0"));
  info.add(std::move(settings));
  return {.payload = {info}};
}

}  // namespace

std::vector<Route> server_info_routes() { return {{"GET", "serverinfo", server_info, {.access = Access::anyone}}}; }

}  // namespace tabferry::sim
