// One publish, from looking what is there to knowing what became of it. Private to this room.
// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_data_sources.htm#publish_data_source
//
// The final request is never sent again once all of it had gone out: what became of it is then looked up.
#pragma once

#include <span>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "tableau/multipart.h"
#include "tableau/lane.h"
#include "tableau/site.h"

namespace tabferry::tableau {

class Publication {
 public:
  Publication(Lane& lane, const PublishRequest& request, std::stop_token stop);

  PublishResult run();

 private:
  struct Sighting {
    std::optional<Datasource> now;
    bool changed = false;
  };

  PublishResult publish_whole();
  PublishResult publish_in_chunks();
  PublishResult send(const Multipart& form, const std::string& more_query);
  PublishResult accepted(const Answer& answer);
  PublishResult follow(const std::string& job_id);
  PublishResult after_job(const std::string& job_id);
  // Where nobody answered: looks until the data source changed, for a minute. `why` is what happened.
  PublishResult look_what_became_of_it(const std::string& why);
  Sighting look_once();
  [[noreturn]] void fail_refused(const Answer& answer);
  [[noreturn]] void fail_undecided(const std::string& why, const Sighting& last);
  // Throws `error` again, with what the site holds behind it.
  [[noreturn]] void fail_unpublished(const base::Error& error) const;
  std::string what_it_holds() const;
  std::string payload() const;
  void step(const std::string& text) const;
  PublishResult result(Datasource datasource) const;

  Lane& lane_;
  const SiteOptions& options_;
  const base::Clock& clock_;
  const PublishRequest& request_;
  std::stop_token stop_;
  std::string doing_;
  std::shared_ptr<FileSlices> file_;
  std::optional<Datasource> before_;
  bool in_chunks_ = false;
  std::string job_id_;
};

}  // namespace tabferry::tableau
