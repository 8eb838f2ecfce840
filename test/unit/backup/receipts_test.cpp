#include "backup/receipts.h"

#include <gmock/gmock.h>

#include <thread>

#include "base/tempdir.h"
#include "store/dir_store.h"
#include "support/fake_clock.h"

namespace tabferry::backup {
namespace {

using Outcome = Receipt::Outcome;

class ReceiptsTest : public ::testing::Test {
 protected:
  size_t segments() const {
    size_t count = 0;
    store_.list("s.work/receipts/", [&](const store::Object&) { ++count; });
    return count;
  }

  base::TempDir folder_{base::default_temp_parent()};
  store::DirStore store_{folder_.path() / "store", "file:///store/"};
  test::FakeClock clock_;
};

TEST_F(ReceiptsTest, GoOutSixtyFourAtATimeOrAfterFiveSeconds) {
  ReceiptLog log(store_, "s", "run", clock_);
  for (int i = 0; i < 63; ++i) log.add({.unit = std::to_string(i), .outcome = Outcome::done});
  EXPECT_EQ(segments(), 0U);
  log.add({.unit = "63", .outcome = Outcome::done});
  EXPECT_EQ(segments(), 1U);
  log.add({.unit = "64", .outcome = Outcome::done});
  clock_.sleep_for(std::chrono::seconds(5), {});
  log.add({.unit = "65", .outcome = Outcome::done});
  EXPECT_EQ(segments(), 2U);
  log.add({.unit = "66", .outcome = Outcome::done});
  log.flush();
  EXPECT_EQ(read_receipts(store_, "s").size(), 67U);
}

TEST_F(ReceiptsTest, TheFirstThatIsNotFailedWins) {
  const auto write = [&](const char* run, Receipt receipt) {
    ReceiptLog log(store_, "s", run, clock_);
    log.add(std::move(receipt));
    log.flush();
  };
  write("a", {.unit = "x", .outcome = Outcome::failed, .reason = "first"});
  write("b", {.unit = "x", .outcome = Outcome::failed, .reason = "second"});
  EXPECT_EQ(read_receipts(store_, "s").at("x").reason, "second");
  write("c", {.unit = "x", .outcome = Outcome::done, .key = "k1", .size_bytes = 3});
  write("d", {.unit = "x", .outcome = Outcome::done, .key = "k2"});
  write("e", {.unit = "x", .outcome = Outcome::failed});
  const auto winner = read_receipts(store_, "s").at("x");
  EXPECT_EQ(winner.key, "k1");
  EXPECT_EQ(winner.size_bytes, 3U);
}

TEST_F(ReceiptsTest, ABodyIsHandedOverAsItWas) {
  ReceiptLog log(store_, "s", "run", clock_);
  const std::string body = R"({"a":"1","b":["x \"y\" \n",{}],"ü":""})";
  log.add({.unit = "x", .outcome = Outcome::done, .body = body});
  log.flush();
  std::string seen;
  const auto receipts = read_receipts(store_, "s", [&](const std::string& unit, std::string_view json) { seen = unit + " " + std::string(json); });
  EXPECT_EQ(seen, "x " + body);
  EXPECT_EQ(receipts.at("x").body, "");
}

TEST_F(ReceiptsTest, ManyLanesMayAdd) {
  ReceiptLog log(store_, "s", "run", base::system_clock());
  std::vector<std::jthread> lanes;
  for (int lane = 0; lane < 8; ++lane)
    lanes.emplace_back([&, lane] {
      for (int i = 0; i < 200; ++i) log.add({.unit = std::to_string(lane) + "/" + std::to_string(i), .outcome = Outcome::done});
    });
  lanes.clear();
  log.flush();
  EXPECT_EQ(read_receipts(store_, "s").size(), 1600U);
}

}  // namespace
}  // namespace tabferry::backup
