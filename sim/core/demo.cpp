#include "sim/core/demo.h"

#include "base/hash.h"
#include "sim/automation/schedules.h"
#include "sim/content/projects.h"
#include "sim/core/ids.h"

namespace tabferry::sim {
namespace {

Item site_item(Profile profile, const std::string& now) {
  Item site(Kind::site, make_luid());
  site.set("name", "demo").set("contentUrl", "demo").set("adminMode", "ContentAndUsers").set("state", "Active");
  site.set("createdAt", now).set_flag("revisionHistoryEnabled", true);
  return site.set("revisionLimit", profile == Profile::cloud ? "10" : "25");
}

Item administrator() {
  Item user(Kind::user, make_luid());
  user.set("name", "admin").set("fullName", "Demo Administrator").set("siteRole", "SiteAdministratorCreator");
  user.set("authSetting", "ServerDefault").set("locale", "local").set("language", "en");
  user.set("email", "admin@example.com");
  return user.set("domain", "local").set("_passwordSha256", base::sha256_hex("admin"));
}

// A site's administrator may not change what all sites of a Server share.
Item server_administrator() {
  Item user(Kind::user, make_luid());
  user.set("name", "server-admin").set("fullName", "Server Administrator").set("siteRole", "ServerAdministrator");
  user.set("authSetting", "ServerDefault").set("locale", "local").set("language", "en");
  user.set("email", "server-admin@example.com");
  return user.set("domain", "local").set("_passwordSha256", base::sha256_hex("server-admin"));
}

}  // namespace

void make_demo_site(Site& site, Profile profile, const std::string& now) {
  site.put(site_item(profile, now));
  const std::string admin = site.put(administrator()).id();
  site.put(Item(Kind::access_token, "demo").set("user", admin).set("_secretSha256", base::sha256_hex("demo-secret")));
  site.put(Item(Kind::group, make_luid()).set("name", "All Users").set("domain", "local"));
  ensure_project(site, {"default"}, now);
  ensure_project(site, {"Finance", "Daily"}, now);
  if (profile == Profile::cloud) return;
  site.put(server_administrator());
  put_default_schedules(site, now);
}

}  // namespace tabferry::sim
