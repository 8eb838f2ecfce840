#include "app/metrics.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "config_fixture.h"

namespace tabferry::app {
namespace {

using report::Status;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

base::WallTime at(std::string_view iso) { return *base::parse_iso_time(iso); }

RunMetrics backup(Status status = Status::done) {
  return {.command = "backup",
          .site = "prod",
          .status = status,
          .seconds = 12.3456,
          .counts = {.items = 31, .failed = 2, .bytes = 1'234'567},
          .backup_age_hours = 0.25};
}

TEST(Emf, IsWhatCloudWatchReads) {
  const auto json = doc::parse_json(emf_line(backup(Status::partial), at("2026-11-22T10:15:00Z")), "emf");
  const auto& head = json.at("_aws");
  EXPECT_EQ(head.at("Timestamp"), 1795342500000);
  const auto& directive = head.at("CloudWatchMetrics").at(0);
  EXPECT_EQ(directive.at("Namespace"), "tabferry");
  EXPECT_EQ(doc::to_line(directive.at("Dimensions")), R"([["Command"],["Command","Site"]])");
  EXPECT_EQ(json.at("Command"), "backup");
  EXPECT_EQ(json.at("Site"), "prod");
  for (const auto& metric : directive.at("Metrics"))
    EXPECT_TRUE(json.at(metric.at("Name").get<std::string>()).is_number()) << metric;
  EXPECT_EQ(directive.at("Metrics").size(), 8U);
  EXPECT_EQ(json.at("Succeeded"), 0);
  EXPECT_EQ(json.at("Partial"), 1);
  EXPECT_EQ(json.at("Failed"), 0);
  EXPECT_EQ(json.at("Seconds"), 12.346);
  EXPECT_EQ(json.at("ItemsFailed"), 2);
  EXPECT_EQ(json.at("BackupAgeHours"), 0.25);
}

TEST(Emf, LeavesOutWhatIsNotKnown) {
  const auto line = emf_line({.command = "backup", .status = Status::failed, .seconds = 1}, at("2026-11-22T10:15:00Z"));
  EXPECT_THAT(line,
              AllOf(HasSubstr(R"("Failed":1)"), HasSubstr(R"("Dimensions":[["Command"]])"), Not(HasSubstr("Site")),
                    Not(HasSubstr("Items")), Not(HasSubstr("Bytes")), Not(HasSubstr("BackupAgeHours"))));
  EXPECT_EQ(line.find('\n'), std::string::npos);
}

TEST(Emf, ARunThatContinuesIsNoneOfTheThree) {
  const auto line = emf_line(backup(Status::continues), at("2026-11-22T10:15:00Z"));
  EXPECT_THAT(line, AllOf(HasSubstr(R"("Succeeded":0)"), HasSubstr(R"("Partial":0)"), HasSubstr(R"("Failed":0)")));
}

TEST(Prometheus, EveryFamilyOnceWithItsHelp) {
  const auto text = prometheus_text(backup(), at("2026-11-22T10:15:00Z"), "");
  EXPECT_THAT(text,
              HasSubstr("# HELP tabferry_succeeded Whether the last run did all that it should.\n"
                        "# TYPE tabferry_succeeded gauge\ntabferry_succeeded{command=\"backup\",site=\"prod\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("tabferry_bytes{command=\"backup\",site=\"prod\"} 1234567\n"));
  EXPECT_THAT(text,
              HasSubstr("tabferry_last_success_timestamp_seconds{command=\"backup\",site=\"prod\"} 1795342500\n"));
  EXPECT_TRUE(text.ends_with('\n'));
}

TEST(Prometheus, AFailureKeepsTheLastSuccessAndWhatOthersWrote) {
  auto text = prometheus_text(backup(), at("2026-11-22T10:15:00Z"), "");
  text = prometheus_text({.command = "verify", .site = "prod", .seconds = 3}, at("2026-11-22T11:00:00Z"), text);
  text = prometheus_text(backup(Status::failed), at("2026-11-23T10:15:00Z"), text);
  EXPECT_THAT(text, HasSubstr("tabferry_failed{command=\"verify\",site=\"prod\"} 0\n"
                              "tabferry_failed{command=\"backup\",site=\"prod\"} 1\n"));
  EXPECT_THAT(text,
              HasSubstr("tabferry_last_success_timestamp_seconds{command=\"backup\",site=\"prod\"} 1795342500\n"));
  EXPECT_EQ(text.find("tabferry_succeeded{command=\"backup\",site=\"prod\"} 1"), std::string::npos);
}

RunMetrics worker(std::optional<unsigned> shard, Status status) {
  return {.command = "backup-work", .site = "prod", .shard = shard, .status = status, .seconds = 1};
}

TEST(Prometheus, EachShardIsASeriesOfItsOwn) {
  const auto now = at("2026-11-22T10:15:00Z");
  auto text = prometheus_text(worker(0, Status::failed), now, "");
  text = prometheus_text(worker(1, Status::done), now, text);
  EXPECT_THAT(text, HasSubstr("tabferry_failed{command=\"backup-work\",site=\"prod\",shard=\"0\"} 1\n"
                              "tabferry_failed{command=\"backup-work\",site=\"prod\",shard=\"1\"} 0\n"));
  EXPECT_THAT(prometheus_text(worker(0, Status::done), now, text),
              AllOf(HasSubstr("shard=\"0\"} 0\n"),
                    Not(HasSubstr("tabferry_failed{command=\"backup-work\",site=\"prod\",shard=\"0\"} 1"))));
}

TEST(Prometheus, AWorkerThatDidNotKnowItsShardIsForgottenByTheNextOne) {
  const auto now = at("2026-11-22T10:15:00Z");
  auto text = prometheus_text(worker(std::nullopt, Status::failed), now, "");
  EXPECT_THAT(text, HasSubstr("tabferry_failed{command=\"backup-work\",site=\"prod\"} 1\n"));
  text = prometheus_text(worker(0, Status::done), now, text);
  EXPECT_THAT(text, Not(HasSubstr("site=\"prod\"}")));
}

TEST(Prometheus, APlanForgetsItsSitesWorkers) {
  const auto now = at("2026-11-22T10:15:00Z");
  auto text = prometheus_text(backup(), now, "");
  text = prometheus_text(worker(7, Status::failed), now, text);
  text = prometheus_text({.command = "backup-work", .site = "test", .shard = 7, .seconds = 1}, now, text);
  RunMetrics plan{.command = "backup-plan", .site = "prod", .status = Status::failed, .seconds = 1};
  EXPECT_THAT(prometheus_text(plan, now, text), HasSubstr("site=\"prod\",shard=\"7\""));
  plan.status = Status::done;
  text = prometheus_text(plan, now, text);
  EXPECT_THAT(text, AllOf(Not(HasSubstr("site=\"prod\",shard")), HasSubstr("site=\"test\",shard=\"7\""),
                          HasSubstr("tabferry_bytes{command=\"backup\",site=\"prod\"}")));
}

TEST(Prometheus, LabelsAreEscaped) {
  const auto text = prometheus_text({.command = "backup", .site = "a\"\\b"}, at("2026-11-22T10:15:00Z"), "");
  EXPECT_THAT(text, HasSubstr(R"(site="a\"\\b")"));
}

class MetricsSettingsTest : public ConfigFixture {
 protected:
  static constexpr const char* kSite =
      "tableau: {server: 'https://x.example', site: a, auth: {pat_name: a, pat_secret: 'env:B'}}\n";
};

TEST_F(MetricsSettingsTest, FilesStandBesideTheConfiguration) {
  const auto settings =
      load(std::string(kSite) + "metrics: {emf: runs.log, prometheus: /var/lib/node/tabferry.prom}\n");
  EXPECT_EQ(settings.metrics.emf, (folder_.path() / "runs.log").string());
  EXPECT_EQ(settings.metrics.prometheus, "/var/lib/node/tabferry.prom");
  EXPECT_EQ(load(std::string(kSite) + "metrics: {emf: stderr}\n").metrics.emf, "stderr");
  EXPECT_EQ(load(kSite).metrics.emf, "");
}

TEST_F(MetricsSettingsTest, UnderLambdaToStdout) {
  variables_["AWS_LAMBDA_RUNTIME_API"] = "127.0.0.1:9001";
  EXPECT_EQ(load(kSite).metrics.emf, "stdout");
  EXPECT_EQ(load(std::string(kSite) + "metrics: {emf: stderr}\n").metrics.emf, "stderr");
}

TEST_F(MetricsSettingsTest, UnknownKeysAreErrors) {
  EXPECT_THAT(error_of(std::string(kSite) + "metrics: {prometeus: x}\n"), HasSubstr("did you mean prometheus?"));
}

TEST_F(MetricsSettingsTest, MemoryIsAPartOfTheFunctions) {
  variables_["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = "1024";
  EXPECT_EQ(load(kSite).memory_bytes, (uint64_t{1024} << 20) * 60 / 100);
  EXPECT_TRUE(load(kSite).warnings.empty());
  EXPECT_EQ(load(std::string(kSite) + "memory: 300MiB\n").memory_bytes, uint64_t{300} << 20);
  variables_["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = "128";
  EXPECT_EQ(load(kSite).memory_bytes, uint64_t{256} << 20);
  const auto warnings = load(kSite).warnings;
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0], AllOf(HasSubstr("this function has 128 MB"), HasSubstr("; give it 512 MB")));
  variables_["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = "much";
  EXPECT_EQ(load(kSite).memory_bytes, uint64_t{512} << 20);
}

TEST_F(MetricsSettingsTest, TheEnvironmentMayHoldTheWholeConfiguration) {
  variables_["TABFERRY_CONFIG_YAML"] = std::string(kSite) + "store: s3://bucket\n";
  EXPECT_EQ(load_settings({}, environment()).store, "s3://bucket");
  variables_["TABFERRY_CONFIG_YAML"] = "stor: x\n";
  EXPECT_THAT(message_of([&] { load_settings({}, environment()); }),
              AllOf(HasSubstr("TABFERRY_CONFIG_YAML:1"), HasSubstr("did you mean store?")));
}

}  // namespace
}  // namespace tabferry::app
