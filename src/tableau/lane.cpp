#include "tableau/lane.h"

#include "base/url.h"

namespace tabferry::tableau {

Lane::Lane(std::shared_ptr<Session> session)
    : session_(std::move(session)),
      client_(session_->options().network, session_->options().retry, session_->clock()) {}

Answer Lane::ask(const Call& call, std::stop_token stop) {
  outcome_unknown_ = false;
  Ticket ticket = session_->ticket(call.doing);
  if (!ticket.token.empty()) {
    Answer answer = send(call, ticket, stop);
    if (!answer.session_ended()) return answer;
  }
  ticket = session_->renewed(ticket, call.doing, client_, stop);
  Answer answer = send(call, ticket, stop);
  if (answer.session_ended())
    answer.fail(call.doing,
                "This session had just begun: another client uses this token (two sign-ins with one token end each "
                "other's session). Give each client a token of its own");
  return answer;
}

Answer Lane::ask_ok(const Call& call, std::stop_token stop) {
  Answer answer = ask(call, stop);
  if (!answer.ok()) answer.fail(call.doing);
  return answer;
}

Answer Lane::send(const Call& call, const Ticket& ticket, std::stop_token stop) {
  const bool may_repeat = call.may_repeat || call.method == "GET";
  http::Request request{.method = call.method,
                        .url = fmt::format("{}/sites/{}/{}", ticket.api, base::percent_encoded(ticket.site_id),
                                           call.path),
                        .headers = {{"X-Tableau-Auth", ticket.token.reveal()}, {"Accept", "application/xml"}},
                        .body = call.body,
                        .may_repeat = may_repeat,
                        .repeat_if_cut = call.repeat_if_cut,
                        .on_sent = call.on_sent};
  if (may_repeat) request.total_limit = session_->options().look_up_limit;
  if (!call.content_type.empty()) request.headers.emplace_back("Content-Type", call.content_type);
  try {
    Answer answer = exchange(client_, call.doing, request, stop);
    answer.hide(ticket.token);
    return answer;
  } catch (...) {
    outcome_unknown_ = client_.outcome_unknown();
    throw;
  }
}

}  // namespace tabferry::tableau
