#include "tableau/lane.h"

#include "base/url.h"

namespace tabferry::tableau {
namespace {

// "https://HOST/api/3.27" leads to "https://HOST", to ".../api/-", where each resource has a version of its own, and to
// ".../api/exp", the site's experiments.
std::string url_of(const Call& call, const Ticket& ticket) {
  const std::string apis = ticket.api.substr(0, ticket.api.rfind('/'));
  const std::string site = "/sites/" + base::percent_encoded(ticket.site_id) + "/";
  if (call.path.starts_with('/')) return apis.substr(0, apis.rfind('/')) + call.path;
  switch (call.below) {
    case Below::api:
      return ticket.api + "/" + call.path;
    case Below::newest:
      return apis + "/-/" + call.path;
    case Below::experimental:
      return apis + "/exp" + site + call.path;
    case Below::site:
      break;
  }
  return ticket.api + site + call.path;
}

std::string accepted(const Call& call, bool as_file) {
  if (as_file) return "*/*";
  const bool json = call.below == Below::newest || call.content_type == "application/json";
  return json ? "application/json" : "application/xml";
}

// The body of a success is left in `body`.
Answer open_exchange(http::Client& client, const std::string& doing, const http::Request& request, std::stop_token stop,
                     std::unique_ptr<http::Incoming>& body) {
  try {
    body = client.open(request, stop);
    Answer answer(body->head(), host_in(request.url));
    if (!answer.ok()) body.reset();
    return answer;
  } catch (const base::Error& error) {
    throw base::Error(error.kind(), fmt::format("{}: {}", doing, error.what()));
  }
}

// [INF] That sites answer so, and not 403.
[[noreturn]] void fail_beyond_scopes(const std::string& doing, const Answer& answer, bool lives) {
  base::fail(base::ErrorKind::config,
             "{}: {}, though the session of the connected app {}: its JWT has no scope for this. Sign in with a "
             "personal access token for it (auth: pat_name, pat_secret); or name the scope in connected_app.scopes, if "
             "Tableau has one",
             doing, answer.words(), lives ? "lives" : "had just begun");
}

}  // namespace

Lane::Lane(std::shared_ptr<Session> session)
    : session_(std::move(session)),
      client_(session_->options().network, session_->options().retry, session_->clock(), &session_->pace()) {}

Answer Lane::ask(const Call& call, std::stop_token stop) { return under_session(call, stop, nullptr); }

Opened Lane::open(const Call& call, std::stop_token stop) {
  Body body;
  Answer answer = under_session(call, stop, &body);
  return {std::move(answer), std::move(body)};
}

Answer Lane::ask_ok(const Call& call, std::stop_token stop) {
  Answer answer = ask(call, stop);
  if (!answer.ok()) answer.fail(call.doing);
  return answer;
}

Answer Lane::under_session(const Call& call, std::stop_token stop, Body* body) {
  outcome_unknown_ = false;
  Ticket ticket = session_->ticket(call.doing);
  if (!ticket.token.empty()) {
    Answer answer = send(call, ticket, stop, body);
    if (!answer.session_ended()) return answer;
    if (session_->renewing_is_vain(ticket)) fail_beyond_scopes(call.doing, answer, false);
  }
  const bool alive = !ticket.token.empty() && ticket.by_connected_app && lives(ticket, stop);
  if (!alive) ticket = session_->renewed(ticket, call.doing, client_, stop);
  Answer answer = send(call, ticket, stop, body);
  if (!answer.session_ended()) return answer;
  if (ticket.by_connected_app) {
    if (!alive) session_->note_vain(ticket);
    fail_beyond_scopes(call.doing, answer, alive);
  }
  answer.fail(call.doing,
              "This session had just begun: another client uses this token (two sign-ins with one token end each "
              "other's session). Give each client a token of its own");
}

// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_authentication.htm#get-current-session: no
// scope is named for it. [INF] Where it is refused too the session is renewed, which costs a sign-in a minute at most
// (Session::renewing_is_vain) and changes nothing else.
bool Lane::lives(const Ticket& ticket, std::stop_token stop) {
  return send({.doing = "asking whether the session lives", .path = "sessions/current", .below = Below::api}, ticket,
              stop, nullptr)
      .ok();
}

Answer Lane::send(const Call& call, const Ticket& ticket, std::stop_token stop, Body* body) {
  const bool may_repeat = call.may_repeat || call.method == "GET";
  http::Request request{
      .method = call.method,
      .url = url_of(call, ticket),
      .headers = {{"X-Tableau-Auth", ticket.token.reveal()}, {"Accept", accepted(call, body != nullptr)}},
      .body = call.body,
      .may_repeat = may_repeat,
      .repeat_if_cut = call.repeat_if_cut,
      .may_take_long = body != nullptr,
      .on_sent = call.on_sent};
  if (may_repeat && body == nullptr) request.total_limit = session_->options().look_up_limit;
  if (!call.content_type.empty()) request.headers.emplace_back("Content-Type", call.content_type);
  try {
    Answer answer = body != nullptr ? open_exchange(client_, call.doing, request, stop, *body)
                                    : exchange(client_, call.doing, request, stop);
    answer.hide(ticket.token);
    return answer;
  } catch (...) {
    outcome_unknown_ = client_.outcome_unknown();
    throw;
  }
}

}  // namespace tabferry::tableau
