#include "tableau/job.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "base/url.h"

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using tabferry::base::ErrorKind;

namespace tabferry::tableau {
namespace {

milliseconds wait_before(size_t look) {
  static constexpr milliseconds kWaits[] = {200ms, 500ms, 1s, 1s, 2s, 4s, 8s, 16s, 30s};
  return kWaits[std::min(look, std::size(kWaits) - 1)];
}

// Publishing says it in extractRefreshJob/notes, other jobs in statusNotes/statusNote; all of it is shown.
std::string notes_of(const doc::Element& job) {
  std::vector<std::string> notes;
  const auto add = [&](const std::string& text) {
    const std::string note(base::trim(text));
    if (!note.empty() && std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
  };
  for (const auto& notes_element : job.descendants("notes")) add(notes_element.text());
  for (const auto& note : job.descendants("statusNote")) {
    add(note.attribute_or("text", note.attribute_or("value", "")));
    add(note.text());
  }
  return notes.empty() ? "it gives no reason" : base::quoted(base::join(notes, "; "), 1000);
}

Answer look_at(Lane& lane, const std::string& doing, const std::string& id, std::stop_token stop) {
  try {
    return lane.ask({.doing = doing, .path = "jobs/" + base::percent_encoded(id)}, stop);
  } catch (const base::Error& error) {
    throw base::Error(error.kind(),
                      fmt::format("{}. The job goes on at the site, and may still publish", error.what()));
  }
}

}  // namespace

std::optional<JobEnd> end_of(const doc::Element& job) {
  if (job.attribute_or("completedAt", "").empty()) return std::nullopt;
  const std::string code = job.attribute_or("finishCode", "");
  if (code == "0") return JobEnd{.kind = JobEnd::Kind::done, .words = {}};
  if (code == "1") return JobEnd{.kind = JobEnd::Kind::failed, .words = notes_of(job)};
  if (code == "2") return JobEnd{.kind = JobEnd::Kind::cancelled, .words = notes_of(job)};
  return JobEnd{.kind = JobEnd::Kind::unclear,
                .words = fmt::format("it ended with the finish code {}", base::quoted(code))};
}

JobEnd follow_job(Lane& lane, const base::Clock& clock, const std::string& id, milliseconds limit,
                  std::stop_token stop) {
  const std::string doing = fmt::format("following the publishing job {}", base::quoted(id));
  const auto began = clock.steady_now();
  for (size_t look = 0;; ++look) {
    const Answer answer = look_at(lane, doing, id, stop);
    if (answer.status() == 403 || answer.status() == 404)
      return {.kind = JobEnd::Kind::unclear, .words = answer.words()};
    if (!answer.ok()) answer.fail(doing, "The job goes on at the site, and may still publish");
    const doc::Element job = answer.root(doing).child("job");
    if (const auto end = end_of(job)) return *end;
    if (clock.steady_now() - began >= limit)
      base::fail(ErrorKind::transient,
                 "the publishing job {} still runs after {}. It goes on at the site, and the data source will appear "
                 "when it is done: look there before you run again",
                 base::quoted(id), base::human_seconds(static_cast<double>(limit.count()) / 1000));
    if (!clock.sleep_for(wait_before(look), stop))
      base::fail_cancelled(
          fmt::format("the publishing job {} ran. It goes on at the site, and may still publish", base::quoted(id)));
  }
}

}  // namespace tabferry::tableau
