#include "backup/lease.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/tempdir.h"
#include "store/dir_store.h"
#include "store/small.h"
#include "support/fake_clock.h"

namespace tabferry::backup {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Files carry the machine's time, so the store's clock is the machine's, moved.
class MovedClock : public base::Clock {
 public:
  base::WallTime now() const override { return base::system_clock().now() + moved; }
  base::SteadyTime steady_now() const override { return base::system_clock().steady_now() + moved; }
  bool sleep_for(std::chrono::milliseconds, std::stop_token) const override { return true; }
  std::chrono::milliseconds moved{0};
};

class LeaseTest : public ::testing::Test {
 protected:
  Lease take(const std::string& run, const std::string& plan = "") {
    return {store_, key_, {.plan = plan, .run = run, .host = "h", .what = "backup", .since = ""}, clock_};
  }
  std::string refusal(const std::string& run, const std::string& plan = "") {
    try {
      (void)take(run, plan);
      return "";
    } catch (const base::Error& error) {
      EXPECT_EQ(error.kind(), base::ErrorKind::refused);
      return error.what();
    }
  }

  base::TempDir folder_{base::default_temp_parent()};
  MovedClock clock_;
  store::DirStore store_{folder_.path() / "store", "file:///store/", clock_};
  std::string key_ = lease_key("https://10ax.online.tableau.com:8443", "SITE");
};

TEST_F(LeaseTest, ItsKeyNamesTheSite) { EXPECT_EQ(key_, "locks/10ax.online.tableau.com_8443_SITE.json"); }

TEST_F(LeaseTest, OneAtATime) {
  {
    const auto first = take("a");
    EXPECT_THAT(refusal("b"), HasSubstr("another backup of this site is at work"));
  }
  EXPECT_EQ(refusal("b"), "") << "released";
}

TEST_F(LeaseTest, RunsOfOnePlanShareIt) {
  auto first = take("a", "plan 1");
  auto second = take("b", "plan 1");
  EXPECT_NO_THROW(first.renew());
  EXPECT_NO_THROW(second.renew());
  EXPECT_THAT(refusal("c", "plan 2"), HasSubstr("plan 1"));
}

TEST_F(LeaseTest, OfWhatIsNoLockNobodyIsNamed) {
  store::put_text(store_, key_, "cut");
  EXPECT_THAT(refusal("b", "plan 2"), AllOf(HasSubstr("no lock that can be read"), HasSubstr("not known"),
                                            Not(HasSubstr("still planning"))));
}

TEST_F(LeaseTest, SilenceOfFiveMinutesIsDeath) {
  auto first = take("a", "plan 1");
  clock_.moved = 4min + 50s;
  EXPECT_NE(refusal("b", "plan 2"), "");
  clock_.moved = 5min + 1s;
  auto second = take("b", "plan 2");
  try {
    first.renew();
    FAIL() << "it was taken over";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::refused);
    EXPECT_THAT(error.what(), HasSubstr("took over"));
  }
  EXPECT_NO_THROW(second.renew());
}

TEST_F(LeaseTest, ADeadOnesEndDoesNotReleaseAnothersLease) {
  std::optional<Lease> second;
  {
    const auto first = take("a");
    clock_.moved = 6min;
    second.emplace(store_, key_, Holder{.plan = "", .run = "b", .host = "h", .what = "backup", .since = ""}, clock_);
  }
  clock_.moved = 0min;  // the second one's file carries the machine's time
  EXPECT_NE(refusal("c"), "");
}

TEST_F(LeaseTest, LeftToOthersItLives) {
  {
    auto planner = take("a");
    planner.name_plan("plan 1");
    planner.leave();
  }
  EXPECT_NE(refusal("c", "plan 2"), "");
  { auto sealer = take("d", "plan 1"); }
  EXPECT_EQ(refusal("c", "plan 2"), "");
}

}  // namespace
}  // namespace tabferry::backup
