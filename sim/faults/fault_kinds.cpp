#include <fmt/format.h>

#include <iterator>

#include "base/text.h"
#include "sim/faults/fault.h"

namespace tabferry::sim {
namespace {

using Value = FaultRow::Value;
using enum FaultKind;

constexpr std::string_view kForms =
    "plain quoted-ext ext unquoted plus percent slash japanese japanese-raw question attachment no-filename none";
constexpr std::string_view kAll = "**", kContent = "**/content";

constexpr FaultRow kRows[] = {
    {"latency", latency, Value::duration, true, "", "", "*", kAll, "requests",
     "waits so long (400ms, 5s) before anything is done"},
    {"slow-first-byte", slow_first_byte, Value::duration, true, "", "", "GET", kContent, "answers",
     "does everything, then waits so long before the first byte of the answer"},
    {"expire-session", expire_session, Value::none, false, "", "", "*", kAll, "signed-in requests",
     "401002; the session is dead from then on"},
    {"429", too_many, Value::number_or_word, false, "date none", "1", "*", kAll, "requests",
     "429000 with Retry-After in SECONDS (1), as a date two seconds away (=date), or without it (=none)"},
    {"413", status, Value::word, false, "html xml", "413", "*", kAll, "requests",
     "a proxy's HTML page, or an error body in XML (=xml); nothing is done"},
    {"500", status, Value::word, false, "html xml", "500", "*", kAll, "requests", "as 413"},
    {"502", status, Value::word, false, "html xml", "502", "*", kAll, "requests", "as 413"},
    {"503", status, Value::word, false, "html xml", "503", "*", kAll, "requests", "as 413, the page of a maintenance"},
    {"504", status, Value::word, false, "html xml", "504", "*", kAll, "requests", "as 413"},
    {"late-error", late_error, Value::number, false, "", "504", "*", kAll, "answers",
     "everything is done, then that status (504) and an HTML page: a gateway lost patience"},
    {"truncate", truncate, Value::number, false, "", "", "GET", kContent, "downloads",
     "only so many BYTES of the file (half) in an answer that is right otherwise, its Content-Length too"},
    {"disposition", disposition, Value::word, true, kForms, "", "GET", kContent, "downloads",
     "that form of the header Content-Disposition"},
    {"pod-redirect", pod_redirect, Value::text, false, "", "", "POST", "**/auth/signin", "sign-ins at another host",
     "301 to HOST (localhost) at the same port; a sign-in that says this host already is no occasion"},
    {"total-too-large", total_too_large, Value::number, false, "", "1", "GET", kAll, "pages of lists",
     "totalAvailable says so many more (1); the page beyond the end answers 400006"},
    {"move-across-pages", move_across_pages, Value::word, false, "forward back", "", "GET", kAll,
     "pages of lists but the first",
     "the last item has gone to the front (=forward), or the first to the end (=back): one is seen twice, one never"},
    {"forbid", forbid, Value::number, false, "", "", "GET", kContent, "downloads",
     "403 with that CODE (403019 workbooks, 403028 data sources, 403097 flows, 403004 else)"},
    {"delete-after-list", delete_after_list, Value::none, false, "", "", "GET", kContent, "requests for an item",
     "somebody has deleted the item just before"},
    {"rename-after-list", rename_after_list, Value::text, false, "", "", "GET", kContent, "requests for an item",
     "somebody has renamed the item just before (to NAME; its own name with ' (renamed)')"},
    {"refresh", refresh, Value::none, false, "", "", "GET", kContent, "requests for an item",
     "an extract refresh has changed the content just before; updatedAt moves"},
    {"refresh-silent", refresh_silent, Value::none, false, "", "", "GET", kContent, "requests for an item",
     "as refresh; updatedAt stays"},
    {"index-lag", index_lag, Value::number, false, "", "1", "POST", kAll, "requests that made an item",
     "the new item is missing from lists for so many further requests (1)"},
    {"fail-job", fail_job, Value::text, true, "", "", "*", kAll, "requests that start a job",
     "the job fails with these NOTES"},
    {"deny-publish", deny_publish, Value::none, false, "", "", "POST", kAll, "publishing requests",
     "403007: nobody may publish"},
    {"concurrent-append", concurrent_append, Value::none, false, "", "", "PUT", "**/fileuploads/*", "blocks",
     "500000 errors.upload.concurrent_write; the block is not taken"},
};

std::string_view sign_of(const FaultRow& row) {
  switch (row.value) {
    case Value::none:
      return "";
    case Value::duration:
      return "=TIME";
    case Value::number:
      return "=N";
    case Value::text:
      return "=TEXT";
    case Value::word:
      return "=WORD";
    case Value::number_or_word:
      return "=N|WORD";
  }
  return "";
}

// In lines of a terminal of 80 columns, six columns in.
std::string wrapped(std::string_view text) {
  constexpr size_t kWidth = 79;
  std::string lines, line = "     ";
  for (const auto word : base::split(text, ' ')) {
    if (line.size() + 1 + word.size() > kWidth) {
      lines += line + "\n";
      line = "     ";
    }
    line += " " + std::string(word);
  }
  return lines + line + "\n";
}

}  // namespace

std::span<const FaultRow> fault_kinds() { return kRows; }

std::string fault_help() {
  std::string help =
      "KIND[=VALUE]@WHICH[ on METHOD PATH-GLOB]\n  WHICH is 3, 2-4, 7+ or 2%; each fault counts on its own.\n";
  for (const auto& row : kRows) {
    const std::string sign = row.needs_value ? std::string(sign_of(row)) : fmt::format("[{}]", sign_of(row));
    fmt::format_to(std::back_inserter(help), "  {}{}\n", row.name, sign == "[]" ? "" : sign);
    if (!row.words.empty()) help += wrapped(fmt::format("WORD: {}", row.words));
    help += wrapped(fmt::format("{}. Counts {}{}", row.what, row.counts,
                                row.paths == kAll ? "" : fmt::format(" ({} {})", row.method, row.paths)));
  }
  return help;
}

}  // namespace tabferry::sim
