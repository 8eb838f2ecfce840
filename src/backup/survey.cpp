#include "backup/survey.h"

#include <fmt/format.h>

#include <algorithm>

#include "backup/survey_content.h"
#include "backup/survey_documents.h"
#include "backup/survey_labels.h"
#include "backup/survey_revisions.h"
#include "base/error.h"
#include "flow/for_each.h"
#include "tableau/extract_times.h"

namespace tabferry::backup {
namespace {

class Surveying {
 public:
  Surveying(const tableau::Site& site, const Scope& scope, unsigned lanes, const std::filesystem::path& folder,
            report::Reporter& reporter, std::stop_token stop)
      : site_(site),
        scope_(scope),
        width_(std::max(1U, lanes)),
        version_(tableau::version_number(site.server_version().rest_api_version)),
        reporter_(reporter),
        stop_(std::move(stop)),
        lists_(folder) {}

  Survey run() {
    const uint64_t before = site_.requests();
    read_lists();
    const SiteIndex index = index_of(lists_);
    take_content(choose_content(lists_, index, scope_, version_));
    read_more();
    if (scope_.metadata) result_.documents = document_units(lists_, index, site_.site_id(), version_, result_.gaps);
    result_.as_of = lists_.earliest_date();
    lists_.tell_discrepancies(result_.notes, result_.limits);
    for (auto& gap : lists_.gaps()) result_.gaps.push_back(std::move(gap));
    result_.lists = lists_.take();
    result_.list_requests = site_.requests() - before;
    return std::move(result_);
  }

 private:
  void do_all(const std::vector<Job>& jobs) {
    std::vector<tableau::Site> lanes;
    const size_t width = std::min<size_t>(width_, jobs.size());
    for (size_t i = 0; i < width; ++i) lanes.push_back(site_.lane());
    if (width == 0) return;
    flow::for_each(jobs.size(), width, stop_,
                   [&](size_t index, size_t lane, std::stop_token stop) { jobs[index](lanes[lane], stop); });
  }

  void read_lists() {
    reporter_.step("listing what is on the site");
    std::vector<Job> jobs;
    for (const auto* row : wanted_lists(scope_, version_))
      jobs.push_back([this, row](tableau::Site& lane, std::stop_token stop) { lists_.read(lane, *row, stop); });
    do_all(jobs);
    if (scope_.metadata) add_gaps_of_version();
  }

  // Kinds that came later than this server; what went with an old version nobody misses.
  void add_gaps_of_version() {
    for (const auto& row : tableau::listed_kinds()) {
      if (version_ >= row.versions.since || lists_.find(row.kind) != nullptr) continue;
      const auto is_told = [&](const Gap& gap) { return gap.kind == row.kind; };
      if (std::any_of(result_.gaps.begin(), result_.gaps.end(), is_told)) continue;
      result_.gaps.push_back(gap_of_version(row.kind, row.versions.since, version_));
    }
  }

  void take_content(Chosen chosen) {
    for (const auto& words : chosen.idle) reporter_.warning(words);
    result_.notes = std::move(chosen.idle);
    result_.content = std::move(chosen.units);
    result_.limits = std::move(chosen.limits);
    result_.left_out = chosen.left_out;
  }

  bool has_extracts() const {
    return std::any_of(result_.content.begin(), result_.content.end(),
                       [](const Unit& unit) { return unit.has_extracts; });
  }

  // Labels, revisions and the times of extracts, on all lanes together.
  void read_more() {
    reporter_.step(scope_.metadata ? "asking for labels and the times of extracts"
                                   : "asking for the times of extracts");
    std::optional<LabelReading> labels;
    if (scope_.metadata) labels.emplace(lists_, version_);
    RevisionReading revisions(result_.content, scope_.revisions);
    tableau::ExtractTimes times;
    std::vector<Job> jobs;
    if (has_extracts())
      jobs.push_back([&](tableau::Site& lane, std::stop_token stop) { times = tableau::extract_times(lane, stop); });
    if (labels) labels->add_jobs(jobs);
    revisions.add_jobs(jobs);
    do_all(jobs);
    take_times(times);
    if (labels) labels->finish(lists_, result_.gaps, result_.notes);
    revisions.finish(lists_, result_.content, result_.gaps, result_.notes);
  }

  void take_times(const tableau::ExtractTimes& times) {
    if (!times.unavailable.empty())
      result_.notes.push_back(fmt::format(
          "when extracts were made is not to be had, so what has some is downloaded: {}", times.unavailable));
    for (auto& unit : result_.content)
      if (const auto found = times.newest.find(unit.luid); unit.has_extracts && found != times.newest.end())
        unit.extract_at = found->second;
  }

  const tableau::Site& site_;
  const Scope& scope_;
  const unsigned width_;
  const int version_;
  report::Reporter& reporter_;
  const std::stop_token stop_;
  SurveyedLists lists_;
  Survey result_;
};

}  // namespace

Survey survey(const tableau::Site& site, const Scope& scope, unsigned lanes, const std::filesystem::path& folder,
              report::Reporter& reporter, std::stop_token stop) {
  return Surveying(site, scope, lanes, folder, reporter, std::move(stop)).run();
}

}  // namespace tabferry::backup
