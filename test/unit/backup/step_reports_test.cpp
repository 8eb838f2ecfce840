// What `backup-plan` and `backup-work` tell.
#include "backup/step_reports.h"

#include <gtest/gtest.h>

namespace tabferry::backup {
namespace {

Planned planned(unsigned shards) {
  Planned planned;
  auto& plan = planned.stored.plan;
  plan.snapshot = "backup_a";
  plan.shards = planned.shards = shards;
  plan.units = {{.verb = Unit::Verb::download}, {.verb = Unit::Verb::copy}, {.verb = Unit::Verb::read}};
  return planned;
}

TEST(StepReports, APlanSaysHowMuchThereIsAndWhatComesNext) {
  const auto report = report_of(planned(3));
  EXPECT_EQ(report.headline, "Planned backup_a: 2 items (1 of them unchanged) and 1 document of metadata");
  EXPECT_EQ(report.sections.at(0).next_steps.at(0), "tabferry backup-work --snapshot backup_a --shard 0/3 ... 2/3");
  EXPECT_EQ(report_of(planned(1)).sections.at(0).next_steps.at(0),
            "tabferry backup-work --snapshot backup_a --shard 0/1");
  EXPECT_EQ(report.details["units"], 3);
  EXPECT_EQ(report.details["left_out"], 0);
}

TEST(StepReports, APlanWhoseTimeWasUpContinues) {
  auto cut = planned(3);
  cut.done_here = {.units = {{Receipt::Outcome::done, 1}}, .left = 2, .continues = true};
  const auto report = report_of(cut);
  EXPECT_EQ(report.status, report::Status::continues);
  EXPECT_EQ(report.headline,
            "Planned backup_a: 2 items (1 of them unchanged) and 1 document of metadata; the time was up before 2 of "
            "them were read that the workers' connected app cannot read");
  EXPECT_EQ(report.sections.at(0).next_steps, std::vector<std::string>{"the same backup-plan again, which goes on"});
  EXPECT_EQ(report.details["done_here"], 1);
  EXPECT_EQ(report_of(planned(3)).status, report::Status::done);
}

TEST(StepReports, WorkTellsEveryOutcome) {
  const auto report = report_of(WorkDone{.units = {{Receipt::Outcome::done, 3}, {Receipt::Outcome::failed, 1}}}, "b");
  EXPECT_EQ(report.headline, "4 items and documents of b are finished");
  EXPECT_EQ(report.details["done"], 3);
  EXPECT_EQ(report.details["failed"], 1);
  EXPECT_EQ(report.details["gone"], 0);
  EXPECT_EQ(report.status, report::Status::partial);
}

TEST(StepReports, WorkThatDidNothingSaysWhy) {
  EXPECT_EQ(report_of(WorkDone{.sealed = true}, "b").headline, "b is sealed already: nothing was done");
  EXPECT_EQ(report_of(WorkDone{}, "b").headline, "Nothing was left to do of this part of b");
}

}  // namespace
}  // namespace tabferry::backup
