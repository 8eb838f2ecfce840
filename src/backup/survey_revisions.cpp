// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_revisions.htm. The current revision is the
// item's content and is not to be had as a revision.
#include "backup/survey_revisions.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>

#include "backup/content_kinds.h"
#include "backup/newer_forms.h"
#include "backup/survey_index.h"
#include "base/error.h"
#include "base/text.h"
#include "base/url.h"
#include "tableau/json_text.h"

namespace tabferry::backup {
namespace {

using tableau::text_at;

constexpr int kHistoryOff = 403053;

uint64_t number_in(const std::string& text) {
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool is_true(const doc::Json& revision, const char* name) {
  return base::equal_ignoring_case(text_at(revision, name), "true");
}

Unit unit_of(const Unit& item, const doc::Json& revision) {
  const std::string number = text_at(revision, "revisionNumber");
  return {
      .id = fmt::format("{}/{}/{}", item.id, kRevisions, number),
      .verb = Unit::Verb::download,
      .kind = std::string(kRevisions),
      .of_kind = item.kind,
      .luid = item.luid,
      .name = item.name,
      .natural_key = item.natural_key,
      .updated_at = text_at(revision, "publishedAt"),
      .listed_bytes = number_in(text_at(revision, "sizeInBytes")),
      .fingerprint = fingerprint_of({{"revisionNumber", number}, {"publishedAt", text_at(revision, "publishedAt")}}),
      .path = fmt::format("{}/{}/revisions/{}/content", item.kind, base::percent_encoded(item.luid),
                          base::percent_encoded(number))};
}

}  // namespace

struct RevisionReading::State {
  struct Item {
    Unit unit;
    std::vector<doc::Json> revisions;
    std::string failure;
  };

  unsigned count = 0;
  std::mutex mutex;
  std::vector<Item> items;
  std::optional<tableau::Refusal> off;  // the site keeps no history: no other item need be asked

  void ask(tableau::Site& lane, Item& item, std::stop_token stop) {
    {
      const std::scoped_lock lock(mutex);
      if (off) return;
    }
    const tableau::ListRequest request{
        .doing = fmt::format("listing the revisions of {}", base::quoted(item.unit.natural_key)),
        .path = fmt::format("{}/{}/revisions", item.unit.kind, base::percent_encoded(item.unit.luid)),
        .sort = {},
        .wrapper = "revisions",
        .item = "revision",
        .id_path = "revisionNumber"};
    const auto result = read_whole_list(lane, request, stop, item.revisions);
    if (!result.refusal) return;
    const std::scoped_lock lock(mutex);
    if (result.refusal->code == kHistoryOff)
      off = result.refusal;
    else
      item.failure = result.refusal->words;
  }

  std::vector<Unit> units_of(const Item& item) const {
    std::vector<const doc::Json*> old;
    for (const auto& one : item.revisions)
      if (!is_true(one, "current") && !is_true(one, "deleted") && !text_at(one, "revisionNumber").empty())
        old.push_back(&one);
    std::sort(old.begin(), old.end(), [](const auto* a, const auto* b) {
      return number_in(text_at(*a, "revisionNumber")) > number_in(text_at(*b, "revisionNumber"));
    });
    old.resize(std::min<size_t>(old.size(), count));
    std::vector<Unit> units;
    for (const auto* one : old) units.push_back(unit_of(item.unit, *one));
    return units;
  }
};

RevisionReading::RevisionReading(const std::vector<Unit>& content, unsigned count) : state_(std::make_unique<State>()) {
  state_->count = count;
  for (const auto& unit : content)
    if (const ContentKind* row = content_kind(unit.kind); count > 0 && row != nullptr && row->has_revisions)
      state_->items.push_back({.unit = unit, .revisions = {}, .failure = {}});
}

RevisionReading::~RevisionReading() = default;

void RevisionReading::add_jobs(std::vector<Job>& jobs) {
  for (auto& item : state_->items)
    jobs.push_back([this, &item](tableau::Site& lane, std::stop_token stop) {
      try {
        state_->ask(lane, item, stop);
      } catch (const base::Error& error) {
        if (error.kind() == base::ErrorKind::cancelled || error.kind() == base::ErrorKind::denied) throw;
        item.failure = error.what();
      }
    });
}

void RevisionReading::finish(SurveyedLists& lists, std::vector<Unit>& content, std::vector<Gap>& gaps,
                             std::vector<std::string>& notes) {
  if (state_->count == 0) return;
  if (state_->off)
    return gaps.push_back(
        {.kind = std::string(kRevisions), .failed = false, .code = state_->off->code, .reason = state_->off->words});
  for (auto& item : state_->items) {
    if (!item.failure.empty())
      notes.push_back(fmt::format("revisions of {}: {}", base::quoted(item.unit.natural_key), item.failure));
    auto units = state_->units_of(item);
    std::move(units.begin(), units.end(), std::back_inserter(content));
  }
  lists.write({.kind = std::string(kRevisions), .as_of = lists.earliest_date()}, [&](const SurveyedLists::Give& give) {
    for (auto& item : state_->items)
      give({{"kind", item.unit.kind}, {"id", item.unit.luid}, {"revision", std::move(item.revisions)}});
  });
}

}  // namespace tabferry::backup
