// Sessions, scopes, site roles, import files, site attributes: the rules behind what people may do.
#include <gtest/gtest.h>

#include "sim/core/scopes.h"
#include "sim/core/sessions.h"
#include "sim/people/site_attributes.h"
#include "sim/people/site_roles.h"
#include "sim/people/user_import.h"
#include "support/refusal.h"

namespace tabferry::sim {
namespace {

using namespace std::chrono_literals;

constexpr base::WallTime kNow{std::chrono::seconds(1'700'000'000)};

TEST(SimSessions, DieWhenNobodyUsesThem) {
  Sessions sessions;
  const std::string token = sessions.open({.user_id = "anna", .access_token_name = "", .last_used = kNow});
  EXPECT_NE(sessions.use(token, kNow + 240min, 240min), nullptr);
  EXPECT_NE(sessions.use(token, kNow + 480min, 240min), nullptr);  // the last use kept it alive
  EXPECT_EQ(sessions.use(token, kNow + 721min, 240min), nullptr);
  EXPECT_EQ(sessions.use(token, kNow, 240min), nullptr);  // it stays dead
}

TEST(SimSessions, EndWithTheirUserAndTheirToken) {
  Sessions sessions;
  const std::string by_password = sessions.open({.user_id = "anna", .access_token_name = ""});
  const std::string by_token = sessions.open({.user_id = "ben", .access_token_name = "pat"});
  const std::string again = sessions.open({.user_id = "ben", .access_token_name = "pat"});
  EXPECT_EQ(sessions.find(by_token), nullptr);
  sessions.close_all_of("anna");
  EXPECT_EQ(sessions.find(by_password), nullptr);
  ASSERT_NE(sessions.find(again), nullptr);
  sessions.close_all_by("pat");
  EXPECT_EQ(sessions.find(again), nullptr);
}

TEST(SimSessions, RememberWhichJwtsWereUsed) {
  Sessions sessions;
  EXPECT_TRUE(sessions.is_first_use("1", kNow + 5min, kNow));
  EXPECT_FALSE(sessions.is_first_use("1", kNow + 5min, kNow + 4min));
  EXPECT_TRUE(sessions.is_first_use("2", kNow + 5min, kNow));
  EXPECT_TRUE(sessions.is_first_use("1", kNow + 15min, kNow + 6min));  // an expired one is forgotten
}

TEST(SimScopes, EachMethodHasOne) {
  EXPECT_EQ(scope_needed("GET", "sites/{site}/workbooks"), "tableau:content:read");
  EXPECT_EQ(scope_needed("GET", "sites/{site}/workbooks/{id}/content"), "tableau:workbooks:download");
  EXPECT_EQ(scope_needed("POST", "sites/{site}/datasources"), "tableau:datasources:create");
  EXPECT_EQ(scope_needed("PUT", "sites/{site}/workbooks/{id}"), "tableau:workbooks:update");
  EXPECT_EQ(scope_needed("DELETE", "sites/{site}/users/{id}"), "tableau:users:delete");
  EXPECT_EQ(scope_needed("GET", "sites/{site}/users"), "tableau:users:read");
  EXPECT_EQ(scope_needed("GET", "sites/{site}/workbooks/{id}/permissions"), "tableau:permissions:read");
  EXPECT_EQ(scope_needed("POST", "sites/{site}/fileUploads"), "tableau:file_uploads:create");
  EXPECT_EQ(scope_needed("GET", "sites/{site}"), "tableau:sites:read");
  EXPECT_EQ(scope_needed("GET", "sites/{site}/virtualConnections/{id}"), "-");
  EXPECT_EQ(scope_needed("POST", "auth/signout"), "");
  EXPECT_EQ(scope_needed("GET", "sessions/current"), "");
}

TEST(SimScopes, KnowWildcards) {
  EXPECT_TRUE(grants("tableau:content:read", "tableau:content:read"));
  EXPECT_TRUE(grants("tableau:workbooks:*", "tableau:workbooks:create"));
  EXPECT_FALSE(grants("tableau:workbooks:*", "tableau:users:read"));
  EXPECT_TRUE(grants("tableau:*", "tableau:users:read"));
  EXPECT_FALSE(grants("*", "-"));
}

TEST(SimScopes, AMissingOneIsRefused) {
  Call call;
  call.method = "GET";
  call.route = "sites/{site}/users";
  EXPECT_EQ(code_of([&] { check_scope({.user_id = "anna", .access_token_name = ""}, call); }), 0);
  const Session scoped{
      .user_id = "anna", .access_token_name = "", .is_scoped = true, .scopes = {"tableau:content:read"}};
  EXPECT_EQ(code_of([&] { check_scope(scoped, call); }), 401002);
  call.route = "sites/{site}/workbooks";
  EXPECT_EQ(code_of([&] { check_scope(scoped, call); }), 0);
}

TEST(SimSiteRoles, OfAnImportFile) {
  EXPECT_EQ(imported_role("Creator", "None", "1"), "Creator");
  EXPECT_EQ(imported_role("creator", "site", "1"), "SiteAdministratorCreator");
  EXPECT_EQ(imported_role("Creator", "System", "1"), "ServerAdministrator");
  EXPECT_EQ(imported_role("Explorer", "Site", "1"), "SiteAdministratorExplorer");
  EXPECT_EQ(imported_role("Explorer", "None", "1"), "ExplorerCanPublish");
  EXPECT_EQ(imported_role("Explorer", "None", "0"), "Explorer");
  EXPECT_EQ(imported_role("Viewer", "None", "0"), "Viewer");
  EXPECT_EQ(imported_role("", "", ""), "Unlicensed");
  EXPECT_EQ(imported_role("Boss", "None", "0"), std::nullopt);
  EXPECT_EQ(imported_role("Viewer", "Boss", "0"), std::nullopt);
}

TEST(SimSiteRoles, CountLicences) {
  Site site;
  site.put(Item(Kind::site, "1").set("tierCreatorCapacity", "2"));
  site.put(Item(Kind::user, "a").set("siteRole", "Creator"));
  EXPECT_TRUE(has_licence_for(site, "SiteAdministratorCreator"));
  site.put(Item(Kind::user, "b").set("siteRole", "SiteAdministratorCreator"));
  EXPECT_FALSE(has_licence_for(site, "Creator"));
  EXPECT_TRUE(has_licence_for(site, "Viewer"));
  EXPECT_TRUE(has_licence_for(site, "Unlicensed"));
}

TEST(SimImportFile, KnowsQuotes) {
  using Rows = std::vector<std::vector<std::string>>;
  EXPECT_EQ(parse_import_file("a,b\r\nc, d \n\n"), (Rows{{"a", "b"}, {"c", "d"}}));
  EXPECT_EQ(parse_import_file("\xEF\xBB\xBF"
                              "a,\"b, \"\"c\"\"\nd\",\n"),
            (Rows{{"a", "b, \"c\"\nd", ""}}));
  EXPECT_EQ(parse_import_file(""), Rows{});
  EXPECT_EQ(code_of([] { parse_import_file("a,\"b"); }), 400019);
  EXPECT_EQ(code_of([] { parse_import_file("\xFF"); }), 400019);
}

TEST(SimSiteAttributes, AreChecked) {
  Item site(Kind::site, "1");
  const auto take = [&](std::string_view name, std::string_view value, bool is_server_admin = false) {
    return code_of([&] { take_site_attributes(site, Node("site").with(name, value), is_server_admin); });
  };
  EXPECT_EQ(take("revisionLimit", "10"), 0);
  EXPECT_EQ(site.get("revisionLimit"), "10");
  EXPECT_EQ(take("revisionLimit", "-1"), 0);
  for (const char* bad : {"1", "10001", "-2", "many", ""}) EXPECT_EQ(take("revisionLimit", bad), 400003) << bad;
  EXPECT_EQ(take("flowsEnabled", "False"), 0);
  EXPECT_EQ(site.get("flowsEnabled"), "false");
  EXPECT_EQ(take("flowsEnabled", "maybe"), 400003);
  EXPECT_EQ(take("askDataMode", "Enabled"), 400003);
  EXPECT_EQ(take("color", "red"), 400000);
  EXPECT_EQ(take("userQuota", "5"), 403004);
  EXPECT_EQ(take("userQuota", "5", true), 0);
  EXPECT_EQ(take("contentUrl", "a b", true), 400003);
}

}  // namespace
}  // namespace tabferry::sim
