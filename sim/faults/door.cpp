// Faults that fall before anything is done.
#include "base/text.h"
#include "sim/faults/error_page.h"
#include "sim/faults/hooks.h"

namespace tabferry::sim {
namespace {

constexpr std::chrono::seconds kDateAhead{2};  // the form has whole seconds, so one of them may be nearly over

void wait_at_the_door(Simulator& simulator, const Occasion& occasion) {
  const auto strike = simulator.faults.strike(FaultKind::latency, occasion);
  if (!strike) return;
  simulator.faults.done(*strike, occasion, fmt::format("waited {} ms", strike->fault->wait.count()));
  simulator.faults.hold_up(strike->fault->wait);
}

std::string retry_after(const Simulator& simulator, const Fault& fault) {
  if (fault.number) return std::to_string(*fault.number);
  return fault.value == "date" ? http_date(simulator.now() + kDateAhead) : "";
}

std::optional<Reply> too_many(Simulator& simulator, const Occasion& occasion) {
  const auto strike = simulator.faults.strike(FaultKind::too_many, occasion);
  if (!strike) return std::nullopt;
  Reply reply{.status = 429, .payload = payload_of(Refusal(429000, "Too many requests. Please try again later."))};
  const std::string when = retry_after(simulator, *strike->fault);
  if (!when.empty()) reply.headers.emplace_back("Retry-After", when);
  simulator.faults.done(*strike, occasion, "answered 429" + (when.empty() ? "" : " with Retry-After: " + when));
  return reply;
}

std::optional<Reply> error_status(Simulator& simulator, const Occasion& occasion) {
  const auto strike = simulator.faults.strike(FaultKind::status, occasion);
  if (!strike) return std::nullopt;
  const int status = static_cast<int>(strike->fault->number.value_or(500));
  const bool is_xml = strike->fault->value == "xml";
  simulator.faults.done(*strike, occasion, fmt::format("answered {} in {}", status, is_xml ? "XML" : "HTML"));
  if (is_xml) return Reply{.status = status, .payload = payload_of(Refusal(status * 1000, "Something went wrong."))};
  return Reply{.status = status, .text = html_page(status), .content_type = "text/html; charset=utf-8"};
}

std::string_view without_port(std::string_view host) { return host.substr(0, host.rfind(':')); }

// "http://127.0.0.1:8000" with another host. The port is the same: it is we who answer there.
std::string elsewhere(const std::string& base_url, std::string_view host) {
  return fmt::format("http://{}{}", host, base_url.substr(base_url.rfind(':')));
}

std::string pod_of(const Fault& fault) { return fault.value.empty() ? "localhost" : fault.value; }

// Only a sign-in that has not found its pod yet is an occasion, or nobody would ever arrive.
std::optional<Reply> other_pod(Simulator& simulator, const Call& call, const Occasion& occasion) {
  const std::string_view host = without_port(call.header("host"));
  const auto strike = simulator.faults.strike(FaultKind::pod_redirect, occasion, [&](const Fault& fault) {
    return !base::equal_ignoring_case(host, pod_of(fault));
  });
  if (!strike) return std::nullopt;
  const std::string location = elsewhere(simulator.base_url, pod_of(*strike->fault)) + call.target;
  simulator.faults.done(*strike, occasion, "answered 301 to " + location);
  Reply reply{.status = 301};
  reply.headers.emplace_back("Location", location);
  return reply;
}

}  // namespace

Occasion occasion_of(const Call& call) {
  return {.method = call.method, .path = call.target.substr(0, call.target.find('?'))};
}

std::optional<Reply> faults_at_the_door(Simulator& simulator, const Call& call) {
  simulator.index_lag.request_came();
  if (!simulator.faults.any()) return std::nullopt;
  const Occasion occasion = occasion_of(call);
  wait_at_the_door(simulator, occasion);
  if (auto reply = too_many(simulator, occasion)) return reply;
  if (auto reply = error_status(simulator, occasion)) return reply;
  return other_pod(simulator, call, occasion);
}

bool faults_on_session(Simulator& simulator, const Call& call) {
  const Occasion occasion = occasion_of(call);
  const auto strike = simulator.faults.strike(FaultKind::expire_session, occasion);
  if (strike) simulator.faults.done(*strike, occasion, "ended the session, answered 401002");
  return strike.has_value();
}

void faults_on_publish(Simulator& simulator, const Call& call) {
  const Occasion occasion = occasion_of(call);
  const auto strike = simulator.faults.strike(FaultKind::deny_publish, occasion);
  if (!strike) return;
  simulator.faults.done(*strike, occasion, "answered 403007");
  refuse(403007, "User '{}' is not allowed to publish to this project.", call.user_id);
}

void faults_on_append(Simulator& simulator, const Call& call) {
  const Occasion occasion = occasion_of(call);
  const auto strike = simulator.faults.strike(FaultKind::concurrent_append, occasion);
  if (!strike) return;
  simulator.faults.done(*strike, occasion, "took no block, answered 500000");
  refuse(500000, "errors.upload.concurrent_write");
}

std::string faults_on_job(const Desk& desk, const Item& job) {
  FaultRules& faults = desk.simulator.faults;
  Occasion occasion = desk.call == nullptr ? Occasion{} : occasion_of(*desk.call);
  occasion.item_kind = "job";
  occasion.item_id = job.id();
  const auto strike = faults.strike(FaultKind::fail_job, occasion);
  if (strike) faults.done(*strike, occasion, fmt::format("will fail the {} with these notes", job.get("type")));
  return strike ? strike->fault->value : "";
}

}  // namespace tabferry::sim
