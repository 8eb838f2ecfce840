#include "backup/survey_lists.h"

#include <fmt/format.h>

#include "backup/content_kinds.h"
#include "backup/newer_forms.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "io/file.h"
#include "io/file_sink.h"
#include "tableau/redact.h"
#include "tableau/scopes.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

using tableau::ListedKind;

bool is_wanted(const Scope& scope, const ListedKind& row) {
  if (scope.metadata || row.use == ListedKind::Use::names) return true;
  const ContentKind* content = content_kind(row.kind);
  return content != nullptr && scope.*content->taken_with;
}

// Without these there is no backup: a refusal of them is not the licence's.
bool is_needed(const ListedKind& row) {
  return row.kind == "projects" || row.kind == "workbooks" || row.kind == "datasources";
}

ListHead head_of(const ListedKind& row, const tableau::ListResult& result) {
  return {.kind = std::string(row.kind),
          .as_of = result.as_of ? base::iso_time(*result.as_of) : "",
          .announced = result.announced,
          .seen = result.seen,
          .passes = result.passes,
          .moving = result.moving,
          .refusal = result.refusal,
          .failure = {}};
}

// Not asked at all: its answer would be that the session is over.
std::optional<tableau::ListResult> closed_list(const tableau::Site& lane, const ListedKind& row) {
  const auto why = lane.by_connected_app() ? tableau::closed_to_apps(row.path) : std::string();
  if (why.empty()) return std::nullopt;
  return tableau::ListResult{.refusal = tableau::Refusal{.words = why}};
}

// What a failed list does to the backup: without this kind it goes on, or not.
ListHead head_of_failure(const ListedKind& row, const base::Error& error, uint64_t seen) {
  const bool ends_all = error.kind() == ErrorKind::cancelled || error.kind() == ErrorKind::denied ||
                        error.kind() == ErrorKind::io || row.use == ListedKind::Use::content || is_needed(row) ||
                        row.kind == "users";
  if (ends_all) throw error;
  ListHead head{.kind = std::string(row.kind), .as_of = {}, .failure = error.what()};
  head.announced = head.seen = seen;
  return head;
}

// One list: its items go to the file as they come, the head behind them.
class ListInto {
 public:
  explicit ListInto(std::filesystem::path path)
      : path_(std::move(path)), sink_(path_, {.mode = 0600}), writer_(sink_) {}

  void give(std::string_view line) {
    writer_.item(line);
    ++count_;
  }
  uint64_t count() const { return count_; }
  SurveyedList end(ListHead head) {
    SurveyedList list{.head = std::move(head), .file = path_, .sha256 = {}};
    list.sha256 = writer_.end(list.head);
    sink_.commit();
    return list;
  }

 private:
  const std::filesystem::path path_;
  io::FileSink sink_;
  ListWriter writer_;
  uint64_t count_ = 0;
};

// The file again, with the newer forms of items that came twice.
SurveyedList with_newer(const SurveyedList& list, const NewerForms& newer) {
  if (newer.none()) return list;
  const std::string where = list.file.filename().string();
  ListInto again(list.file);
  io::FileSource source(list.file);  // the file that was; the new one takes its place at the end
  const auto read = read_list(source, where, [&](std::string_view line) {
    const doc::Json* form = newer.of(doc::parse_json(line, where));
    again.give(form == nullptr ? std::string(line) : doc::to_line(*form));
  });
  return again.end(read.head);
}

Gap gap_of(const ListHead& head) {
  if (!head.failure.empty()) return {.kind = head.kind, .failed = true, .code = 0, .reason = head.failure};
  return {.kind = head.kind, .failed = false, .code = head.refusal->code, .reason = head.refusal->words};
}

std::string version_text(int version) { return fmt::format("{}.{}", version / 100, version % 100); }

}  // namespace

