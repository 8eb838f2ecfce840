// Faults of answers that are ready.
#include <algorithm>

#include "sim/faults/disposition.h"
#include "sim/faults/error_page.h"
#include "sim/faults/hooks.h"
#include "sim/faults/item_in_path.h"

namespace tabferry::sim {
namespace {

using Header = std::pair<std::string, std::string>;

void cut_short(FaultRules& faults, const Occasion& occasion, Reply& reply) {
  if (reply.file_bytes == 0) return;
  const auto strike = faults.strike(FaultKind::truncate, occasion);
  if (!strike) return;
  const uint64_t whole = reply.file_bytes;
  reply.file_bytes = std::min(strike->fault->number.value_or(whole / 2), whole - 1);
  faults.done(*strike, occasion, fmt::format("sent {} of {} bytes", reply.file_bytes, whole));
}

void change_disposition(FaultRules& faults, const Occasion& occasion, const NamedFile& named, Reply& reply) {
  const auto strike = faults.strike(FaultKind::disposition, occasion);
  if (!strike) return;
  std::erase_if(reply.headers, [](const Header& header) { return header.first == "Content-Disposition"; });
  const auto value = disposition_in(strike->fault->value, named.part, named.filename);
  if (value) reply.headers.emplace_back("Content-Disposition", *value);
  faults.done(*strike, occasion, value ? "sent Content-Disposition: " + *value : "sent no Content-Disposition");
}

void faults_on_file(Simulator& simulator, const Call& call, Reply& reply) {
  const auto item = item_in_path(simulator, call);
  if (!item) return;
  const Occasion occasion = occasion_of(call, *item);
  cut_short(simulator.faults, occasion, reply);
  change_disposition(simulator.faults, occasion, named_file(*item), reply);
}

// What a request made is what its answer shows, under an id.
void leave_out_of_index(Simulator& simulator, const Call& call, const Reply& reply) {
  if (reply.status != 201 || reply.payload.empty()) return;
  Occasion occasion = occasion_of(call);
  occasion.item_kind = reply.payload.front().name;
  occasion.item_id = reply.payload.front().attribute_or("id", "");
  if (occasion.item_id.empty()) return;
  const auto strike = simulator.faults.strike(FaultKind::index_lag, occasion);
  if (!strike) return;
  const uint64_t requests = strike->fault->number.value_or(1);
  simulator.index_lag.hide(occasion.item_id, requests);
  simulator.faults.done(*strike, occasion, fmt::format("left it out of lists for {} requests", requests));
}

void lose_patience(FaultRules& faults, const Occasion& occasion, Reply& reply) {
  const auto strike = faults.strike(FaultKind::late_error, occasion);
  if (!strike) return;
  const int status = static_cast<int>(strike->fault->number.value_or(504));
  faults.done(*strike, occasion, fmt::format("answered {} instead of {}", status, reply.status));
  reply = {.status = status, .text = html_page(status), .content_type = "text/html; charset=utf-8"};
}

void wait_with_the_answer(FaultRules& faults, const Occasion& occasion) {
  const auto strike = faults.strike(FaultKind::slow_first_byte, occasion);
  if (!strike) return;
  faults.done(*strike, occasion, fmt::format("waited {} ms", strike->fault->wait.count()));
  faults.hold_up(strike->fault->wait);
}

}  // namespace

void faults_on_answer(Simulator& simulator, const Call& call, Reply& reply) {
  if (!simulator.faults.any()) return;
  if (reply.file) faults_on_file(simulator, call, reply);
  leave_out_of_index(simulator, call, reply);
  const Occasion occasion = occasion_of(call);
  lose_patience(simulator.faults, occasion, reply);
  wait_with_the_answer(simulator.faults, occasion);
}

}  // namespace tabferry::sim
