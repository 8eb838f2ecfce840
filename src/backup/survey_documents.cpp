// Which documents are asked for: those whose answer is not known yet and may be had.
#include "backup/survey_documents.h"

#include <fmt/format.h>

#include <algorithm>

#include "backup/content_kinds.h"
#include "base/text.h"
#include "tableau/json_text.h"

namespace tabferry::backup {
namespace {

using tableau::Asked;
using tableau::DetailKind;
using tableau::text_at;

bool is_open_content(const SiteIndex& index, const std::string& project) { return !index.locks.locks_content(project); }

bool is_own(const SiteIndex& index, const doc::Json& view) {
  const auto workbook = index.workbooks.find(text_at(view, "workbook/id"));
  if (workbook == index.workbooks.end()) return is_open_content(index, text_at(view, "project/id"));
  return !workbook->second.shows_tabs && is_open_content(index, workbook->second.project);
}

bool is_asked(const SiteIndex& index, Asked asked, const doc::Json& item) {
  switch (asked) {
    case Asked::all:
      return true;
    case Asked::not_locked:
      return is_open_content(index, text_at(item, "project/id"));
    case Asked::untabbed:
      return is_own(index, item);
    case Asked::not_controlled:
      return !index.locks.is_controlled(text_at(item, "id"));
    case Asked::with_members:
      return text_at(item, "userCount") != "0";
    case Asked::open_id:
      return !base::equal_ignoring_case(text_at(item, "authSetting"), "SAML");
  }
  return true;
}

Unit unit_of(const DetailKind& row, const std::string& luid, const doc::Json& item, const SiteIndex& index) {
  const std::string part = row.content_type.empty() ? "" : fmt::format("/{}", row.content_type);
  return {.id = fmt::format("{}/{}/{}{}", row.kind, row.of_kind, luid, part),
          .verb = Unit::Verb::read,
          .kind = std::string(row.kind),
          .of_kind = std::string(row.of_kind),
          .luid = luid,
          .name = text_at(item, "name"),
          .natural_key = index.keys.of(luid),
          .below = row.below,
          .path = tableau::path_for(row.path, luid),
          .element = std::string(row.element),
          .item = std::string(row.item),
          .content_type = std::string(row.content_type)};
}

// Why a row cannot be asked; absent where it can. A row that went with an old version has no reason: nobody misses it.
class Obstacles {
 public:
  Obstacles(const SurveyedLists& lists, int version) : lists_(lists), version_(version) {}

  std::optional<Gap> of(const DetailKind& row) const {
    if (version_ < row.versions.since) return gap_of_version(row.kind, row.versions.since, version_);
    for (const auto kind : {row.of_kind, row.needs})
      if (const SurveyedList* list = kind.empty() ? nullptr : lists_.find(kind); list != nullptr && list->head.refusal)
        return Gap{.kind = std::string(row.kind),
                   .failed = false,
                   .code = list->head.refusal->code,
                   .reason = fmt::format("the site does not offer its {}: {}", kind, list->head.refusal->words)};
    return std::nullopt;
  }

 private:
  const SurveyedLists& lists_;
  const int version_;
};

using Rows = std::vector<const DetailKind*>;

// The rows that can be asked. A kind none of whose rows can be is a gap.
Rows open_rows(const SurveyedLists& lists, int version, std::vector<Gap>& gaps) {
  const Obstacles obstacles(lists, version);
  Rows open;
  std::vector<Gap> found;
  for (const auto& row : tableau::detail_kinds()) {
    if (version > row.versions.until) continue;
    auto gap = obstacles.of(row);
    if (!gap)
      open.push_back(&row);
    else if (row.kind != row.of_kind)
      found.push_back(std::move(*gap));
  }
  for (auto& gap : found) {
    const auto is_open = [&](const DetailKind* row) { return row->kind == gap.kind; };
    const auto is_told = [&](const Gap& one) { return one.kind == gap.kind; };
    if (std::none_of(open.begin(), open.end(), is_open) && std::none_of(gaps.begin(), gaps.end(), is_told))
      gaps.push_back(std::move(gap));
  }
  return open;
}

// Each list is gone through once; its units stand in the order of the catalogue's rows.
void add_units_of(std::string_view kind, const Rows& open, const SurveyedLists& lists, const SiteIndex& index,
                  std::vector<Unit>& all) {
  Rows rows;
  std::copy_if(open.begin(), open.end(), std::back_inserter(rows),
               [&](const auto* row) { return row->of_kind == kind; });
  if (rows.empty()) return;
  std::vector<std::vector<Unit>> units(rows.size());
  lists.visit(kind, [&](const doc::Json& item) {
    const std::string luid = text_at(item, tableau::listed_kind(kind)->id_path);
    for (size_t i = 0; i < rows.size() && !luid.empty(); ++i)
      if (is_asked(index, rows[i]->asked, item)) units[i].push_back(unit_of(*rows[i], luid, item, index));
  });
  for (auto& of_row : units) std::move(of_row.begin(), of_row.end(), std::back_inserter(all));
}

void add_site_documents(const std::string& site_id, int version, std::vector<Unit>& all) {
  for (const auto& row : tableau::site_documents()) {
    if (!row.versions.hold(version)) continue;
    all.push_back({.id = fmt::format("site/{}", row.name),
                   .verb = Unit::Verb::read,
                   .kind = "site",
                   .name = std::string(row.name),
                   .below = row.below,
                   .path = tableau::path_for(row.path, site_id),
                   .element = std::string(row.element)});
  }
}

// How many there can be, and the content: who puts them together moves the documents no more. Room that stays empty
// costs nothing.
size_t most_units(const SurveyedLists& lists, const Rows& open) {
  const auto listed = [&](std::string_view kind) {
    const SurveyedList* list = lists.find(kind);
    return list == nullptr ? size_t{0} : static_cast<size_t>(list->head.seen);
  };
  size_t most = tableau::site_documents().size();
  for (const auto* row : open) most += listed(row->of_kind);
  for (const auto& row : tableau::listed_kinds())
    if (content_kind(row.kind) != nullptr) most += listed(row.kind);
  return most;
}

}  // namespace

std::vector<Unit> document_units(const SurveyedLists& lists, const SiteIndex& index, const std::string& site_id,
                                 int version, std::vector<Gap>& gaps) {
  std::vector<Unit> all;
  const Rows open = open_rows(lists, version, gaps);
  all.reserve(most_units(lists, open));
  add_site_documents(site_id, version, all);
  std::vector<std::string_view> done;
  for (const auto& row : tableau::listed_kinds()) {
    if (std::find(done.begin(), done.end(), row.kind) != done.end()) continue;
    done.push_back(row.kind);
    add_units_of(row.kind, open, lists, index, all);
  }
  return all;
}

}  // namespace tabferry::backup
