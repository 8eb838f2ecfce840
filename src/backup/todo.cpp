#include "backup/todo.h"

#include <algorithm>

namespace tabferry::backup {
namespace {

constexpr size_t kLanesASlowOne = 4;

bool is_done(const Receipts& receipts, const std::string& unit) {
  const auto receipt = receipts.find(unit);
  return receipt != receipts.end() && receipt->second.outcome != Receipt::Outcome::failed;
}

}  // namespace

std::vector<size_t> Todo::all() const {
  auto every = slow;
  every.insert(every.end(), units.begin(), units.end());
  return every;
}

Todo todo_of(const Plan& plan, const Part& part, const Receipts& receipts, const Interrupted& interrupted) {
  const auto shards = shards_of(plan.units, part.of);
  const auto was_cut = [&](size_t i) { return interrupted.contains(plan.units[i].id); };
  Todo todo;
  for (size_t i = 0; i < plan.units.size(); ++i) {
    const auto& id = plan.units[i].id;
    if (shards[i] != part.number || (part.only_closed_to_apps && !is_closed_to_apps(plan.units[i]))) continue;
    if (is_done(receipts, id))
      ++todo.done;
    else if (part.is_limited && is_given_up(interrupted, id))
      todo.given_up.push_back(i);
    else if (part.is_limited && was_cut(i) && interrupted.at(id) > 0)
      todo.slow.push_back(i);
    else
      todo.units.push_back(i);
  }
  const auto is_earlier = [&](size_t a, size_t b) {
    return std::pair(was_cut(b), plan.units[b].listed_bytes) < std::pair(was_cut(a), plan.units[a].listed_bytes);
  };
  std::stable_sort(todo.units.begin(), todo.units.end(), is_earlier);
  std::stable_sort(todo.slow.begin(), todo.slow.end(), is_earlier);
  return todo;
}

Queue::Queue(const Todo& todo, size_t lanes) : todo_(todo), slow_lanes_(std::max<size_t>(1, lanes / kLanesASlowOne)) {}

std::optional<size_t> Queue::next(size_t lane) {
  const std::lock_guard lock(mutex_);
  if (lane < slow_lanes_ && slow_ < todo_.slow.size()) return todo_.slow[slow_++];
  if (units_ < todo_.units.size()) return todo_.units[units_++];
  return std::nullopt;
}

bool Queue::empty() const {
  const std::lock_guard lock(mutex_);
  return units_ == todo_.units.size() && slow_ == todo_.slow.size();
}

}  // namespace tabferry::backup
