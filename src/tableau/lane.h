// One thread's way to the site: requests under a session that other lanes share. Private to this room.
// One thread at a time; a second thread takes a lane of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "http/client.h"
#include "tableau/answer.h"
#include "tableau/session.h"

namespace tabferry::tableau {

struct Call {
  std::string doing;  // for messages: "listing the projects"
  std::string method = "GET";
  std::string path;  // "projects?pageSize=1000", its parts percent-encoded; with '/' in front the server's own
  std::string content_type;
  std::optional<http::Body> body;
  bool may_repeat = false;  // as in http::Request; a GET always may. Its answer is whole within look_up_limit
  bool repeat_if_cut = false;
  std::function<void(uint64_t)> on_sent;
  Below below = Below::site;
};

struct Opened {
  Answer answer;                         // of a success the head alone
  std::unique_ptr<http::Incoming> body;  // null where the answer is no success
};

class Lane {
 public:
  explicit Lane(std::shared_ptr<Session> session);

  Session& session() const { return *session_; }
  const std::shared_ptr<Session>& shared_session() const { return session_; }
  void sign_in(std::stop_token stop) { session_->sign_in(client_, stop); }

  // Whatever the site answers, once an ended session was renewed (by this lane or another one). Throws where no answer
  // came, as http::Client::send, and where the session cannot be renewed.
  Answer ask(const Call& call, std::stop_token stop);
  // The same, but every answer that is no success is an Error.
  Answer ask_ok(const Call& call, std::stop_token stop);
  // As ask(), but the body of a success is left to be read, before this lane asks anything else; first_byte_timeout
  // holds, and look_up_limit does not.
  Opened open(const Call& call, std::stop_token stop);
  // Of the last ask() that threw: true where the whole request had gone out and nobody knows what became of it.
  bool outcome_unknown() const { return outcome_unknown_; }

 private:
  using Body = std::unique_ptr<http::Incoming>;
  // `body` is null where the answer is wanted whole.
  Answer under_session(const Call& call, std::stop_token stop, Body* body);
  // Of a connected app's session after 401002: is it over, or has the JWT no scope for what was asked?
  bool lives(const Ticket& ticket, std::stop_token stop);
  Answer send(const Call& call, const Ticket& ticket, std::stop_token stop, Body* body);

  std::shared_ptr<Session> session_;
  http::Client client_;
  bool outcome_unknown_ = false;
};

}  // namespace tabferry::tableau
