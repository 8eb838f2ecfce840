// One session on a site: signing in and out, and requests under it. Private to this room. One thread at a time.
// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_authentication.htm
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/secret.h"
#include "http/client.h"
#include "tableau/answer.h"
#include "tableau/site.h"

namespace tabferry::tableau {

// A request below /api/VERSION/sites/SITE/.
struct Call {
  std::string doing;  // for messages: "listing the projects"
  std::string method = "GET";
  std::string path;  // "projects?pageSize=1000", its parts percent-encoded
  std::string content_type;
  std::optional<http::Body> body;
  bool may_repeat = false;  // as in http::Request
  bool repeat_if_cut = false;
  std::function<void(uint64_t)> on_sent;
};

class Session {
 public:
  Session(SiteOptions options, const base::Clock& clock);
  ~Session();  // signs out, in silence

  void sign_in(std::stop_token stop);
  void sign_out(std::stop_token stop);  // never throws

  const ServerInfo& server_info() const { return server_info_; }
  const std::string& user_id() const { return user_id_; }
  const std::string& site_id() const { return site_id_; }

  // Whatever the site answers, once an ended session was renewed. Throws where no answer came, as http::Client::send,
  // and where the session cannot be renewed.
  Answer ask(const Call& call, std::stop_token stop);
  // The same, but every answer that is no success is an Error.
  Answer ask_ok(const Call& call, std::stop_token stop);
  // Of the last ask() that threw: true where the whole request had gone out and nobody knows what became of it.
  bool outcome_unknown() const { return outcome_unknown_; }

 private:
  void ask_for_version(std::stop_token stop);
  void start_session(std::stop_token stop);
  void renew(const Call& call, std::stop_token stop);
  Answer post_credentials(const Credentials& credentials, std::stop_token stop);
  void keep_session(const Answer& answer);
  void follow_to_pod(const Answer& answer, const std::string& url);
  Answer send(const Call& call, std::stop_token stop);
  Answer exchange(const std::string& doing, const http::Request& request, std::stop_token stop);
  std::string api(const std::string& path) const;  // the URL of /api/VERSION/PATH
  std::string host() const;

  SiteOptions options_;
  const base::Clock& clock_;
  http::Client client_;
  std::string server_;  // after a redirect: the pod's
  ServerInfo server_info_;
  base::Secret token_;
  std::string site_id_, user_id_;
  base::SteadyTime signed_in_at_{};
  int short_sessions_ = 0;  // renewed sessions in a row that ended within a minute
  bool outcome_unknown_ = false;
};

// The lower of what the server offers and what we know, compared as numbers ("3.9" < "3.10").
// Throws Error{corrupt} where the text is no version.
std::string version_to_speak(const std::string& offered);
// The server ("https://10ax.online.tableau.com") to which a redirected sign-in goes on: the same path over https (or
// over http from one loopback address to another). Absent where it must not be followed. [INF] That Cloud answers so:
// https://online.tableau.com leads to the pod.
std::optional<std::string> pod_of(const std::string& sign_in_url, const std::string& location);

}  // namespace tabferry::tableau
