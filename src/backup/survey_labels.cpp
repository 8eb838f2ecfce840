// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_metadata.htm (labels: since 3.20)
#include "backup/survey_labels.h"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <span>

#include "base/error.h"
#include "base/text.h"
#include "doc/xml.h"
#include "tableau/json_text.h"
#include "tableau/redact.h"

namespace tabferry::backup {
namespace {

constexpr int kSince = 320;
constexpr size_t kAtOnce = 100;
constexpr int kNotFound = 404;
constexpr const char* kKind = "labels";

using Ids = std::vector<std::string>;

std::string request_for(std::string_view content_type, std::span<const std::string> ids) {
  doc::XmlWriter request("tsRequest");
  request.open("contentList");
  for (const auto& id : ids) request.open("content").attribute("id", id).attribute("contentType", content_type).close();
  return request.str();
}

}  // namespace

struct LabelReading::State {
  struct Kind {
    const tableau::LabelledKind* row = nullptr;
    Ids ids;
    std::map<size_t, std::vector<doc::Json>> labels;  // by the first of a batch: the order is that of the lists
    std::optional<tableau::Refusal> refusal;
    std::string failure;
  };

  std::mutex mutex;
  std::vector<Kind> kinds;
  std::optional<Gap> gap;  // nothing is asked

  // An asset that is gone meanwhile refuses the whole request: the halves are asked then.
  void ask(tableau::Site& lane, Kind& kind, size_t first, std::span<const std::string> ids, std::stop_token stop) {
    {
      const std::scoped_lock lock(mutex);
      if (kind.refusal) return;
    }
    auto answer = lane.post(fmt::format("asking for the labels of {}", kind.row->kind), tableau::Below::site, "labels",
                            "application/xml", request_for(kind.row->content_type, ids), "labelList", stop);
    if (!answer.refusal) return take(kind, first, std::move(answer.body));
    if (answer.refusal->status == kNotFound && ids.size() == 1) return;
    if (answer.refusal->status != kNotFound) {
      const std::scoped_lock lock(mutex);
      kind.refusal = std::move(answer.refusal);
      return;
    }
    const size_t half = ids.size() / 2;
    ask(lane, kind, first, ids.first(half), stop);
    ask(lane, kind, first + half, ids.subspan(half), stop);
  }

  void take(Kind& kind, size_t first, doc::Json body) {
    const auto found = body.is_object() ? body.find("label") : body.end();
    if (found == body.end()) return;
    std::vector<doc::Json> labels;
    for (auto& label : *found) {
      tableau::redact(kKind, label);
      labels.push_back(std::move(label));
    }
    const std::scoped_lock lock(mutex);
    kind.labels.insert_or_assign(first, std::move(labels));
  }
};

LabelReading::LabelReading(const SurveyedLists& lists, int version) : state_(std::make_unique<State>()) {
  const SurveyedList* values = lists.find("label_values");
  if (version < kSince)
    state_->gap = gap_of_version(kKind, kSince, version);
  else if (values != nullptr && values->head.refusal)
    state_->gap = Gap{.kind = kKind,
                      .failed = false,
                      .code = values->head.refusal->code,
                      .reason = fmt::format("the site has no labels: {}", values->head.refusal->words)};
  if (state_->gap) return;
  for (const auto& row : tableau::labelled_kinds()) {
    State::Kind kind{.row = &row, .ids = {}, .labels = {}, .refusal = {}, .failure = {}};
    lists.visit(row.kind, [&](const doc::Json& item) { kind.ids.push_back(tableau::text_at(item, "id")); });
    state_->kinds.push_back(std::move(kind));
  }
}

LabelReading::~LabelReading() = default;

void LabelReading::add_jobs(std::vector<Job>& jobs) {
  for (auto& kind : state_->kinds)
    for (size_t first = 0; first < kind.ids.size(); first += kAtOnce)
      jobs.push_back([this, &kind, first](tableau::Site& lane, std::stop_token stop) {
        const auto ids = std::span(kind.ids).subspan(first, std::min(kAtOnce, kind.ids.size() - first));
        try {
          state_->ask(lane, kind, first, ids, stop);
        } catch (const base::Error& error) {
          if (error.kind() == base::ErrorKind::cancelled || error.kind() == base::ErrorKind::denied) throw;
          const std::scoped_lock lock(state_->mutex);
          kind.failure = error.what();
        }
      });
}

void LabelReading::finish(SurveyedLists& lists, std::vector<Gap>& gaps, std::vector<std::string>& notes) {
  if (state_->gap) return gaps.push_back(*state_->gap);
  ListHead head{.kind = kKind, .as_of = lists.earliest_date()};
  for (const auto& kind : state_->kinds) {
    if (!kind.failure.empty()) head.failure = kind.failure;
    if (kind.refusal)
      notes.push_back(fmt::format("labels of {} are not to be had: {}", kind.row->kind, kind.refusal->words));
  }
  lists.write(std::move(head), [&](const SurveyedLists::Give& give) {
    for (const auto& kind : state_->kinds)
      for (const auto& [first, labels] : kind.labels)
        for (const auto& label : labels) give(label);
  });
}

}  // namespace tabferry::backup
