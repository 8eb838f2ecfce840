// The table of what the site answers to. Growing the site is adding rows.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/core/call.h"
#include "sim/core/desk.h"

namespace tabferry::sim {

// At the desk, in one piece: the body was read (Call::document), the site is locked, all is kept or nothing.
using Action = Reply (*)(Desk&, const Call&);
// For bodies too large for that: without the lock, which it takes itself (Simulator::locked, change).
using StreamAction = Reply (*)(Simulator&, Call&);

enum class Access { anyone, signed_in, site_admin, server_admin };
enum class Only { both, server, cloud };

// Who may, and where and since when there is such an endpoint. Where there is not, the answer is an old server's.
struct Terms {
  Access access = Access::signed_in;
  int since = 204;   // the version of the API it came with: 308 is 3.8
  int until = 9999;  // the last version that has it
  Only only = Only::both;
  std::string_view feature = {};  // the licence it needs (--without FEATURE): 403157 where it is not there
};

struct Route {
  std::string_view method;
  // Behind /api/{version}/: "sites/{site}/datasources/{id}"; fixed words in any case. Paths without a version begin
  // with what stands in its place: "-/pulse/definitions", "exp/sites/{site}/customviews", "metadata/graphql".
  std::string_view pattern;
  std::variant<Action, StreamAction> action;
  Terms terms = {};
};

// One list for each file that answers, in the order in which they are looked through (dispatch.cpp).
std::vector<Route> server_info_routes();
std::vector<Route> auth_routes();
std::vector<Route> session_routes();
std::vector<Route> site_routes();
std::vector<Route> setting_routes();
std::vector<Route> extension_routes();
std::vector<Route> connected_app_routes();
std::vector<Route> authorization_server_routes();
std::vector<Route> auth_configuration_routes();
std::vector<Route> domain_routes();
std::vector<Route> user_import_routes();
std::vector<Route> access_token_routes();
std::vector<Route> user_routes();
std::vector<Route> group_routes();
std::vector<Route> member_routes();
std::vector<Route> group_set_routes();
std::vector<Route> favorite_routes();
std::vector<Route> favorite_order_routes();
std::vector<Route> project_routes();
std::vector<Route> permission_routes();
std::vector<Route> tag_routes();
std::vector<Route> workbook_routes();
std::vector<Route> view_routes();
std::vector<Route> datasource_routes();
std::vector<Route> flow_run_routes();  // before flow_routes(): flows/runs is no flow
std::vector<Route> flow_routes();
std::vector<Route> revision_routes();
std::vector<Route> connection_routes();
std::vector<Route> publish_routes();
std::vector<Route> upload_routes();
std::vector<Route> data_update_routes();
std::vector<Route> custom_view_routes();
std::vector<Route> virtual_connection_routes();
std::vector<Route> schedule_routes();
std::vector<Route> schedule_target_routes();
std::vector<Route> task_routes();
std::vector<Route> linked_task_routes();
std::vector<Route> run_now_routes();
std::vector<Route> subscription_routes();
std::vector<Route> data_alert_routes();
std::vector<Route> webhook_routes();
std::vector<Route> job_routes();
std::vector<Route> collection_routes();
std::vector<Route> label_routes();
std::vector<Route> quality_warning_routes();
std::vector<Route> label_value_routes();
std::vector<Route> catalog_routes();
std::vector<Route> pulse_routes();
std::vector<Route> pulse_metric_routes();
std::vector<Route> pulse_subscription_routes();
std::vector<Route> metadata_routes();

// Answers one call: finds the row, checks version, session, site and rights, and runs the action. Never throws but what
// a broken body throws; a refusal is a Reply with an error in it.
Reply answer(Simulator& simulator, Call& call);

}  // namespace tabferry::sim