Gap gap_of_version(std::string_view kind, int since, int here) {
  return {.kind = std::string(kind),
          .failed = false,
          .code = 0,
          .reason = fmt::format("it came with version {} of the REST API; this site has {}", version_text(since),
                                version_text(here))};
}

std::vector<const ListedKind*> wanted_lists(const Scope& scope, int version) {
  std::vector<const ListedKind*> rows;
  for (const auto& row : tableau::listed_kinds())
    if (row.versions.hold(version) && is_wanted(scope, row)) rows.push_back(&row);
  return rows;
}

void SurveyedLists::put(SurveyedList list) {
  const std::scoped_lock lock(mutex_);
  std::string kind = list.head.kind;
  lists_.insert_or_assign(std::move(kind), std::move(list));
}

void SurveyedLists::read(tableau::Site& lane, const ListedKind& row, std::stop_token stop) {
  ListInto into(folder_ / fmt::format("{}.jsonl", row.kind));
  NewerForms newer(row.id_path);
  ListHead head;
  try {
    const auto take = [&](doc::Json item) {
      tableau::redact(row.kind, item);
      if (newer.is_first(item)) into.give(doc::to_line(item));
    };
    const auto closed = closed_list(lane, row);
    head = head_of(row, closed ? *closed : lane.list(tableau::request_for(row), stop, take));
  } catch (const base::Error& error) {
    head = head_of_failure(row, error, into.count());
  }
  if (head.refusal && is_needed(row))
    base::fail(ErrorKind::denied,
               "listing the {}: {}. Without them there is no backup: sign in as a site administrator", row.noun,
               head.refusal->words);
  put(with_newer(into.end(std::move(head)), newer));
}

void SurveyedLists::write(ListHead head, const std::function<void(const Give&)>& write) {
  ListInto into(folder_ / fmt::format("{}.jsonl", head.kind));
  write([&](const doc::Json& item) { into.give(doc::to_line(item)); });
  head.announced = head.seen = into.count();
  put(into.end(std::move(head)));
}

const SurveyedList* SurveyedLists::find(std::string_view kind) const {
  const auto found = lists_.find(kind);
  return found == lists_.end() ? nullptr : &found->second;
}

void SurveyedLists::visit(std::string_view kind, const std::function<void(const doc::Json&)>& visit) const {
  const SurveyedList* list = find(kind);
  if (list == nullptr) return;
  io::FileSource source(list->file);
  read_list(source, list->file.filename().string(),
            [&](std::string_view line) { visit(doc::parse_json(line, list->file.filename().string())); });
}

std::string SurveyedLists::earliest_date() const {
  std::string earliest;  // ISO times sort as text
  for (const auto& [kind, list] : lists_)
    if (!list.head.as_of.empty() && (earliest.empty() || list.head.as_of < earliest)) earliest = list.head.as_of;
  return earliest;
}

std::vector<SurveyedList> SurveyedLists::take() {
  std::vector<SurveyedList> all;
  for (auto& [kind, list] : lists_) all.push_back(std::move(list));
  lists_.clear();
  return all;
}

void SurveyedLists::tell_discrepancies(std::vector<std::string>& notes, std::vector<std::string>& limits) const {
  for (const auto& [kind, list] : lists_) {
    const ListHead& head = list.head;
    if (head.refusal || !head.failure.empty() || head.announced == head.seen) continue;
    const auto told = fmt::format("{}: the site announced {} and showed {} (read {} times)", kind,
                                  base::human_count(head.announced), base::human_count(head.seen), head.passes);
    if (head.moving)
      limits.push_back(told +
                       ", and items still moved between its pages: some may be missing. Back up again when less "
                       "changes on the site");
    else
      notes.push_back(told);
  }
}

std::vector<Gap> SurveyedLists::gaps() const {
  std::vector<Gap> gaps;
  for (const auto& [kind, list] : lists_)
    if (list.head.refusal || !list.head.failure.empty()) gaps.push_back(gap_of(list.head));
  return gaps;
}

}  // namespace tabferry::backup
