#include "tableau/extract_times.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/clock.h"
#include "base/error.h"
#include "doc/json.h"
#include "tableau/json_text.h"

using tabferry::base::ErrorKind;
using tabferry::doc::Json;

namespace tabferry::tableau {
namespace {

constexpr const char* kDoing = "asking the Metadata API for the times of extracts";
constexpr const char* kPath = "/api/metadata/graphql";
constexpr int kPageSize = 500;  // a query may touch 20,000 nodes
constexpr int kMostPages = 10'000;
constexpr std::string_view kTimes =
    "hasExtracts extractLastRefreshTime extractLastUpdateTime extractLastIncrementalUpdateTime";
constexpr std::string_view kTimeFields[] = {"extractLastRefreshTime", "extractLastUpdateTime",
                                            "extractLastIncrementalUpdateTime"};

// Says that nothing is known. Leaves this file as ExtractTimes::unavailable.
[[noreturn]] void fail_unavailable(const std::string& why) { base::fail(ErrorKind::corrupt, "{}", why); }

std::string query_for(const std::string& list, std::string_view fields) {
  return fmt::format(
      "query times($first: Int, $after: String) {{ {}(first: $first, after: $after) {{ nodes {{ luid {} }} "
      "pageInfo {{ hasNextPage endCursor }} }} }}",
      list, fields);
}

const Json& member(const Json& value, const char* name) {
  const Json* found = found_at(value, name);
  if (found == nullptr) fail_unavailable(fmt::format("{}: the answer has no '{}'", kDoing, name));
  return *found;
}

// Every field of these that is set must be a time.
std::optional<std::string> newest_of(const Json& source) {
  std::optional<base::WallTime> newest;
  for (const auto field : kTimeFields) {
    const Json* found = found_at(source, field);
    if (found == nullptr || found->is_null()) continue;
    const auto time = found->is_string() ? base::parse_iso_time(found->get_ref<const std::string&>()) : std::nullopt;
    if (!time) fail_unavailable(fmt::format("{}: {} is {}", kDoing, field, doc::to_line(*found)));
    newest = newest ? std::max(*newest, *time) : *time;
  }
  return newest ? std::optional(base::iso_time(*newest)) : std::nullopt;
}

bool has_extracts(const Json& source) {
  const Json& flag = member(source, "hasExtracts");
  if (!flag.is_boolean()) fail_unavailable(fmt::format("{}: hasExtracts is {}", kDoing, doc::to_line(flag)));
  return flag.get<bool>();
}

std::optional<std::string> time_of_datasource(const Json& node) {
  return has_extracts(node) ? newest_of(node) : std::nullopt;
}

// The newest of its embedded sources; where one of them does not tell its time, nothing is known of the workbook.
std::optional<std::string> time_of_workbook(const Json& node) {
  const Json& sources = member(node, "embeddedDatasources");
  if (!sources.is_array()) fail_unavailable(fmt::format("{}: embeddedDatasources is no list", kDoing));
  std::string newest;
  for (const auto& source : sources) {
    if (!has_extracts(source)) continue;
    const auto time = newest_of(source);
    if (!time) return std::nullopt;
    newest = std::max(newest, *time);
  }
  return newest.empty() ? std::nullopt : std::optional(newest);
}

using TimeOf = std::optional<std::string> (*)(const Json& node);

struct Asked {
  const char* list;
  std::string fields;
  TimeOf time_of;
};

class Reader {
 public:
  Reader(Site& site, std::stop_token stop) : site_(site), stop_(std::move(stop)) {}

  std::unordered_map<std::string, std::string> read() {
    read_list({"publishedDatasourcesConnection", std::string(kTimes), time_of_datasource});
    read_list({"workbooksConnection", fmt::format("embeddedDatasources {{ {} }}", kTimes), time_of_workbook});
    return std::move(newest_);
  }

 private:
  void read_list(const Asked& asked) {
    const std::string query = query_for(asked.list, asked.fields);
    Json after = nullptr;
    for (int page = 0; page < kMostPages; ++page) {
      const Json list = ask(query, asked.list, after);
      for (const auto& node : member(list, "nodes")) take(asked, node);
      const Json& info = member(list, "pageInfo");
      if (member(info, "hasNextPage") == false) return;
      const Json& cursor = member(info, "endCursor");
      if (!cursor.is_string() || cursor == after) break;
      after = cursor;
    }
    fail_unavailable(fmt::format("{}: its list {} does not end", kDoing, asked.list));
  }

  // The list; an answer with errors is none, even where it has data beside them: those are cut.
  Json ask(const std::string& query, const char* list, const Json& after) {
    const Json request = {{"query", query}, {"variables", {{"first", kPageSize}, {"after", after}}}};
    Document answer = site_.post(kDoing, Below::site, kPath, "application/json", doc::to_line(request), "", stop_);
    if (answer.refusal) fail_unavailable(answer.refusal->words);
    if (const Json* errors = found_at(answer.body, "errors"); errors != nullptr && !errors->empty())
      fail_unavailable(fmt::format("{}: {}", kDoing, first_message(*errors)));
    return member(member(answer.body, "data"), list);
  }

  static std::string first_message(const Json& errors) {
    const std::string message = errors.is_array() ? text_at(errors.front(), "message") : "";
    return message.empty() ? doc::to_line(errors) : message;
  }

  void take(const Asked& asked, const Json& node) {
    const std::string luid = text_at(node, "luid");
    const auto time = asked.time_of(node);
    if (!luid.empty() && time) newest_.insert_or_assign(luid, *time);
  }

  Site& site_;
  const std::stop_token stop_;
  std::unordered_map<std::string, std::string> newest_;
};

}  // namespace

ExtractTimes extract_times(Site& site, std::stop_token stop) {
  try {
    return {.newest = Reader(site, std::move(stop)).read(), .unavailable = {}};
  } catch (const base::Error& error) {
    if (error.kind() == ErrorKind::cancelled || error.kind() == ErrorKind::denied) throw;
    return {.newest = {}, .unavailable = error.what()};
  }
}

}  // namespace tabferry::tableau
