#include "lambda/event.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/nearest.h"
#include "base/tempdir.h"
#include "base/text.h"
#include "doc/json.h"

using tabferry::base::ErrorKind;
using tabferry::doc::Json;

namespace tabferry::lambda {
namespace {

using Keys = std::vector<std::string_view>;
using Step = app::BackupRequest::Step;

std::string list_of(const Keys& keys) { return base::join({keys.begin(), keys.end()}, ", "); }

// The keys of one event: checked reads.
class Options {
 public:
  explicit Options(const Json& event) : event_(event) {}

  void expect_only(std::string_view job, Keys keys) const {
    keys.insert(keys.begin(), {"job", "site"});
    for (const auto& [key, value] : event_.items())
      if (std::find(keys.begin(), keys.end(), key) == keys.end())
        base::fail(ErrorKind::usage, "the event of a {} has no {}{}; it has: {}", job, base::quoted(key),
                   base::did_you_mean(key, keys), list_of(keys));
  }

  bool has(std::string_view key) const { return find(key) != nullptr; }
  std::string text(std::string_view key, std::string usual = "") const {
    const auto* value = find(key);
    if (value == nullptr) return usual;
    if (!value->is_string() || value->get<std::string>().empty()) fail(key, "a text");
    return value->get<std::string>();
  }
  std::string need_text(std::string_view key) const {
    if (find(key) == nullptr) base::fail(ErrorKind::usage, "the event has no {}, which this job needs", key);
    return text(key);
  }
  bool flag(std::string_view key, bool usual) const {
    const auto* value = find(key);
    if (value == nullptr) return usual;
    if (!value->is_boolean()) fail(key, "true or false");
    return value->get<bool>();
  }
  // Absent: 0.
  unsigned number(std::string_view key, unsigned least) const {
    const auto* value = find(key);
    if (value == nullptr) return 0;
    if (!value->is_number_unsigned() || value->get<uint64_t>() > kMost || value->get<uint64_t>() < least)
      fail(key, fmt::format("a whole number from {} to {}", least, kMost));
    return value->get<unsigned>();
  }
  // A text alone is a list of one.
  std::vector<std::string> texts(std::string_view key) const {
    const auto* value = find(key);
    if (value == nullptr) return {};
    if (value->is_string()) return {text(key)};
    if (!value->is_array()) fail(key, "a list of texts");
    std::vector<std::string> texts;
    for (const auto& one : *value) {
      if (!one.is_string()) fail(key, "a list of texts");
      texts.push_back(one.get<std::string>());
    }
    return texts;
  }

 private:
  static constexpr unsigned kMost = 1'000'000;

  // null is as good as nothing: Step Functions writes it for a path that leads nowhere.
  const Json* find(std::string_view key) const {
    const auto found = event_.find(key);
    return found == event_.end() || found->is_null() ? nullptr : &*found;
  }
  [[noreturn]] static void fail(std::string_view key, std::string_view what) {
    base::fail(ErrorKind::usage, "the event's {} must be {}", base::quoted(key), what);
  }

