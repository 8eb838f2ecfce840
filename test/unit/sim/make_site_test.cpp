// A whole made site, as values: what a client cannot see of it is test/peers/test_sim_make.py's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/tempdir.h"
#include "io/file.h"
#include "sim/automation/frequency.h"
#include "sim/core/journal.h"
#include "sim/make/site.h"

namespace fs = std::filesystem;

namespace tabferry::sim::make {
namespace {

class MakeSite : public testing::Test {
 protected:
  fs::path folder(const std::string& name) const { return folder_.path() / name; }

  static SiteOrder order(Profile profile = Profile::server, uint64_t seed = 1) {
    return {.seed = seed, .counts = usual_counts(20, 60), .profile = profile, .bodies = 4};
  }

  std::string journal_of(const std::string& name) const { return io::read_text(folder(name) / "site.jsonl"); }

  Site loaded(const std::string& name) const {
    Site site;
    EXPECT_TRUE(Journal(folder(name) / "site.jsonl").load(site));
    return site;
  }

 private:
  base::TempDir folder_{base::default_temp_parent()};
};

TEST_F(MakeSite, IsTheSameForTheSameOrder) {
  make_site(folder("a"), order());
  make_site(folder("b"), order());
  make_site(folder("c"), order(Profile::server, 2));
  EXPECT_EQ(journal_of("a"), journal_of("b"));
  EXPECT_NE(journal_of("a"), journal_of("c"));
}

TEST_F(MakeSite, HoldsWhatWasAskedFor) {
  const Made made = make_site(folder("a"), order());
  const auto count = [&](Kind kind) { return made.items[static_cast<size_t>(kind)]; };
  EXPECT_EQ(count(Kind::workbook), 60u);
  EXPECT_EQ(count(Kind::datasource), 16u);
  EXPECT_GT(count(Kind::view), count(Kind::workbook));
  for (const Kind kind : {Kind::permissions, Kind::revision, Kind::connection, Kind::custom_view, Kind::linked_task,
                          Kind::group_set_member, Kind::pulse_subscription, Kind::quality_warning, Kind::column})
    EXPECT_GT(count(kind), 0u) << static_cast<int>(kind);
}

// Every schedule can be reckoned with; those of a Cloud site keep Cloud's stricter rules.
TEST_F(MakeSite, HasSchedulesThatItsProfileTakes) {
  make_site(folder("server"), order());
  size_t seen = 0;
  const Site server = loaded("server");
  for (const auto& [id, schedule] : server.all(Kind::schedule)) {
    Node form("schedule");
    form.with("frequency", schedule.get("frequency")).add(*schedule.part("frequencyDetails"));
    EXPECT_NO_THROW(check_for_server(parse_frequency(form, 400064))) << schedule.get("name");
    ++seen;
  }
  EXPECT_GE(seen, 20u);
  make_site(folder("cloud"), order(Profile::cloud));
  const Site cloud = loaded("cloud");
  for (const Kind kind : {Kind::extract_task, Kind::subscription, Kind::flow_task}) {
    for (const auto& [id, task] : cloud.all(kind)) {
      ASSERT_NE(task.part("schedule"), nullptr);
      EXPECT_NO_THROW(check_for_cloud(parse_frequency(*task.part("schedule"), 409004)));
    }
    EXPECT_FALSE(cloud.all(kind).empty());
  }
}

TEST_F(MakeSite, IsNotMadeOverAnother) {
  make_site(folder("a"), order());
  const std::string before = journal_of("a");
  try {
    make_site(folder("a"), order(Profile::server, 2));
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::refused);
  }
  EXPECT_EQ(journal_of("a"), before);
}

}  // namespace
}  // namespace tabferry::sim::make
