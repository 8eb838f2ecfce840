#include "sim/faults/fault_rules.h"

#include <map>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "doc/json.h"

namespace tabferry::sim {
namespace {

std::string_view name_of(const Fault& fault) {
  return std::string_view(fault.text).substr(0, fault.text.find_first_of("=@"));
}

doc::Json json_of(const FaultLog::Entry& entry) {
  doc::Json json{{"rule", entry.strike.rule},
                 {"fault", entry.strike.fault->text},
                 {"number", entry.strike.number},
                 {"method", entry.occasion.method},
                 {"path", entry.occasion.path}};
  if (!entry.occasion.item_kind.empty()) json["kind"] = entry.occasion.item_kind;
  if (!entry.occasion.item_id.empty()) json["id"] = entry.occasion.item_id;
  json["done"] = entry.done;
  return json;
}

}  // namespace

std::vector<uint64_t> FaultRules::add(std::vector<Fault> faults) {
  const std::lock_guard lock(mutex_);
  if (rules_.size() + faults.size() > kMostRules)
    base::fail(base::ErrorKind::refused, "there can be {} faults in the life of a site; there are {} already",
               kMostRules, rules_.size());
  std::vector<uint64_t> ids;
  for (auto& fault : faults) {
    rules_.push_back({.fault = std::make_shared<const Fault>(std::move(fault))});
    ids.push_back(rules_.size());
  }
  has_rules_ = has_rules_ || !ids.empty();
  return ids;
}

void FaultRules::remove_all() {
  const std::lock_guard lock(mutex_);
  for (auto& rule : rules_) rule.is_removed = true;
  has_rules_ = false;
}

std::optional<Strike> FaultRules::strike(FaultKind kind, const Occasion& occasion,
                                         const std::function<bool(const Fault&)>& is_occasion) {
  if (!has_rules_) return std::nullopt;
  const std::lock_guard lock(mutex_);
  std::optional<Strike> first;
  for (size_t i = 0; i < rules_.size(); ++i) {
    Rule& rule = rules_[i];
    if (rule.is_removed || rule.fault->kind != kind || !rule.fault->concerns(occasion.method, occasion.path)) continue;
    if (is_occasion && !is_occasion(*rule.fault)) continue;
    ++rule.met;
    if (!first && weather::falls_on(rule.fault->which, rule.met, seed_, i)) first = {i + 1, rule.met, rule.fault};
  }
  return first;
}

void FaultRules::done(const Strike& strike, const Occasion& occasion, std::string what) {
  const std::lock_guard lock(mutex_);
  ++rules_.at(strike.rule - 1).struck;
  log_.add({strike, occasion, std::move(what)});
}

uint64_t FaultRules::struck(FaultKind kind) const {
  const std::lock_guard lock(mutex_);
  uint64_t sum = 0;
  for (const auto& rule : rules_) sum += rule.fault->kind == kind ? rule.struck : 0;
  return sum;
}

std::string FaultRules::to_json() const {
  const std::lock_guard lock(mutex_);
  doc::Json json{{"rules", doc::Json::array()}, {"struck", log_.total()}, {"log", doc::Json::array()}};
  for (size_t i = 0; i < rules_.size(); ++i)
    json["rules"].push_back({{"id", i + 1},
                             {"fault", rules_[i].fault->text},
                             {"met", rules_[i].met},
                             {"struck", rules_[i].struck},
                             {"removed", rules_[i].is_removed}});
  for (const auto& entry : log_.entries()) json["log"].push_back(json_of(entry));
  return doc::to_line(json);
}

std::string FaultRules::summary() const {
  const uint64_t denied = struck(FaultKind::deny_publish);
  std::string text =
      fmt::format("{} expired, {} denied, {} failed", base::counted(struck(FaultKind::expire_session), "session"),
                  denied == 1 ? "1 publish" : fmt::format("{} publishes", denied),
                  base::counted(struck(FaultKind::fail_job), "job"));
  const std::lock_guard lock(mutex_);
  std::map<std::string_view, uint64_t> others;
  for (const auto& rule : rules_) others[name_of(*rule.fault)] += rule.struck;
  for (const auto& named : {"expire-session", "deny-publish", "fail-job"}) others.erase(named);
  for (const auto& [name, count] : others)
    if (count > 0) text += fmt::format(", {} of {}", count, name);
  return text;
}

void FaultRules::hold_up(std::chrono::milliseconds duration) const {
  base::system_clock().sleep_for(duration, stopping_.get_token());
}

}  // namespace tabferry::sim
