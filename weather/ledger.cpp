#include "weather/ledger.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "base/text.h"

namespace tabferry::weather {
namespace {

// Bytes that are not ASCII become U+0080 to U+00FF, whatever they mean: paths come percent-encoded.
std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7e)
      out += fmt::format("\\u{:04x}", byte);
    else if (c == '"' || c == '\\')
      (out += '\\') += c;
    else
      out += c;
  }
  return out + '"';
}

long pid_of(const std::string& whom) {
  long pid = 0;
  const auto [stop, error] = std::from_chars(whom.data(), whom.data() + whom.size(), pid);
  if (error != std::errc{} || stop != whom.data() + whom.size()) std::ifstream(whom) >> pid;
  return pid;
}

}  // namespace

Turn Ledger::begin(const RequestHead& head) {
  const std::lock_guard lock(mutex_);
  const Turn turn = count(head);
  if (turn.number > 0) kill_at(turn.number);
  return turn;
}

Turn Ledger::count(const RequestHead& head) {
  ++requests_;
  if (!plan_.only_method.empty() && head.method != plan_.only_method) return {};
  if (head.path.find(plan_.only_path) == std::string::npos) return {};
  Turn turn{.number = ++counted_};
  for (size_t i = 0; i < plan_.faults.size() && turn.fault == nullptr; ++i)
    if (falls_on(plan_.faults[i].which, turn.number, plan_.seed, i)) turn.fault = &plan_.faults[i];
  if (turn.fault == nullptr) return turn;
  ++faults_total_;
  if (entries_.size() < kMostEntries) {
    turn.entry = entries_.size();
    entries_.push_back({.kind = turn.fault->name, .method = head.method, .path = head.path, .request = turn.number});
  }
  return turn;
}

void Ledger::kill_at(uint64_t number) {
  for (const Kill& kill : plan_.kills) {
    if (kill.at != number) continue;
    const long pid = pid_of(kill.whom);
    if (pid > 1 && ::kill(static_cast<pid_t>(pid), SIGKILL) == 0) {
      killed_.push_back({pid, number});
    } else {
      ++errors_;
      last_error_ = fmt::format("killing {} failed", base::quoted(kill.whom));
    }
  }
}

void Ledger::done(const Turn& turn, uint64_t body_bytes) {
  const std::lock_guard lock(mutex_);
  if (!turn.entry) return;
  entries_[*turn.entry].done = true;
  entries_[*turn.entry].body_bytes = body_bytes;
}

void Ledger::connection_opened() {
  const std::lock_guard lock(mutex_);
  ++connections_;
  peak_ = std::max(peak_, ++open_);
}

void Ledger::connection_closed() {
  const std::lock_guard lock(mutex_);
  --open_;
}

void Ledger::note_error(const std::string& message) {
  const std::lock_guard lock(mutex_);
  ++errors_;
  last_error_ = message;
}

std::string Ledger::to_json() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> faults, kills;
  for (const Entry& entry : entries_)
    faults.push_back(fmt::format(R"({{"kind":{},"request":{},"method":{},"path":{},"done":{},"body_bytes":{}}})",
                                 json_text(entry.kind), entry.request, json_text(entry.method), json_text(entry.path),
                                 entry.done, entry.body_bytes));
  for (const Killed& killed : killed_)
    kills.push_back(fmt::format(R"({{"pid":{},"request":{}}})", killed.pid, killed.request));
  return fmt::format(
      R"({{"seed":{},"requests":{},"counted":{},"connections":{},"connections_peak":{},"bytes_to_server":{},)"
      R"("bytes_to_client":{},"faults":[{}],"faults_total":{},"kills":[{}],"errors":{},"last_error":{}}})",
      plan_.seed, requests_, counted_, connections_, peak_, bytes_to_server.load(), bytes_to_client.load(),
      base::join(faults, ","), faults_total_, base::join(kills, ","), errors_, json_text(last_error_));
}

}  // namespace tabferry::weather