  const Json& event_;
};

app::BackupRequest chosen(const Options& options, Step step) {
  app::BackupRequest request{.step = step,
                             .only = options.texts("only"),
                             .tags = options.texts("tags"),
                             .full = options.flag("full", false),
                             .resume = options.flag("resume", true)};
  if (const auto scope = options.text("scope"); !scope.empty()) {
    if (scope != "admin" && scope != "visible")
      base::fail(ErrorKind::usage, "the event's scope must be admin or visible, not {}", base::quoted(scope));
    request.scope = scope;
  }
  return request;
}

Job backup_job(const Options& options) {
  options.expect_only("backup", {"only", "tags", "scope", "full", "resume"});
  return {.request = chosen(options, Step::all)};
}

Job plan_job(const Options& options) {
  options.expect_only("backup.plan", {"only", "tags", "scope", "full", "resume", "shards"});
  auto request = chosen(options, Step::plan);
  request.shards = options.number("shards", 1);
  return {.request = std::move(request)};
}

Job work_job(const Options& options) {
  options.expect_only("backup.work", {"snapshot", "shard", "of"});
  app::BackupRequest request{.step = Step::work, .snapshot = options.need_text("snapshot")};
  if (options.has("shard")) request.shard = options.number("shard", 0);
  request.shards = options.number("of", 1);
  return {.request = std::move(request)};
}

Job seal_job(const Options& options) {
  options.expect_only("backup.seal", {"snapshot"});
  return {.request = app::BackupRequest{.step = Step::seal, .snapshot = options.need_text("snapshot")}};
}

Job publish_job(const Options& options) {
  options.expect_only("publish", {"datasources", "dry_run"});
  return {.request = app::PublishRequest{.datasources = options.texts("datasources"),
                                         .dry_run = options.flag("dry_run", false),
                                         .output_folder = base::default_temp_parent() / "tabferry-out"}};
}

Job verify_job(const Options& options) {
  options.expect_only("verify", {"snapshot", "full"});
  return {.request =
              VerifyRequest{.snapshot = options.text("snapshot", "latest"), .full = options.flag("full", false)}};
}

Job prune_job(const Options& options) {
  options.expect_only("prune", {"keep_last", "keep_hourly", "keep_daily", "keep_weekly", "keep_monthly", "keep_yearly",
                                "keep_tags", "tags", "dry_run"});
  return {.request = app::PruneRequest{.keep = {.keep_last = options.number("keep_last", 0),
                                                .keep_hourly = options.number("keep_hourly", 0),
                                                .keep_daily = options.number("keep_daily", 0),
                                                .keep_weekly = options.number("keep_weekly", 0),
                                                .keep_monthly = options.number("keep_monthly", 0),
                                                .keep_yearly = options.number("keep_yearly", 0)},
                                       .keep_tags = options.texts("keep_tags"),
                                       .only_tags = options.texts("tags"),
                                       .dry_run = options.flag("dry_run", false)}};
}

Job doctor_job(const Options& options) {
  options.expect_only("doctor", {});
  return {.request = DoctorRequest{}};
}

struct Kind {
  std::string_view name;
  Job (*read)(const Options&);
};
constexpr std::array kKinds = {Kind{"backup", backup_job},    Kind{"backup.plan", plan_job},
                               Kind{"backup.work", work_job}, Kind{"backup.seal", seal_job},
                               Kind{"publish", publish_job},  Kind{"verify", verify_job},
                               Kind{"prune", prune_job},      Kind{"doctor", doctor_job}};

const Kind& kind_named(const std::string& name) {
  Keys names;
  for (const auto& kind : kKinds) {
    if (kind.name == name) return kind;
    names.push_back(kind.name);
  }
  base::fail(ErrorKind::usage, "there is no job {}{}; there are: {}", base::quoted(name), base::did_you_mean(name, names),
             list_of(names));
}

bool is_of_eventbridge(const Json& event) {
  return !event.contains("job") && event.contains("detail-type") && event.contains("source");
}

// Who sends an event of his own has the job in its `detail`; that of a scheduled rule says none.
Json asked_by_eventbridge(const Json& event) {
  const auto detail = event.find("detail");
  return detail != event.end() && detail->is_object() && detail->contains("job") ? *detail : Json::object();
}

Json parsed(std::string_view event) {
  if (base::trim(event).empty()) return Json::object();
  Json json;
  try {
    json = doc::parse_json(event, "the event");
  } catch (const base::Error& error) {
    base::fail(ErrorKind::usage, "{}", error.what());
  }
  if (json.is_null()) return Json::object();
  if (!json.is_object())
    base::fail(ErrorKind::usage, "the event is no JSON object; write {{\"job\": \"backup\"}}, or {{}} for the same");
  return json;
}

}  // namespace

Job job_of(std::string_view event) {
  auto json = parsed(event);
  if (is_of_eventbridge(json)) json = asked_by_eventbridge(json);
  const Options options(json);
  const auto name = options.text("job", "backup");
  auto job = kind_named(name).read(options);
  job.name = name;
  job.flags.site = options.text("site");
  return job;
}

}  // namespace tabferry::lambda
