#include "tableau/site.h"

#include "base/url.h"
#include "tableau/datasources.h"
#include "tableau/document.h"
#include "tableau/lane.h"
#include "tableau/paging.h"
#include "tableau/projects.h"
#include "tableau/publication.h"

namespace tabferry::tableau {

struct Site::State {
  explicit State(std::shared_ptr<Session> session) : lane(std::move(session)) {}

  Lane lane;
};

Site::Site(SiteOptions options, const base::Clock& clock)
    : state_(std::make_unique<State>(std::make_shared<Session>(std::move(options), clock))) {}
Site::Site(std::unique_ptr<State> state) : state_(std::move(state)) {}
Site::Site(Site&&) noexcept = default;
Site::~Site() = default;

Site Site::lane() const { return Site(std::make_unique<State>(state_->lane.shared_session())); }

void Site::sign_in(std::stop_token stop) { state_->lane.sign_in(stop); }
void Site::sign_out(std::stop_token stop) { state_->lane.session().sign_out(stop); }

ServerVersion Site::server_version() const { return state_->lane.session().version(); }
std::string Site::user_id() const { return state_->lane.session().newest().user_id; }
std::string Site::site_id() const { return state_->lane.session().newest().site_id; }

std::string Site::time_to_expiration() const { return state_->lane.session().time_to_expiration(); }

bool Site::by_connected_app() const { return state_->lane.session().newest().by_connected_app; }

std::string Site::site_role(std::stop_token stop) {
  const std::string doing = "asking for the role of this user";
  const Answer answer =
      state_->lane.ask_ok({.doing = doing, .path = "users/" + base::percent_encoded(user_id())}, stop);
  return answer.root(doing).child("user").attribute_or("siteRole", "");
}

std::vector<Project> Site::projects(std::stop_token stop) { return list_projects(state_->lane, stop); }

std::optional<Datasource> Site::find_datasource(const std::string& project_id, const std::string& name,
                                                std::stop_token stop) {
  return find_datasource_named(state_->lane, project_id, name, stop);
}

ListResult Site::list(const ListRequest& request, std::stop_token stop, const std::function<void(doc::Json)>& visit) {
  return Listing(state_->lane, request, stop).read(visit);
}

Document Site::get(const std::string& doing, Below below, const std::string& path, const std::string& element,
                   std::stop_token stop) {
  return get_document(state_->lane, {.doing = doing, .path = path, .below = below}, element, stop);
}

Document Site::post(const std::string& doing, Below below, const std::string& path, const std::string& content_type,
                    const std::string& body, const std::string& element, std::stop_token stop) {
  return get_document(state_->lane,
                      {.doing = doing,
                       .method = "POST",
                       .path = path,
                       .content_type = content_type,
                       .body = http::text_body(body),
                       .may_repeat = true,
                       .below = below},
                      element, stop);
}

DownloadResult Site::download(const std::string& doing, Below below, const std::string& path, std::stop_token stop) {
  return begin_download(state_->lane, {.doing = doing, .path = path, .below = below}, stop);
}

uint64_t Site::requests() const { return state_->lane.session().pace().requests(); }

PublishResult Site::publish_datasource(const PublishRequest& request, std::stop_token stop) {
  return Publication(state_->lane, request, stop).run();
}

}  // namespace tabferry::tableau
