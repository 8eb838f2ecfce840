// The checks of the site: reached, signed in, token, role, projects.
#include <algorithm>
#include <array>

#include "app/doctor_checks.h"
#include "backup/run.h"
#include "base/text.h"
#include "base/url.h"
#include "tableau/scopes.h"

using namespace std::chrono_literals;
using Status = tabferry::app::Finding::Status;
using Kind = tabferry::tableau::Credentials::Kind;

namespace tabferry::app {
namespace {

const std::string kArea = "Site";
const std::string kWorkersArea = "Site, backup-work";
constexpr std::chrono::milliseconds kRequestLimit{
    4'000};                                        // a sign-in asks for the version first, which was answered already
constexpr std::chrono::milliseconds kSooner{300};  // these times say better what happened than the limit
constexpr std::array<std::string_view, 2> kCannotPublish{"Viewer", "Unlicensed"};

tableau::SiteOptions hurried(tableau::SiteOptions options) {
  auto& network = options.network;
  for (auto* const time :
       {&network.connect_timeout, &network.first_byte_timeout, &network.look_up_timeout, &network.stall_timeout})
    *time = std::min(*time, kRequestLimit - kSooner);
  options.retry = {.attempts = 1};
  options.look_up_limit = kRequestLimit;
  options.sign_out_limit = 2s;
  return options;
}

class SiteChecks {
 public:
  SiteChecks(Examination& examination, const Settings& settings, const SiteSettings& site, const SignInSettings& who,
             tableau::SiteOptions options)
      : examination_(examination),
        settings_(settings),
        site_(site),
        who_(who),
        options_(hurried(std::move(options))),
        session_(options_, examination.clock()) {}

  void run() {
    const bool secrets = check_secrets(kArea, for_what());
    if (!examination_.check(kArea, "connection", [&] { return connect(); }))
      return skip_rest(kArea, "there is no connection");
    if (!secrets) return skip_rest(kArea, "there is no secret to sign in with");
    const bool signed_in = examination_.check(kArea, "sign-in", [&] { return sign_in(); });
    if (who_.kind == Kind::token && (signed_in || who_.pat_expires)) check_token();  // refused: is it over?
    if (!signed_in) return skip_rest(kArea, "nobody is signed in");
    examination_.check(kArea, "role", [&] { return look_at_role(); });
    check_projects();
    session_.sign_out({});
  }

  // Of worker_auth: the site was reached already.
  void run_for_workers() {
    if (!check_secrets(kWorkersArea, "it signs in for backup-work"))
      return skip_rest(kWorkersArea, "there is no secret to sign in with");
    if (!examination_.check(kWorkersArea, "sign-in", [&] { return sign_in(); }))
      return skip_rest(kWorkersArea, "nobody is signed in");
    examination_.check(kWorkersArea, "role", [&] {
      const bool all = settings_.backup.scope == BackupSettings::Scope::admin;
      return judge_role(session_.site_role(examination_.stop()), {.publish = false, .backup = all});
    });
    session_.sign_out({});
  }

 private:
  void skip_rest(const std::string& area, const std::string& why) { examination_.skip(area, "other checks", why); }

  bool check_secrets(const std::string& area, const std::string& what_for) {
    return examination_.check(area, "secret", [&] { return read_secrets(what_for); });
  }

  std::string for_what() const {
    std::string words = site_.worker_auth ? "it signs in for all but backup-work" : "it signs in for everything";
    if (who_.kind == Kind::connected_app && !settings_.store.empty())
      words += fmt::format(". A backup cannot read {} by it (docs/accounts.md)", tableau::closed_nouns());
    return words;
  }

  Finding read_secrets(const std::string& what_for) const {
    SignInSettings resolved = who_;
    const auto credentials = options_.credentials();
    resolved.user = credentials.name;
    resolved.client_id = credentials.client_id;
    return {.seen = fmt::format("{} has its secret; {}", in_words(resolved), what_for)};
  }

  Finding connect() {
    http::Client client(options_.network, options_.retry, examination_.clock());
    const auto began = examination_.clock().steady_now();
    const auto response =
        client.send({.url = site_.server + "/api/2.4/serverInfo", .may_repeat = true, .total_limit = kRequestLimit},
                    examination_.stop());
    const std::chrono::duration<double> took = examination_.clock().steady_now() - began;
    if (const auto time = base::parse_http_date(response.header("date")))
      examination_.hear("the site", base::parse_url(site_.server).host, *time);
    return {.seen = fmt::format("{} answers in {}", site_.server, base::human_seconds(took.count()))};
  }

  Finding sign_in() {
    session_.sign_in(examination_.stop());
    const auto version = session_.server_version();
    return {.seen =
                fmt::format("accepted by Tableau {}, REST API {}", version.product_version, version.rest_api_version)};
  }

  void check_token() {
    examination_.check(kArea, "token life", [&] {
      return judge_token(who_.pat_expires, session_.time_to_expiration(), examination_.clock().now());
    });
  }

  Finding look_at_role() {
    const bool has_store = !settings_.store.empty();
    return judge_role(session_.site_role(examination_.stop()),
                      {.publish = !settings_.datasources.empty() || !has_store,
                       .backup = has_store && settings_.backup.scope == BackupSettings::Scope::admin});
  }

  void check_projects() {
    std::vector<tableau::Project> projects;
    if (settings_.datasources.empty()) return;
    if (!examination_.check(kArea, "projects", [&]() -> Finding {
          projects = session_.projects(examination_.stop());
          return {.seen = base::counted(projects.size(), "project") + " can be seen"};
        }))
      return;
    for (const auto& spec : settings_.datasources)
      examination_.check(
          kArea, "project",
          [&]() -> Finding {
            return {.seen = fmt::format("{} of the data source {}",
                                        base::quoted(tableau::find_project(projects, spec.project).path, 300),
                                        base::quoted(spec.key))};
          },
          [&](const base::Error&) { return fmt::format("It is datasources.{}.project", spec.key); });
  }

  Examination& examination_;
  const Settings& settings_;
  const SiteSettings& site_;
  const SignInSettings& who_;
  const tableau::SiteOptions options_;
  tableau::Site session_;
};

}  // namespace

Finding judge_role(const std::string& role, Wanted wanted) {
  const bool may_publish =
      !wanted.publish || std::find(kCannotPublish.begin(), kCannotPublish.end(), role) == kCannotPublish.end();
  const bool may_back_up = !wanted.backup || backup::is_administrator(role);
  const auto who = role.empty() ? std::string("the site does not tell this user's role")
                                : fmt::format("this user is {} on the site", role);
  if (may_publish && may_back_up) return {.seen = role.empty() ? "the site does not tell" : role};
  const std::string as_administrator = "Sign in as a site administrator, or set backup.scope: visible";
  const std::string can_publish = "the role Creator, or Explorer (can publish)";
  if (may_publish)
    return {.status = wanted.publish ? Status::warning : Status::problem,
            .seen = fmt::format("{}{}: a backup refuses", who, role.empty() ? "" : ", no site administrator"),
            .cure = as_administrator + " (a snapshot then has only what this user sees)"};
  if (may_back_up)
    return {.status = Status::problem,
            .seen = who + ", who may not publish",
            .cure = "An administrator of the site must give it " + can_publish};
  return {.status = Status::problem,
          .seen = who + ", who may not publish, and is no site administrator: a backup refuses",
          .cure = fmt::format("{} and get {}", as_administrator, can_publish)};
}

void check_site(Examination& examination, const Settings& settings, const std::string& chosen,
                const Environment& environment) {
  if (settings.sites.empty() && chosen.empty())
    return examination.skip(kArea, "all checks", "the configuration names none");
  const SiteSettings* site = nullptr;
  const auto choose = [&]() -> Finding {
    site = &choose_site(settings, chosen);
    return {.seen = fmt::format("{}: {}, site {}", site->name, site->server, base::quoted(site->content_url))};
  };
  if (!examination.check(kArea, "settings", choose)) return;
  SiteChecks(examination, settings, *site, site->auth, site_options(*site, settings, environment)).run();
  if (site->worker_auth)
    SiteChecks(examination, settings, *site, *site->worker_auth, worker_options(*site, settings, environment))
        .run_for_workers();
}

}  // namespace tabferry::app
