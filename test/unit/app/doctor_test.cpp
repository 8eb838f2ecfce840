// What doctor makes of what it found; the probes themselves are tested end to end (test/e2e/test_doctor.py).
#include "app/doctor_checks.h"
#include "config_fixture.h"

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

namespace tabferry::app {
namespace {

using Status = Finding::Status;

base::WallTime at(std::string_view text) { return *base::parse_iso_time(text); }

const base::WallTime kNow = at("2026-11-22T10:00:00Z");

class Silent : public report::Reporter {
 public:
  void step(const std::string& what) override { steps.push_back(what); }
  void progress(const report::Progress&) override {}
  void warning(const std::string&) override {}
  std::vector<std::string> steps;
};

class FixedClock : public base::Clock {
 public:
  base::WallTime now() const override { return kNow; }
  base::SteadyTime steady_now() const override { return base::SteadyTime(step_++ * 250ms); }
  bool sleep_for(std::chrono::milliseconds, std::stop_token) const override { return true; }

 private:
  mutable int step_ = 0;
};

TEST(SeenAndCure, CutsBehindTheFirstSentence) {
  EXPECT_THAT(seen_and_cure("it is so. Do this. And that"), Pair("it is so", "Do this. And that"));
  EXPECT_THAT(seen_and_cure("no cure at all"), Pair("no cure at all", ""));
  EXPECT_THAT(seen_and_cure(""), Pair("", ""));
}

TEST(SeenAndCure, LeavesNamesAndForeignWordsWhole) {
  EXPECT_THAT(seen_and_cure("host 10.0.0.1 e.g. that one. Mend it"), Pair("host 10.0.0.1 e.g. that one", "Mend it"));
  EXPECT_THAT(seen_and_cure("S3's answer: 'Access Denied. Ask Bob.' (request 1). Give s3:GetObject"),
              Pair("S3's answer: 'Access Denied. Ask Bob.' (request 1)", "Give s3:GetObject"));
}

TEST(SeenAndCure, TakesTheLastLineOfAList) {
  EXPECT_THAT(seen_and_cure("none found. Tried:\n  - a\n  - b\nSet one up"),
              Pair("none found. Tried:\n  - a\n  - b", "Set one up"));
}

TEST(EngineError, CountsThePlacesAndKeepsTheCure) {
  const std::string message =
      "the extract engine (hyperd) is not found. Get it with: pip install x, or name it. Places tried:\n  /a\n  /b";
  const auto needed = judge_engine_error(message, true);
  EXPECT_EQ(needed.status, Status::problem);
  EXPECT_EQ(needed.seen, "the extract engine (hyperd) is not found (2 places tried)");
  EXPECT_EQ(needed.cure, "Get it with: pip install x, or name it");
  const auto spared = judge_engine_error(message, false);
  EXPECT_EQ(spared.status, Status::warning);
  EXPECT_THAT(spared.seen, HasSubstr("(2 places tried). A backup needs none"));
  EXPECT_EQ(spared.cure, needed.cure);
  const auto named = judge_engine_error("--engine names '/x', but there is no hyperd. Get it", true);
  EXPECT_EQ(named.seen, "--engine names '/x', but there is no hyperd");
  EXPECT_EQ(named.cure, "Get it");
}

TEST(Room, LittleIsAWarningAndNoneAProblem) {
  const auto status = [](uint64_t free_bytes) { return judge_room("/x is writable", free_bytes, "make room").status; };
  EXPECT_EQ(status(uint64_t{2} << 30), Status::ok);
  EXPECT_EQ(status((uint64_t{2} << 30) - 1), Status::warning);
  EXPECT_EQ(status((uint64_t{200} << 20) - 1), Status::problem);
  const auto full = judge_room("/x is writable", 4'100, "make room");
  EXPECT_THAT(full.seen, HasSubstr("/x is writable and has 4.1 kB free"));
  EXPECT_EQ(full.cure, "make room");
}

TEST(Role, IsJudgedByWhatIsWanted) {
  constexpr Wanted kPublish{.publish = true, .backup = false}, kBackup{.publish = false, .backup = true},
      kBoth{.publish = true, .backup = true}, kVisible{.publish = false, .backup = false};
  EXPECT_EQ(judge_role("Explorer", kPublish).status, Status::ok);
  EXPECT_EQ(judge_role("Viewer", kPublish).status, Status::problem);
  EXPECT_EQ(judge_role("", kPublish).status, Status::ok);
  for (const auto* role : {"SiteAdministratorExplorer", "SiteAdministratorCreator", "ServerAdministrator"})
    for (const auto& wanted : {kPublish, kBackup, kBoth}) EXPECT_EQ(judge_role(role, wanted).status, Status::ok) << role;
  for (const auto* role : {"Explorer", "Viewer", ""}) {
    const auto found = judge_role(role, kBackup);
    EXPECT_EQ(found.status, Status::problem) << role;
    EXPECT_THAT(found.seen, HasSubstr("a backup refuses"));
    EXPECT_THAT(found.cure, AllOf(HasSubstr("site administrator"), HasSubstr("backup.scope: visible"), Not(HasSubstr("publish"))));
  }
  EXPECT_EQ(judge_role("Explorer", kBoth).status, Status::warning) << "what it publishes is published";
  EXPECT_EQ(judge_role("Viewer", kBoth).status, Status::problem);
  EXPECT_THAT(judge_role("Viewer", kBoth).cure, AllOf(HasSubstr("site administrator"), HasSubstr("Creator")));
  EXPECT_EQ(judge_role("Viewer", kVisible).status, Status::ok);
}

TEST(Days, AreCountedByTheCalendar) {
  EXPECT_EQ(in_days(at("2026-11-22T23:59:00Z"), kNow), "today");
  EXPECT_EQ(in_days(at("2026-11-23T00:00:00Z"), kNow), "in 1 day");
  EXPECT_EQ(in_days(at("2026-12-22T10:00:00Z"), kNow), "in 30 days");
  EXPECT_EQ(in_days(at("2026-11-20T23:59:00Z"), kNow), "2 days ago");
}

Status clock_status(std::chrono::seconds off) {
  return judge_clock({.who = "s3", .theirs = kNow - off, .ours = kNow}).status;
}

TEST(ClockCheck, WarnsBeyondFiveMinutesAndRefusesBeyondFifteen) {
  for (const auto sign : {1, -1}) {
    EXPECT_EQ(clock_status(sign * 300s), Status::ok);
    EXPECT_EQ(clock_status(sign * 301s), Status::warning);
    EXPECT_EQ(clock_status(sign * 900s), Status::warning);
    EXPECT_EQ(clock_status(sign * 901s), Status::problem);
  }
  const auto finding = judge_clock({.who = "s3.example", .theirs = kNow + 1h, .ours = kNow});
  EXPECT_EQ(finding.seen, "s3.example says 2026-11-22T11:00:00Z, this machine 2026-11-22T10:00:00Z: 60 minutes behind");
  EXPECT_THAT(finding.cure, HasSubstr("timedatectl set-ntp true"));
}

TEST(TokenLife, ReadsDaysHoursMinutes) {
  EXPECT_EQ(token_time_left("173:21:12"), std::chrono::days(173) + 21h + 12min);
  EXPECT_EQ(token_time_left("0:00:00"), 0min);
  for (const char* odd : {"", "12", "1:2", "1:2:3:4", "a:b:c", "-1:0:0", "1: 2:3", "999999999999999999999:0:0"})
    EXPECT_FALSE(token_time_left(odd)) << odd;
}

TEST(TokenLife, WarnsFourteenDaysAhead) {
  EXPECT_EQ(judge_token(kNow + std::chrono::days(14) + 1min, "", kNow).status, Status::ok);
  EXPECT_EQ(judge_token(kNow + std::chrono::days(14), "", kNow).status, Status::warning);
  EXPECT_EQ(judge_token(std::nullopt, "14:00:00", kNow).status, Status::warning);
  EXPECT_EQ(judge_token(std::nullopt, "14:00:01", kNow).status, Status::ok);
}

TEST(TokenLife, IsOverOnlyByWhatTheConfigurationSays) {
  EXPECT_EQ(judge_token(kNow, "", kNow).status, Status::problem);
  EXPECT_EQ(judge_token(kNow - 1h, "300:00:00", kNow).status, Status::problem);
  EXPECT_EQ(judge_token(std::nullopt, "0:00:00", kNow).status, Status::warning) << "the site has just accepted it";
}

TEST(TokenLife, SaysWhatIsNotKnown) {
  const auto finding = judge_token(std::nullopt, "soon", kNow);
  EXPECT_EQ(finding.status, Status::ok);
  EXPECT_THAT(finding.seen, HasSubstr("15 days without use"));
  EXPECT_THAT(finding.seen, HasSubstr("auth.pat_expires"));
}

TEST(Examination, MakesAProblemOfWhatAProbeThrows) {
  Silent reporter;
  const FixedClock clock;
  Examination examination(reporter, clock, {});
  EXPECT_FALSE(examination.check(
      "S3", "bucket", []() -> Finding { base::fail(base::ErrorKind::denied, "no. Ask"); },
      [](const base::Error& error) { return std::string(name_of(error.kind())); }));
  const auto& check = examination.checks().front();
  EXPECT_EQ(check.finding.status, Status::problem);
  EXPECT_EQ(check.finding.seen, "no");
  EXPECT_EQ(check.finding.cure, "Ask. denied");
  EXPECT_DOUBLE_EQ(check.seconds, 0.25);
  EXPECT_THAT(reporter.steps, ::testing::ElementsAre("checking S3: bucket"));
}

TEST(Examination, IsEndedByACancellationOnly) {
  Silent reporter;
  const FixedClock clock;
  Examination examination(reporter, clock, {});
  EXPECT_THROW(examination.check("S3", "bucket", []() -> Finding { base::fail_cancelled("looking"); }), base::Error);
}

Check check_of(Status status, std::string seen, std::string cure = "") {
  return {.area = "s3://b",
          .name = "bucket",
          .finding = {.status = status, .seen = std::move(seen), .cure = std::move(cure)},
          .seconds = 0.0123};
}

TEST(DoctorReport, CountsAndSaysFailedForAProblem) {
  const auto report =
      report_of({check_of(Status::ok, "a"), check_of(Status::problem, "b", "c"), check_of(Status::skipped, "d")});
  EXPECT_EQ(report.status, report::Status::failed);
  EXPECT_EQ(report.headline, "2 checks: 1 problem, no warning (1 skipped)");
  EXPECT_EQ(report.details["problems"], 1);
  EXPECT_EQ(report.details["checks"][1].dump(),
            R"({"area":"s3://b","name":"bucket","status":"problem","seen":"b","cure":"c","seconds":0.012})");
  EXPECT_EQ(report_of({check_of(Status::warning, "a", "b")}).status, report::Status::done);
}

TEST(DoctorReport, FoldsLongTextBelowItsBeginning) {
  const auto report = report_of({check_of(Status::problem, std::string(30, 'x') + " and the rest of it", "mend it")});
  EXPECT_EQ(report::to_text(report, 64),
            "1 check: 1 problem, no warning\n\ns3://b\n"
            "  problem  bucket   12 ms  " +
                std::string(30, 'x') +
                " and\n"
                "                           the rest of it\n"
                "                           -> mend it\n");
  EXPECT_NE(report::to_text(report).find(" and the rest of it\n"), std::string::npos) << "a log has it in one line";
}

TEST(DoctorReport, ShowsNoControlCharacters) {
  const auto text = report::to_text(report_of({check_of(Status::problem, "a\x1b[31mb", "c\rd")}));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

using PatExpires = ConfigFixture;

std::string with_auth(const std::string& auth) {
  return "sites: {a: {server: 'https://x.example', site: s, auth: {" + auth + "}}}\n";
}

TEST_F(PatExpires, IsADay) {
  const auto settings = load(with_auth("pat_name: a, pat_secret: 'env:X', pat_expires: 2027-01-31"));
  EXPECT_EQ(settings.sites.front().auth.pat_expires, at("2027-01-31T00:00:00Z"));
}

TEST_F(PatExpires, OfAnotherFormIsRefused) {
  for (const char* odd : {"2027-1-31", "31.01.2027", "2027-02-30", "soon", "2027-01-31T00:00:00Z"})
    EXPECT_THAT(error_of(with_auth(fmt::format("pat_name: a, pat_secret: 'env:X', pat_expires: \"{}\"", odd))),
                HasSubstr("write it as 2027-01-31"))
        << odd;
}

TEST_F(PatExpires, BelongsToATokenOnly) {
  EXPECT_THAT(error_of(with_auth("username: a, password: 'env:X', pat_expires: 2027-01-31")),
              HasSubstr("a password has none"));
}

}  // namespace
}  // namespace tabferry::app
