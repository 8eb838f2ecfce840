// survey_tool SERVER SITE FOLDER [--documents] [--revisions N]: what a backup would do (backup/survey.h), as JSON on
// stdout. FOLDER (there, and empty) gets the lists. --documents also asks for each document. $SIM_TOKEN_NAME,
// $SIM_TOKEN_SECRET.
#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "backup/survey.h"
#include "base/clock.h"
#include "base/error.h"
#include "io/file.h"
#include "silent_reporter.h"
#include "tableau/redact.h"

namespace {

using namespace tabferry;
using doc::Json;

Json list_of(const backup::SurveyedList& list) {
  Json items = Json::array();
  io::FileSource source(list.file);
  backup::read_list(source, "the list",
                    [&](std::string_view line) { items.push_back(doc::parse_json(line, "a line")); });
  Json told = {{"announced", list.head.announced}, {"seen", list.head.seen},       {"passes", list.head.passes},
               {"as_of", list.head.as_of},         {"failure", list.head.failure}, {"items", std::move(items)}};
  if (list.head.refusal) told["refused"] = list.head.refusal->code;
  return told;
}

Json document_of(tableau::Site& site, const backup::Unit& unit) {
  if (unit.item.empty()) {
    auto document = site.get(unit.id, unit.below, unit.path, unit.element, {});
    if (document.refusal) return {{"refused", document.refusal->code}, {"words", document.refusal->words}};
    tableau::redact(unit.kind, document.body);
    return {{"body", std::move(document.body)}};
  }
  Json items = Json::array();
  const auto result = site.list({.doing = unit.id,
                                 .below = unit.below,
                                 .path = unit.path,
                                 .sort = {},
                                 .wrapper = unit.element,
                                 .item = unit.item},
                                {}, [&](Json item) { items.push_back(std::move(item)); });
  if (result.refusal) return {{"refused", result.refusal->code}, {"words", result.refusal->words}};
  tableau::redact(unit.kind, items);
  return {{"body", {{unit.item, std::move(items)}}}};
}

Json told(const backup::Survey& survey, tableau::Site& site, bool with_documents) {
  Json all = {{"as_of", survey.as_of},    {"notes", survey.notes},
              {"limits", survey.limits},  {"list_requests", survey.list_requests},
              {"gaps", Json::object()},   {"lists", Json::object()},
              {"content", Json::array()}, {"documents", Json::object()}};
  for (const auto& gap : survey.gaps)
    all["gaps"][gap.kind] = {{"failed", gap.failed}, {"code", gap.code}, {"reason", gap.reason}};
  for (const auto& list : survey.lists) all["lists"][list.head.kind] = list_of(list);
  for (const auto& unit : survey.content) all["content"].push_back(to_json(unit));
  for (const auto& unit : survey.documents) {
    all["documents"][unit.id] = to_json(unit);
    if (with_documents) all["documents"][unit.id].update(document_of(site, unit));
  }
  return all;
}

int run(const std::vector<std::string>& words) {
  backup::Scope scope;
  bool with_documents = false;
  for (size_t i = 3; i < words.size(); ++i) {
    with_documents |= words[i] == "--documents";
    if (words[i] == "--revisions" && i + 1 < words.size())
      scope.revisions = static_cast<unsigned>(std::stoul(words[++i]));
    if (words[i] == "--exclude" && i + 1 < words.size()) scope.exclude.emplace_back(words[++i]);
    if (words[i] == "--no-metadata") scope.metadata = false;
  }
  const base::Clock& clock = base::system_clock();
  tableau::Site site({.server = words[0],
                      .content_url = words[1],
                      .credentials =
                          [] {
                            return tableau::Credentials{.name = std::getenv("SIM_TOKEN_NAME"),
                                                        .secret = base::Secret(std::getenv("SIM_TOKEN_SECRET"))};
                          }},
                     clock);
  site.sign_in({});
  test::SilentReporter silent;
  const auto survey = backup::survey(site, scope, 8, words[2], silent, {});
  fmt::print("{}\n", doc::to_line(told(survey, site, with_documents)));
  site.sign_out({});
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  if (words.size() < 3) return 2;
  try {
    return run(words);
  } catch (const base::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
