#include "tableau/site.h"

#include "tableau/datasources.h"
#include "tableau/projects.h"
#include "tableau/publication.h"
#include "tableau/session.h"

namespace tabferry::tableau {

struct Site::State {
  State(SiteOptions the_options, const base::Clock& the_clock)
      : options(std::move(the_options)), clock(the_clock), session(options, the_clock) {}

  SiteOptions options;
  const base::Clock& clock;
  Session session;
};

Site::Site(SiteOptions options, const base::Clock& clock)
    : state_(std::make_unique<State>(std::move(options), clock)) {}
Site::~Site() = default;

void Site::sign_in(std::stop_token stop) { state_->session.sign_in(stop); }
void Site::sign_out(std::stop_token stop) { state_->session.sign_out(stop); }

const ServerInfo& Site::server_info() const { return state_->session.server_info(); }
std::string Site::user_id() const { return state_->session.user_id(); }
std::string Site::site_id() const { return state_->session.site_id(); }

std::vector<Project> Site::projects(std::stop_token stop) { return list_projects(state_->session, stop); }

std::optional<Datasource> Site::find_datasource(const std::string& project_id, const std::string& name,
                                                std::stop_token stop) {
  return find_datasource_named(state_->session, project_id, name, stop);
}

PublishResult Site::publish_datasource(const PublishRequest& request, std::stop_token stop) {
  return Publication(state_->session, state_->options, state_->clock, request, stop).run();
}

}  // namespace tabferry::tableau
