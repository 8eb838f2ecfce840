#include "sim/automation/frequency.h"

#include <gtest/gtest.h>

#include <functional>

#include "support/refusal.h"

namespace tabferry::sim {
namespace {

using Intervals = std::vector<std::pair<std::string, std::string>>;

Node schedule(const std::string& frequency, const std::string& start, const std::string& end,
              const Intervals& intervals) {
  Node details("frequencyDetails"), list("intervals");
  details.with("start", start);
  if (!end.empty()) details.with("end", end);
  for (const auto& [name, value] : intervals) list.add(Node("interval").with(name, value));
  Node node("schedule");
  return node.with("frequency", frequency).add(details.add(list));
}

constexpr int kCode = 400064;

int server_code(const Node& node) {
  return code_of([&] { check_for_server(parse_frequency(node, kCode)); });
}
int cloud_code(const Node& node) {
  return code_of([&] { check_for_cloud(parse_frequency(node, 409004)); });
}

// 2026-03-04 is a Wednesday.
std::string next_of(const Node& node, const std::string& after = "2026-03-04T12:00:00Z") {
  return base::iso_time(next_run(parse_frequency(node, kCode), *base::parse_iso_time(after)));
}

TEST(SimFrequency, ReadsWhatSchedulesSay) {
  const auto hourly =
      parse_frequency(schedule("Hourly", "02:30:00", "23:00:00", {{"hours", "8"}, {"weekDay", "Sunday"}}), kCode);
  EXPECT_EQ(hourly.recurrence, Recurrence::hourly);
  EXPECT_EQ(hourly.start, std::chrono::minutes(150));
  EXPECT_EQ(hourly.end, std::chrono::hours(23));
  EXPECT_EQ(hourly.step, std::chrono::hours(8));
  EXPECT_EQ(hourly.week_days, std::set<unsigned>{0});
  const auto monthly =
      parse_frequency(schedule("Monthly", "07:00:00", "", {{"monthDay", "31"}, {"monthDay", "LastDay"}}), kCode);
  EXPECT_EQ(monthly.month_days, (std::set<unsigned>{Frequency::kLastDay, 31}));
  EXPECT_FALSE(monthly.step || monthly.end);
}

TEST(SimFrequency, RefusesWhatIsNone) {
  EXPECT_EQ(code_of([] { parse_frequency(Node("schedule"), kCode); }), kCode);
  EXPECT_EQ(code_of([] { parse_frequency(Node("schedule").with("frequency", "Daily"), kCode); }), kCode);
  EXPECT_EQ(code_of([] { parse_frequency(schedule("Yearly", "07:00:00", "", {}), 409004); }), 409004);
  for (const char* time :
       {"", "7:00:00", "07:00", "24:00:00", "07:60:00", "07:00:60", "07:00:00Z", "ab:cd:ef", "+7:00:00"})
    EXPECT_EQ(server_code(schedule("Daily", time, "", {})), kCode) << time;
  const Intervals wrong = {{"hours", "3"},    {"hours", "0.25"},     {"minutes", "20"},     {"weekDay", "monday"},
                           {"monthDay", "0"}, {"monthDay", "32"},    {"monthDay", "First"}, {"weeks", "1"},
                           {"hours", "-1"},   {"weekDay", "LastDay"}};
  for (const auto& interval : wrong)
    EXPECT_EQ(server_code(schedule("Daily", "07:00:00", "", {interval})), kCode) << interval.first << interval.second;
}

TEST(SimFrequency, KnowsTheRulesOfServers) {
  EXPECT_EQ(server_code(schedule("Hourly", "02:31:07", "23:00:00", {{"minutes", "15"}})), 0);
  EXPECT_EQ(server_code(schedule("Hourly", "23:00:00", "01:00:00", {{"hours", "1"}})), 0);  // through midnight
  EXPECT_EQ(server_code(schedule("Hourly", "02:30:00", "", {{"hours", "1"}})), kCode);
  EXPECT_EQ(server_code(schedule("Hourly", "02:30:00", "03:30:00", {})), kCode);
  EXPECT_EQ(server_code(schedule("Daily", "02:30:00", "", {})), 0);
  EXPECT_EQ(server_code(schedule("Weekly", "02:30:00", "", {})), kCode);
  EXPECT_EQ(server_code(schedule("Weekly", "02:30:00", "", {{"weekDay", "Friday"}})), 0);
  EXPECT_EQ(server_code(schedule("Monthly", "02:30:00", "", {})), kCode);
  EXPECT_EQ(server_code(schedule("Monthly", "02:30:00", "", {{"monthDay", "LastDay"}})), 0);
}

TEST(SimFrequency, KnowsTheRulesOfCloud) {
  const Intervals monday = {{"weekDay", "Monday"}};
  EXPECT_EQ(cloud_code(schedule("Hourly", "02:30:00", "06:30:00", {{"hours", "2"}, {"weekDay", "Monday"}})), 0);
  EXPECT_EQ(cloud_code(schedule("Hourly", "02:30:00", "06:30:00", {{"minutes", "60"}, {"weekDay", "Monday"}})), 0);
  EXPECT_EQ(cloud_code(schedule("Hourly", "02:30:00", "06:30:00", {{"hours", "2"}})), 409004);  // no weekDay
  EXPECT_EQ(cloud_code(schedule("Hourly", "02:30:00", "", {{"hours", "2"}, {"weekDay", "Monday"}})), 409004);
  EXPECT_EQ(cloud_code(schedule("Hourly", "02:30:00", "06:45:00", {{"hours", "2"}, {"weekDay", "Monday"}})), 409004);
  EXPECT_EQ(cloud_code(schedule("Hourly", "06:30:00", "02:30:00", {{"hours", "2"}, {"weekDay", "Monday"}})), 409004);
  EXPECT_EQ(cloud_code(schedule("Hourly", "02:30:00", "06:30:00", {{"minutes", "30"}, {"weekDay", "Monday"}})), 409004);
  EXPECT_EQ(cloud_code(schedule("Hourly", "02:30:00", "06:30:00", monday)), 409004);
  EXPECT_EQ(cloud_code(schedule("Daily", "02:30:00", "", monday)), 0);
  EXPECT_EQ(cloud_code(schedule("Daily", "02:30:00", "", {})), 409004);
  EXPECT_EQ(cloud_code(schedule("Daily", "02:31:00", "", monday)), 409004);
  EXPECT_EQ(cloud_code(schedule("Daily", "02:30:05", "", monday)), 409004);
  EXPECT_EQ(cloud_code(schedule("Weekly", "02:30:00", "", {})), 409004);
  EXPECT_EQ(cloud_code(schedule("Monthly", "02:30:00", "", {})), 409004);
  EXPECT_EQ(cloud_code(schedule("Monthly", "02:30:00", "", {{"monthDay", "31"}})), 0);
}

TEST(SimFrequency, ReckonsTheNextRunOfADay) {
  EXPECT_EQ(next_of(schedule("Daily", "13:00:00", "", {})), "2026-03-04T13:00:00Z");
  EXPECT_EQ(next_of(schedule("Daily", "12:00:00", "", {})), "2026-03-05T12:00:00Z");  // behind that moment, not at it
  EXPECT_EQ(next_of(schedule("Daily", "13:00:00", "", {{"weekDay", "Tuesday"}})), "2026-03-10T13:00:00Z");
  EXPECT_EQ(next_of(schedule("Weekly", "11:00:00", "", {{"weekDay", "Wednesday"}})), "2026-03-11T11:00:00Z");
  EXPECT_EQ(next_of(schedule("Weekly", "11:00:00", "", {{"weekDay", "Monday"}, {"weekDay", "Friday"}})),
            "2026-03-06T11:00:00Z");
}

TEST(SimFrequency, ReckonsTheNextRunWithinADay) {
  const Node eight = schedule("Hourly", "02:30:00", "23:00:00", {{"hours", "8"}});
  EXPECT_EQ(next_of(eight), "2026-03-04T18:30:00Z");
  EXPECT_EQ(next_of(eight, "2026-03-04T18:30:00Z"), "2026-03-05T02:30:00Z");  // 02:30 the next day is past the end
  const Node quarters = schedule("Hourly", "23:00:00", "01:00:00", {{"minutes", "15"}});
  EXPECT_EQ(next_of(quarters, "2026-03-04T23:50:00Z"), "2026-03-05T00:00:00Z");
  EXPECT_EQ(next_of(quarters, "2026-03-05T00:50:00Z"), "2026-03-05T01:00:00Z");  // the end is a run too
  EXPECT_EQ(next_of(quarters, "2026-03-05T01:00:00Z"), "2026-03-05T23:00:00Z");
}

TEST(SimFrequency, ReckonsTheNextRunOfAMonth) {
  EXPECT_EQ(next_of(schedule("Monthly", "07:00:00", "", {{"monthDay", "15"}})), "2026-03-15T07:00:00Z");
  EXPECT_EQ(next_of(schedule("Monthly", "07:00:00", "", {{"monthDay", "4"}})), "2026-04-04T07:00:00Z");
  EXPECT_EQ(next_of(schedule("Monthly", "07:00:00", "", {{"monthDay", "31"}}), "2026-03-31T08:00:00Z"),
            "2026-05-31T07:00:00Z");
  EXPECT_EQ(next_of(schedule("Monthly", "07:00:00", "", {{"monthDay", "LastDay"}}), "2028-02-01T00:00:00Z"),
            "2028-02-29T07:00:00Z");
}

}  // namespace
}  // namespace tabferry::sim
