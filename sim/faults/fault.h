// One piece of Tableau's own bad weather: what happens, and to which requests.
//
//   KIND[=VALUE]@WHICH[ on METHOD PATH-GLOB]
//   429=2@3            the third request is told to come back in 2 seconds
//   500@2%             every fiftieth request, by dice that fall alike in every run
//   truncate=100@1 on GET **/workbooks/*/content
//
// WHICH is weather/which.h's. It counts, for each fault on its own, the occasions of that kind (the column "counts" of
// fault_kinds()) among the requests that METHOD (or *) and PATH-GLOB let through. The glob stands for the whole path
// without the query, is blind to case, and `**` crosses slashes. Without " on " the kind's own filter stands.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/glob.h"
#include "weather/which.h"

namespace tabferry::sim {

enum class FaultKind {
  latency,            // the request waits before anything is done
  slow_first_byte,    // all is done, and the answer waits
  expire_session,     // the session of this request is dead from here on: 401002
  too_many,           // 429000
  status,             // a page with that status instead of anything being done
  late_error,         // the same when all has been done
  truncate,           // the file is cut, and nothing in the answer's head says so
  disposition,        // another form of Content-Disposition, or none
  pod_redirect,       // a sign-in is sent to another host name
  total_too_large,    // totalAvailable counts items that are not there
  move_across_pages,  // the order of a list moves on behind its first page
  forbid,             // a download is forbidden
  delete_after_list,  // the item is deleted just before this request looks for it
  rename_after_list,  // the item is renamed just before
  refresh,            // the item's extract is refreshed just before, and updatedAt moves
  refresh_silent,     // the same, and updatedAt does not move
  index_lag,          // what this request makes is missing from lists for a while
  fail_job,           // the job that this request starts fails
  deny_publish,       // 403007
  concurrent_append,  // 500000, as when two blocks of one upload meet
};

struct Fault {
  FaultKind kind = FaultKind::latency;
  std::string text;                   // as it was written
  std::string value;                  // behind the '='; "" where there is none
  std::optional<uint64_t> number;     // the value, where it is a whole number; the status of `status`, `late_error`
  std::chrono::milliseconds wait{0};  // the value, where it is a duration
  weather::Which which;
  std::string method;  // "*": any
  base::Glob paths;    // in lower case

  // Whether the filter lets such a request through; `path` has no query.
  bool concerns(std::string_view of_method, std::string_view path) const;
};

// Throws Error{usage}, which says what is wrong and what could stand there.
Fault parse_fault(std::string_view text);
// A fault of that kind for every occasion, with any text as value: what the short flags stand for.
Fault always(FaultKind kind, const std::string& value = "");

struct FaultRow {
  std::string_view name;  // "429"
  FaultKind kind;
  enum class Value { none, duration, number, text, word, number_or_word } value;
  bool needs_value;
  std::string_view words;          // of word and number_or_word: "date none"
  std::string_view standard;       // of duration and number without a value: "1"
  std::string_view method, paths;  // the filter where none is written
  std::string_view counts;         // what WHICH counts: "downloads"
  std::string_view what;           // one line for people
};
// All that may be written, in the order of the help text.
std::span<const FaultRow> fault_kinds();
// For --help: a line for each kind.
std::string fault_help();

}  // namespace tabferry::sim
