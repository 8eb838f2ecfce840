#include "tableau/publication.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "base/url.h"
#include "doc/xml.h"
#include "tableau/datasources.h"
#include "tableau/job.h"
#include "tableau/upload.h"

using namespace std::chrono_literals;
using tabferry::base::ErrorKind;

namespace tabferry::tableau {
namespace {

// Looks after an answer that did not come: at once, and then for a minute.
constexpr std::chrono::seconds kWaits[] = {0s, 1s, 2s, 4s, 8s, 15s, 30s};
// Looks for a data source that a finished job made: the search index lags behind.
constexpr std::chrono::seconds kIndexWaits[] = {0s, 1s, 2s, 4s};

// Whether an answer leaves open what the site did. An error of Tableau's own with its code is a plain no; what a
// gateway says in its place is not, and neither is a success that nobody of Tableau's wrote. [INF]
bool leaves_open(const Answer& answer) {
  if (answer.ok()) return true;
  if (answer.status() == 429 || answer.status() == 503) return false;
  const bool gateway = answer.status() == 502 || answer.status() == 504 || answer.status() == 408;
  return gateway || (answer.status() >= 500 && answer.code() == 0);
}

// The right that is missing. 403007:
// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_data_sources.htm
std::string missing_right(const Answer& answer, bool there_already) {
  if (answer.code() == 403008)
    return "The site's (or the user's) storage quota is used up: delete something, or ask the site's administrator";
  const std::string right = there_already
                                ? "To replace this data source the user needs its Overwrite permission (Save), or to "
                                  "be its owner or the project's leader"
                                : "To publish here the user needs the Publish permission (Write) in this project";
  return right + ", and a site role that may publish (Creator, Explorer (can publish) or an administrator)";
}

std::string_view meaning_of(int code) {
  if (code == 400011)
    return "Tableau could not use this file. Usual reasons: a damaged or incomplete package, an extract or a function "
           "newer than the site's version. Open the file in Tableau Desktop to see which";
  if (code == 400010) return "The file's name or type is none that Tableau takes";
  if (code == 404005) return "The project is gone";
  return "";
}

}  // namespace

Publication::Publication(Lane& lane, const PublishRequest& request, std::stop_token stop)
    : lane_(lane),
      options_(lane.session().options()),
      clock_(lane.session().clock()),
      request_(request),
      stop_(std::move(stop)),
      doing_(fmt::format("publishing {}", base::quoted(request.name))),
      file_(std::make_shared<FileSlices>(request.file)) {}

PublishResult Publication::run() {
  before_ = find_datasource_named(lane_, request_.project_id, request_.name, stop_);
  const uint64_t single_limit = std::min(options_.single_request_limit_bytes, kMaxChunkBytes);
  return file_->size_bytes() <= single_limit ? publish_whole() : publish_in_chunks();
}

PublishResult Publication::publish_whole() {
  step("uploading");
  return send(multipart_of(payload(), FilePart{.name = "tableau_datasource",
                                               .filename = safe_filename(request_.filename, request_.type),
                                               .file = file_,
                                               .offset = 0,
                                               .size_bytes = file_->size_bytes()}),
              "");
}

PublishResult Publication::publish_in_chunks() {
  in_chunks_ = true;
  step("uploading");
  std::string upload_id;
  try {
    const uint64_t chunk_bytes = chunk_size_for(file_->size_bytes(), options_.chunk_bytes);
    upload_id = Upload(lane_, clock_, file_, request_, chunk_bytes).run(stop_);
  } catch (const base::Error& error) {
    fail_unpublished(error);
  }
  step("publishing");
  return send(multipart_of(payload(), std::nullopt), "&asJob=true&uploadSessionId=" + upload_id_in_url(upload_id));
}

PublishResult Publication::send(const Multipart& form, const std::string& more_query) {
  Call call{.doing = doing_,
            .method = "POST",
            .path = fmt::format("datasources?datasourceType={}&overwrite=true{}", base::percent_encoded(request_.type),
                                more_query),
            .content_type = form.content_type,
            .body = form.body,
            .repeat_if_cut = true};
  if (request_.on_sent && !in_chunks_)
    call.on_sent = [&, file_bytes = file_->size_bytes()](uint64_t sent) {
      request_.on_sent(std::min(file_bytes, sent - std::min(sent, form.file_begins_at)));
    };
  std::optional<Answer> answer;
  try {
    answer = lane_.ask(call, stop_);
  } catch (const base::Error& error) {
    if (!lane_.outcome_unknown()) fail_unpublished(error);
    if (error.kind() == ErrorKind::cancelled)
      base::fail(ErrorKind::cancelled, "{}; everything had been sent, so the site may publish it all the same",
                 error.what());
    return look_what_became_of_it(error.what());
  }
  if (answer->ok() && answer->found()) return accepted(*answer);
  if (leaves_open(*answer)) return look_what_became_of_it(fmt::format("{}: {}", doing_, answer->words()));
  fail_refused(*answer);
}

PublishResult Publication::accepted(const Answer& answer) {
  const doc::Element root = answer.found();
  if (const auto datasource = root.child("datasource"); !datasource.attribute_or("id", "").empty()) {
    const Datasource published = datasource_of(datasource);
    if (base::equal_ignoring_case(published.name, request_.name)) return result(published);
  }
  const std::string job_id = root.child("job").attribute_or("id", "");
  if (!job_id.empty()) return follow(job_id);
  return look_what_became_of_it(fmt::format("{}: {} with neither a data source nor a job", doing_, answer.words()));
}

PublishResult Publication::follow(const std::string& job_id) {
  job_id_ = job_id;
  step(fmt::format("waiting for the publishing job {}", job_id));
  const JobEnd end = follow_job(lane_, clock_, job_id, options_.job_timeout, stop_);
  switch (end.kind) {
    case JobEnd::Kind::done: return after_job(job_id);
    case JobEnd::Kind::failed:
      base::fail(ErrorKind::corrupt, "{}: the publishing job {} failed: {}. {}", doing_, base::quoted(job_id),
                 end.words, what_it_holds());
    case JobEnd::Kind::cancelled:
      base::fail(ErrorKind::conflict, "{}: the publishing job {} was cancelled at the site: {}. {}", doing_,
                 base::quoted(job_id), end.words, what_it_holds());
    case JobEnd::Kind::unclear: break;
  }
  return look_what_became_of_it(
      fmt::format("{}: the publishing job {} cannot be followed: {}", doing_, base::quoted(job_id), end.words));
}

PublishResult Publication::after_job(const std::string& job_id) {
  for (const auto wait : kIndexWaits) {
    if (!clock_.sleep_for(wait, stop_)) break;
    if (const auto seen = look_once(); seen.now) return result(*seen.now);
  }
  PublishResult unseen = result({.name = request_.name, .project_id = request_.project_id});
  unseen.note = fmt::format("the job {} ended well, but the site's list does not show the data source yet", job_id);
  return unseen;
}

PublishResult Publication::look_what_became_of_it(const std::string& why) {
  step("no clear answer came: looking at the site what became of it");
  Sighting last;
  for (const auto wait : kWaits) {
    if (!clock_.sleep_for(wait, stop_))
      base::fail_cancelled(fmt::format("finding out what became of it ({}). The site may have published it", why));
    try {
      last = look_once();
    } catch (const base::Error& error) {
      base::fail(error.kind(),
                 "{}. Whether the site published it is not known, for looking at it failed too: {}. Publishing again "
                 "is safe: it replaces the data source as a whole",
                 why, error.what());
    }
    if (!last.changed) continue;
    PublishResult seen = result(*last.now);
    seen.note = fmt::format(
        "the site gave no clear answer ({}); that it published is known from the data source: {}", why,
        before_ ? fmt::format("its last change moved from {} to {}", before_->updated_at, last.now->updated_at)
                : fmt::format("it was not there before, and is now (of {})", last.now->updated_at));
    return seen;
  }
  fail_undecided(why, last);
}

Publication::Sighting Publication::look_once() {
  Sighting seen;
  if (before_) seen.now = find_datasource_by_id(lane_, before_->id, stop_);
  if (!seen.now) seen.now = find_datasource_named(lane_, request_.project_id, request_.name, stop_);
  seen.changed = seen.now && (!before_ || seen.now->id != before_->id || seen.now->updated_at != before_->updated_at);
  return seen;
}

void Publication::fail_undecided(const std::string& why, const Sighting& last) {
  const std::string state = last.now ? fmt::format("the site holds the version of {}", last.now->updated_at)
                                     : "the site holds no data source of that name";
  base::fail(ErrorKind::transient,
             "{}. Whether the site took it cannot be decided: a minute later {}, as before, but {}. Look at the "
             "site's jobs and at the data source's history, or run again: publishing again is safe, it replaces the "
             "data source as a whole",
             why, state,
             !job_id_.empty() ? fmt::format("the job {} may still be at work", job_id_)
             : in_chunks_     ? "a publishing job may be running"
                              : "it may still be at work");
}

void Publication::fail_refused(const Answer& answer) {
  std::string meaning(meaning_of(answer.code()));
  if (answer.status() == 403) meaning = missing_right(answer, before_.has_value());
  answer.fail(doing_, meaning.empty() ? what_it_holds() : meaning + ". " + what_it_holds());
}

void Publication::fail_unpublished(const base::Error& error) const {
  base::fail(error.kind(), "{}. {}", error.what(), what_it_holds());
}

std::string Publication::what_it_holds() const {
  return before_ ? fmt::format("Nothing was published: the site still holds the version of {}", before_->updated_at)
                 : "Nothing was published: the site holds no data source of that name in that project";
}

std::string Publication::payload() const {
  doc::XmlWriter request("tsRequest");
  request.open("datasource").attribute("name", request_.name);
  request.open("project").attribute("id", request_.project_id);
  return request.str();
}

void Publication::step(const std::string& text) const {
  if (request_.on_step) request_.on_step(text);
}

PublishResult Publication::result(Datasource datasource) const {
  if (datasource.project_id.empty()) datasource.project_id = request_.project_id;
  if (datasource.name.empty()) datasource.name = request_.name;
  return {.datasource = std::move(datasource), .replaced = before_.has_value(), .job_id = job_id_, .note = {}};
}

}  // namespace tabferry::tableau
