// A Tableau site over its REST API (https://help.tableau.com/current/api/rest_api/en-us/), as far as publish and backup need it.
//
// One session for one credential: a second sign-in with the same token would end the first. A request that is answered
// 401002 or 401000 did nothing: the session is signed in again once and the request repeated, whatever it is. A session
// that ends right after its sign-in, or four times within a minute, is Error{denied}: another client uses the token.
// Where a connected app signed in and its session lives, 401002 means that its scopes do not cover the request:
// Error{config}.
// Errors say what was being done and what the site answered: status, code, summary, detail; never a secret.
// A Site is one lane: one thread at a time. More threads take lanes of their own, all on the one session.
// All lanes go at one pace (pace.h). `clock` makes all waits (but not the network's time-outs) and must outlive the Site.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "http/client.h"
#include "io/byte_source.h"
#include "tableau/reading.h"

namespace tabferry::tableau {

struct Credentials {
  enum class Kind { token, password, connected_app } kind = Kind::token;
  std::string name;  // of the personal access token, or the user
  base::Secret secret;
  // Of a connected app (direct trust): a JWT signed with `secret`, a fresh one at each sign-in, lets it be that user.
  std::string client_id, secret_id;
  std::vector<std::string> scopes;
};

struct SiteOptions {
  std::string server;                        // "https://eu-west-1a.online.tableau.com"; a Cloud sign-in may lead on to a pod
  std::string content_url;                   // the part behind /#/site/; "" is a Server's default site
  std::function<Credentials()> credentials;  // read again at each sign-in, by one lane at a time
  http::NetworkOptions network;
  http::Retry retry;  // its on_wait tells people that the site is busy; called on each lane's thread
  std::chrono::milliseconds job_timeout{3'600'000};
  // However slowly an answer drips: of each try of a look-up, a listing, a sign-in (their answers are small, and a site
  // itself gives up on them long before); and of the sign-out, which holds the end of a run.
  std::chrono::milliseconds look_up_limit{300'000};
  std::chrono::milliseconds sign_out_limit{10'000};
  uint64_t requests_per_hour = 0;  // of all lanes, and tries count; 0: no such budget
  int lanes = 32;                  // requests on their way at the same time, at most; fewer where the site is in trouble
  uint64_t single_request_limit_bytes = uint64_t{64} << 20;  // larger files go up in chunks (Tableau's limit)
  uint64_t chunk_bytes = uint64_t{32} << 20;                 // raised so that 1000 are enough; at most 64 MiB
};

struct ServerVersion {
  std::string product_version;  // "2025.3"
  std::string build;
  std::string rest_api_version;  // "3.27": the one spoken, the lower of the site's and ours
};

struct Project {
  std::string id;
  std::string name;
  std::string path;  // "Finance/Daily": names from the top, '/' between, a '/' in a name written "\/"
};

struct Datasource {
  std::string id;
  std::string name;
  std::string project_id;
  std::string content_url;
  std::string webpage_url;
  std::string updated_at;  // as the site sent it
};

struct PublishRequest {
  std::string name;
  std::string project_id;
  std::string filename;  // its extension tells the type: "sales.tdsx"
  std::string type;      // "tdsx" or "hyper"
  http::Body file;
  std::function<void(uint64_t)> on_sent;            // bytes of the file so far; back to less where it goes out again
  std::function<void(const std::string&)> on_step;  // "uploading", "waiting for the publishing job" ...
};

struct PublishResult {
  Datasource datasource;
  bool replaced = false;  // it was there before
  std::string job_id;     // where the site did it as a job
  std::string note;       // what a person should know: how the outcome was established where no answer came
};

class Site {
 public:
  Site(SiteOptions options, const base::Clock& clock);
  Site(Site&&) noexcept;
  ~Site();  // the last lane signs out, in silence

  // Another lane on the same session, with a connection of its own, for another thread. Any lane may sign in for all;
  // where the session ends, one signs in again and all go on. Any may outlive the others.
  Site lane() const;

  // Asks for the version, then signs in. Throws Error{denied} (wrong token; what to check), Error{transient} (down),
  // Error{corrupt} (something else than Tableau answers there), Error{not_found}, Error{config}.
  void sign_in(std::stop_token stop);
  // Ends the session of all lanes; none is at work then. Takes sign_out_limit at most and never fails: the site ends
  // unused sessions by itself.
  void sign_out(std::stop_token stop);

  ServerVersion server_version() const;  // empty before sign_in()
  std::string user_id() const;
  std::string site_id() const;
  // What the sign-in said of the time that is left (estimatedTimeToExpiration), as the site wrote it: "173:21:12"; "" where
  // it said nothing. Documented without a unit; it cannot be the session's, which lives for hours.
  // https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_authentication.htm
  std::string time_to_expiration() const;
  // Whether a connected app signed in: some things are closed to it (scopes.h). False before sign_in().
  bool by_connected_app() const;
  // What this user may do on the site: "Creator", "SiteAdministratorExplorer", "Viewer"; "" where the site does not tell.
  std::string site_role(std::stop_token stop);

  // All that this user can see, with their full paths; a project whose parent it cannot see stands at the top.
  std::vector<Project> projects(std::stop_token stop);
  // By its exact name, else ignoring the case of A-Z: Tableau takes them for the same within a project.
  std::optional<Datasource> find_datasource(const std::string& project_id, const std::string& name,
                                            std::stop_token stop);

  // Each item of the list, as JSON (json_of.h), in the order of its first sight. An item that comes again in another form
  // (a list that moved is read again) is visited again: the newer one stands for the older of that id. Of what `visit` is
  // given nothing is kept here but ids and hashes. A refusal is one of the first page; later ones are thrown.
  ListResult list(const ListRequest& request, std::stop_token stop, const std::function<void(doc::Json)>& visit);
  // One document. `element` is what stands below the answer's root, or is its first descendant of that name: "workbook",
  // "permissions"; empty: all of it. The body is null too where the answer is empty; Error{corrupt} where it holds
  // something else.
  Document get(const std::string& doing, Below below, const std::string& path, const std::string& element,
               std::stop_token stop);
  // The same by a POST that only asks (labels of many assets, the Metadata API): repeated like a GET. A path that begins
  // with '/' is below the server itself.
  Document post(const std::string& doing, Below below, const std::string& path, const std::string& content_type,
                const std::string& body, const std::string& element, std::stop_token stop);
  // Begins a download; waits first_byte_timeout for its first byte.
  DownloadResult download(const std::string& doing, Below below, const std::string& path, std::stop_token stop);
  // Of all lanes of the session, since it was made.
  uint64_t requests() const;

  // Puts the file there, in one request or in chunks and as a job, replacing a data source of that name in that
  // project. Its outcome is never guessed: where no answer comes the data source (or the job) is looked up; what cannot
  // be decided is Error{transient} that says so. Never repeated blindly. Error{denied} names the missing right,
  // Error{corrupt} is a file that Tableau could not use (or a job that failed, with its notes), Error{conflict} a file
  // that changed meanwhile; each says which version the site holds now.
  PublishResult publish_datasource(const PublishRequest& request, std::stop_token stop);

 private:
  struct State;
  explicit Site(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

// The project that people mean by `wanted`: a full path, or a name that only one project has. The case of A-Z matters
// in neither, but the exact case wins, and a path wins over a name. Throws Error{not_found} or Error{conflict} with the
// candidates. The result is one of `projects`, which must outlive it.
const Project& find_project(const std::vector<Project>& projects, std::string_view wanted);

}  // namespace tabferry::tableau
