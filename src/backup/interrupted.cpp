#include "backup/interrupted.h"

#include <fmt/chrono.h>

#include "backup/json_fields.h"
#include "backup/snapshot_name.h"
#include "store/small.h"

using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace tabferry::backup {
namespace {

std::string folder_of(std::string_view snapshot) { return work_folder(snapshot) + "interrupted/"; }

uint64_t between(base::SteadyTime from, base::SteadyTime to) {
  return to < from ? 0 : static_cast<uint64_t>(duration_cast<milliseconds>(to - from).count());
}

void add(const doc::Json& document, const std::string& where, Interrupted& interrupted) {
  if (!document.is_object() || !document.value("units", doc::Json()).is_array())
    base::fail(base::ErrorKind::corrupt, "{}: is no list of what was under way", where);
  const auto worked = number_in(document, "milliseconds", where);
  for (const auto& one : document.at("units")) {
    if (!one.is_object()) base::fail(base::ErrorKind::corrupt, "{}: a unit is no object", where);
    const bool had_its_time = 2 * number_in(one, "milliseconds", where) >= worked;
    interrupted[text_in(one, "unit", where)] += had_its_time ? 1U : 0U;
  }
}

}  // namespace

void UnderWay::begin(const std::string& unit) {
  const std::lock_guard lock(mutex_);
  units_[unit] = clock_.steady_now();
}

void UnderWay::end(const std::string& unit) {
  const std::lock_guard lock(mutex_);
  units_.erase(unit);
}

void UnderWay::write(const store::Store& store, const std::string& snapshot, const std::string& run) const {
  const auto now = clock_.steady_now();
  doc::Json document = {{"run", run}, {"milliseconds", between(began_, now)}, {"units", doc::Json::array()}};
  {
    const std::lock_guard lock(mutex_);
    if (units_.empty()) return;
    for (const auto& [unit, since] : units_)
      document["units"].push_back({{"unit", unit}, {"milliseconds", between(since, now)}});
  }
  const auto at = std::chrono::floor<milliseconds>(store.now());
  store::put_text(store, fmt::format("{}{:%Y%m%dT%H%M%S}-{}.json", folder_of(snapshot), at, run),
                  doc::to_line(document) + "\n", {.if_absent = true});
}

Interrupted read_interrupted(const store::Store& store, const std::string& snapshot) {
  std::vector<store::Object> objects;
  store.list(folder_of(snapshot), [&](const store::Object& object) { objects.push_back(object); });
  Interrupted interrupted;
  for (const auto& object : objects) {
    const auto where = store.url(object.key);
    add(doc::parse_json(store::read_text(store, object), where), where, interrupted);
  }
  return interrupted;
}

bool is_given_up(const Interrupted& interrupted, const std::string& unit) {
  const auto found = interrupted.find(unit);
  return found != interrupted.end() && found->second >= kMostInterruptions;
}

Receipt given_up(const std::string& unit) {
  return {.unit = unit,
          .outcome = Receipt::Outcome::failed,
          .reason = fmt::format("it was not finished in {} runs of limited time; a run without a limit gets it, and "
                                "downloads nothing else again that did not change: `tabferry backup` in the Fargate "
                                "task, or on any machine",
                                kMostInterruptions),
          .tries = static_cast<int>(kMostInterruptions)};
}

}  // namespace tabferry::backup
