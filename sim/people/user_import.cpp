// "Import Users to Site from CSV file" and "Delete Users from Site with CSV file" of
// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_users_and_groups.htm
#include "sim/people/user_import.h"

#include "base/hash.h"
#include "base/text.h"
#include "sim/core/access.h"
#include "sim/core/jobs.h"
#include "sim/core/parts.h"
#include "sim/core/routes.h"
#include "sim/people/site_roles.h"
#include "sim/people/users.h"

namespace tabferry::sim {
namespace {

constexpr uint64_t kMaxFileBytes = uint64_t{4} << 20;
// name, password, full name, licence, administrator, publisher, e-mail, authentication
constexpr size_t kMaxColumns = 8;

struct Upload {
  Node payload{"tsRequest"};
  std::vector<std::vector<std::string>> rows;
};

Upload receive(Call& call, std::string_view part) {
  std::string file;
  const Parts parts = receive_parts(call, part, kMaxFileBytes, [&](std::string_view bytes) { file += bytes; });
  if (!parts.has_file) refuse(400003, "The part '{}' is missing.", part);
  if (parts.file_bytes > kMaxFileBytes) refuse(400019, "The import file is larger than {} bytes.", kMaxFileBytes);
  Upload upload;
  if (!parts.payload.empty()) upload.payload = parse_request_root(parts.payload, Language::xml);
  upload.rows = parse_import_file(file);
  for (const auto& row : upload.rows)
    if (row.size() > kMaxColumns || row[0].empty()) refuse(400019, "A line of the import file is malformed.");
  return upload;
}

std::string column(const std::vector<std::string>& row, size_t number) {
  return number < row.size() ? row[number] : "";
}

// The payload says how each one signs in; it has precedence over the file.
void take_settings(Node& user, const Node& payload) {
  for (const auto& one : payload.children) {
    if (one.name != "user") refuse(400000, "unexpected element (uri:\"\", local:\"{}\").", one.name);
    expect_only(one, {"name", "authSetting", "idpConfigurationId"}, {});
    if (!base::equal_ignoring_case(one.attribute_or("name", ""), user.attribute_or("name", ""))) continue;
    std::erase_if(user.attributes, [](const auto& attribute) { return attribute.name == "authSetting"; });
    for (const char* field : {"authSetting", "idpConfigurationId"})
      if (const auto value = one.attribute(field)) user.with(field, *value);
  }
}

// As the request to add that one user would say it.
Node user_of(const std::vector<std::string>& row, const Node& payload) {
  const auto role = imported_role(column(row, 3), column(row, 4), column(row, 5));
  if (!role) refuse(400019, "The import file has no site role for '{}'.", row[0]);
  Node user("user");
  user.with("name", row[0]).with("siteRole", *role);
  constexpr std::pair<size_t, const char*> kMore[] = {
      {1, "password"}, {2, "fullName"}, {6, "email"}, {7, "authSetting"}};
  for (const auto& [number, field] : kMore)
    if (const std::string value = column(row, number); !value.empty()) user.with(field, value);
  take_settings(user, payload);
  return user;
}

// Passwords are hashed before the job is kept.
Node without_password(Node user) {
  for (auto& attribute : user.attributes)
    if (attribute.name == "password") attribute = {"_passwordSha256", base::sha256_hex(attribute.value)};
  return user;
}

Reply start_job(Simulator& simulator, const Call& call, std::string_view type, const Node& users) {
  return simulator.change([&](World& world) {
    Desk desk = desk_of(simulator, world, call);
    Item job = new_job(desk, type);
    job.set("_asked", desk.user->id()).put_part(users);
    return Reply{.payload = {answer_of_new(start(desk, std::move(job)))}};
  });
}

Reply import_file(Simulator& simulator, Call& call) {
  const Upload upload = receive(call, "tableau_user_import");
  Node users("users");
  for (const auto& row : upload.rows) users.add(without_password(user_of(row, upload.payload)));
  return start_job(simulator, call, "UserImport", users);
}

Reply delete_file(Simulator& simulator, Call& call) {
  Node users("users");
  for (const auto& row : receive(call, "tableau_user_delete").rows) users.add(Node("user").with("name", row[0]));
  return start_job(simulator, call, "UserDelete", users);
}

std::string plain_name(const std::string& name) {
  const auto slash = name.find('\\');
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

// Who is there gets what the file says [INF]; the one who asked keeps the own role.
void update_known(Desk& desk, const Item& known, const Node& asked) {
  Item user = known;
  for (const char* field : {"fullName", "email", "authSetting"})
    if (const auto value = asked.attribute(field); value && !desk.is_cloud()) user.set(field, *value);
  if (known.id() != desk.user->id()) {
    const std::string role = asked.attribute_or("siteRole", "");
    if (role == "ServerAdministrator" && !is_server_admin(*desk.user))
      refuse(403004, "User '{}' may not make a server administrator.", desk.user->get("name"));
    const bool fits = capacity_of(role) == capacity_of(known.get("siteRole")) || has_licence_for(desk.site, role);
    user.set("siteRole", fits ? role : "Unlicensed");
  }
  desk.site.put(std::move(user));
}

void import_user(Desk& desk, const Node& asked) {
  Node plain = asked;
  std::erase_if(plain.attributes, [](const auto& attribute) { return attribute.name == "_passwordSha256"; });
  const std::string name = plain_name(asked.attribute_or("name", ""));
  if (const Item* known = user_named(desk.site, name))
    update_known(desk, *known, plain);
  else
    add_user(desk, plain);
  if (const auto hash = asked.attribute("_passwordSha256")) {
    Item user = *user_named(desk.site, name);
    desk.site.put(std::move(user.set("_passwordSha256", *hash)));
  }
}

// The job works for the one who asked, whoever looks when it ends.
Desk for_asker(const Desk& desk, const Item& job) {
  Desk own = desk;
  own.user = &desk.site.at(Kind::user, job.get("_asked"));
  return own;
}

void import_users(Desk& desk, Item& job) {
  Desk own = for_asker(desk, job);
  const Node users = *job.part("users");
  for (const auto& user : users.children) import_user(own, user);
}

// Users who own content, and the one who asked, stay.
void delete_users(Desk& desk, Item& job) {
  Desk own = for_asker(desk, job);
  const Node users = *job.part("users");
  std::string kept;
  for (const auto& one : users.children) {
    const Item* user = user_named(own.site, plain_name(one.attribute_or("name", "")));
    try {
      if (user != nullptr) remove_user(own, *user, "");
    } catch (const Refusal& refusal) {  // refused before anything was changed
      kept += (kept.empty() ? "" : " ") + refusal.detail();
    }
  }
  if (!kept.empty()) refuse(409003, "{}", kept);  // the others are gone
}

}  // namespace

// UserDelete is a name that we made up.
std::vector<JobType> people_jobs() {
  return {{"UserImport", "user_import", "", "", false, import_users},
          {"UserDelete", "user_delete", "", "", false, delete_users}};
}

std::vector<Route> user_import_routes() {
  constexpr Terms kTerms = {.access = Access::site_admin, .since = 315};
  return {{"POST", "sites/{site}/users/import", import_file, kTerms},
          {"POST", "sites/{site}/users/delete", delete_file, kTerms}};
}

}  // namespace tabferry::sim
