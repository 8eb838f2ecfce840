// The exchange that begins a session. Private to this room; any thread, one at a time for a client.
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

struct OpenedSession {
  std::string server;  // "https://10ax.online.tableau.com": after a redirect the pod's
  base::Secret token;
  std::string site_id, user_id;
  bool by_connected_app = false;
  std::string time_to_expiration;  // as Site::time_to_expiration() gives it
};

// Both throw as Site::sign_in() does. `server` has no slash at its end.
ServerVersion ask_for_version(http::Client& client, const std::string& server, const SiteOptions& options,
                              std::stop_token stop);
// Reads the credentials; goes on to a pod once. A JWT is made anew for each sign-in; where the site says that it was
// used before (its answer was lost, and the request repeated), another one is sent once.
OpenedSession open_session(http::Client& client, const std::string& server, const ServerVersion& version,
                           const SiteOptions& options, const base::Clock& clock, std::stop_token stop);

// The lower of what the server offers and what we know, compared as numbers ("3.9" < "3.10").
// Throws Error{corrupt} where the text is no version.
std::string version_to_speak(const std::string& offered);
// The server ("https://10ax.online.tableau.com") to which a redirected sign-in goes on: the same path over https (or
// over http from one loopback address to another). Absent where it must not be followed. [INF] That Cloud answers so:
// https://online.tableau.com leads to the pod.
std::optional<std::string> pod_of(const std::string& sign_in_url, const std::string& location);

}  // namespace tabferry::tableau
