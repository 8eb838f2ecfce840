// The lists of rows that make up those of core/routes.h, where one resource has several files.
#pragma once

#include <vector>

#include "sim/core/routes.h"

namespace tabferry::sim {

std::vector<Route> server_info_routes();  // of auth_routes()
std::vector<Route> user_import_routes();  // of user_routes()
std::vector<Route> access_token_routes();
std::vector<Route> member_routes();          // of group_routes()
std::vector<Route> favorite_order_routes();  // of favorite_routes()
std::vector<Route> setting_routes();         // of site_routes()
std::vector<Route> extension_routes();
std::vector<Route> connected_app_routes();
std::vector<Route> authorization_server_routes();
std::vector<Route> auth_configuration_routes();
std::vector<Route> domain_routes();

}  // namespace tabferry::sim
