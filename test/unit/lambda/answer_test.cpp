#include "lambda/answer.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "doc/json.h"

namespace tabferry::lambda {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

report::Report large() {
  report::Report report{.command = "backup", .status = report::Status::partial, .headline = "half of it"};
  report.details = {{"snapshot", "s"}, {"failures", 3}, {"changes", doc::Json::array()}, {"few", {1, 2, 3}}};
  for (int i = 0; i < 5000; ++i) report.details["changes"].push_back({{"name", "Umsätze " + std::to_string(i)}});
  return report;
}

TEST(Answer, IsTheReport) {
  const auto json = doc::parse_json(answer_of({.command = "prune", .headline = "x"}, milliseconds(1234)), "answer");
  EXPECT_EQ(json.at("command"), "prune");
  EXPECT_EQ(json.at("status"), "done");
  EXPECT_EQ(json.at("seconds"), 1.234);
  EXPECT_FALSE(json.contains("shortened"));
}

TEST(Answer, FitsThroughAndSaysWhatIsCut) {
  const auto whole = doc::parse_json(answer_of(large(), milliseconds(1)), "answer");
  EXPECT_EQ(whole.at("changes").size(), 5000U);
  const auto text = answer_of(large(), milliseconds(1), 2000);
  EXPECT_LE(text.size(), 2000U);
  const auto cut = doc::parse_json(text, "answer");
  EXPECT_EQ(cut.at("changes").size(), 10U);
  EXPECT_EQ(cut.at("shortened").at("changes"), 5000);
  EXPECT_EQ(cut.at("few").size(), 3U);
  EXPECT_EQ(cut.at("failures"), 3);
  EXPECT_FALSE(doc::parse_json(answer_of(large(), milliseconds(1), 300), "answer").contains("changes"));
}

TEST(Failure, IsOneLineOfAnyLetters) {
  const base::Error error(base::ErrorKind::denied, "Zugriff für „Jürgen“ verweigert:\n  no\ttoken\nMake a new one");
  const auto json =
      doc::parse_json(failure_of(error, {.command = "backup", .headline = "x"}, milliseconds(1)), "error");
  EXPECT_EQ(json.at("errorMessage"), "Zugriff für „Jürgen“ verweigert: no\ttoken Make a new one");
  EXPECT_EQ(json.at("errorType"), "tabferry.denied");
  EXPECT_TRUE(json.at("stackTrace").empty());
  EXPECT_EQ(json.at("report").at("command"), "backup");
}

TEST(Failure, OfAReportThatNamesItsReason) {
  report::Report report{.command = "publish", .status = report::Status::failed, .headline = "sales: no such project"};
  EXPECT_EQ(doc::parse_json(failure_of(report, milliseconds(1)), "error").at("errorType"), "tabferry.problem");
  report.details = {{"error", {{"kind", "not_found"}, {"message", report.headline}}}};
  const auto json = doc::parse_json(failure_of(report, milliseconds(1)), "error");
  EXPECT_EQ(json.at("errorType"), "tabferry.not_found");
  EXPECT_EQ(json.at("errorMessage"), "sales: no such project");
}

TEST(Failure, OfALongMessageTheBeginning) {
  const base::Error error(base::ErrorKind::io, std::string(5999, 'x') + "äöü");
  const auto text = failure_of(error, large(), milliseconds(1));
  EXPECT_LE(text.size(), kMostFailureBytes);
  EXPECT_TRUE(doc::parse_json(text, "error").at("errorMessage").get<std::string>().ends_with("x..."));
}

TEST(Failure, OfDoctorEachProblemWithItsCure) {
  report::Report report{.command = "doctor", .status = report::Status::failed, .headline = "1 problem"};
  report.details["checks"] = {
      {{"area", "Site"}, {"name", "sign-in"}, {"status", "problem"}, {"seen", "401"}, {"cure", "Make a new token"}},
      {{"area", "Site"}, {"name", "clock"}, {"status", "ok"}, {"seen", "fine"}, {"cure", ""}}};
  const auto json = doc::parse_json(failure_of(report, milliseconds(1)), "error");
  EXPECT_EQ(json.at("errorMessage"), "1 problem Site, sign-in: 401. Make a new token");
  EXPECT_EQ(json.at("errorType"), "tabferry.problem");
}

}  // namespace
}  // namespace tabferry::lambda
