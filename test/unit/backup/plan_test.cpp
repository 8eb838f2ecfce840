#include "backup/plan.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>

#include "backup/snapshot_name.h"
#include "base/error.h"
#include "base/tempdir.h"
#include "store/dir_store.h"
#include "support/failing_store.h"

namespace tabferry::backup {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;

class PlanTest : public ::testing::Test {
 protected:
  base::TempDir folder_{base::default_temp_parent()};
  store::DirStore store_{folder_.path() / "store", "file:///store/"};
};

Plan a_plan() {
  Plan plan{.snapshot = "backup_tableau_cloud_sales_20261122_101500", .run = "00aa", .as_of = "2026-11-22T10:14:00Z"};
  plan.site = {
      .server = "https://10ax.online.tableau.com", .luid = "S", .content_url = "sales", .role = "ServerAdministrator"};
  plan.asked = "{}";
  plan.incremental = "copy";
  plan.tags = {"weekly", "\"quoted\"\n"};
  plan.base = "backup_tableau_cloud_sales_20261121_101500";
  plan.notes = {"a note"};
  plan.left_out = 36;
  plan.gaps = {{.kind = "virtual_connections", .failed = false, .code = 403157, .reason = "off"}};
  plan.lists = {{.kind = "users", .key = "k", .sha256 = "s"}};
  plan.units = {{.id = "workbooks/1",
                 .verb = Unit::Verb::reference,
                 .kind = "workbooks",
                 .luid = "1",
                 .name = "Umsätze / \"Q1\"",
                 .natural_key = "Finance/Umsätze \\/ \"Q1\"",
                 .updated_at = "2026-01-01T00:00:00Z",
                 .listed_bytes = 5,
                 .path = "workbooks/1/content",
                 .rule = "unchanged",
                 .earlier = Earlier{.key = "x/y", .size_bytes = 7, .etag = "e", .sha256 = "h", .as_of = "t"}},
                {.id = "permissions/workbooks/1",
                 .verb = Unit::Verb::read,
                 .kind = "permissions",
                 .of_kind = "workbooks",
                 .luid = "1",
                 .path = "workbooks/1/permissions",
                 .element = "permissions"}};
  return plan;
}

TEST_F(PlanTest, ComesBackAsItWasWritten) {
  const auto plan = a_plan();
  const auto sha256 = claim(store_, plan);
  ASSERT_TRUE(sha256);
  const auto stored = read_plan(store_, plan.snapshot);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->sha256, *sha256);
  EXPECT_EQ(stored->plan.asked, plan.asked);
  EXPECT_EQ(stored->plan.incremental, plan.incremental);
  EXPECT_EQ(stored->plan.tags, plan.tags);
  EXPECT_EQ(stored->plan.left_out, 36U);
  EXPECT_EQ(stored->plan.gaps.front().code, 403157);
  EXPECT_EQ(stored->plan.lists.front().kind, "users");
  ASSERT_EQ(stored->plan.units.size(), 2U);
  for (size_t i = 0; i < 2; ++i)
    EXPECT_EQ(doc::to_line(to_json(stored->plan.units[i])), doc::to_line(to_json(plan.units[i])));
}

TEST_F(PlanTest, AFolderIsClaimedOnce) {
  const auto first = claim(store_, a_plan());
  ASSERT_TRUE(first);
  auto other = a_plan();
  other.run = "00bb";
  EXPECT_FALSE(claim(store_, other));
  EXPECT_EQ(read_plan(store_, other.snapshot)->sha256, *first);
  EXPECT_EQ(claim(store_, a_plan()), first) << "one's own plan, whose answer was lost";
}

TEST_F(PlanTest, WhereAnyCallFailsAPlanIsThereOrNot) {
  const auto sha256 = claim(store_, a_plan());
  for (const auto fault : {store::Fault::before, store::Fault::after})
    for (uint64_t n = 1;; ++n) {
      const store::DirStore store(
          folder_.path() / ("store" + std::to_string(n)) / (fault == store::Fault::after ? "a" : "b"), "x:");
      const store::FailingStore failing(store, n, fault);
      try {
        EXPECT_EQ(claim(failing, a_plan()), sha256);
        break;
      } catch (const base::Error&) {
        const auto there = read_plan(store, a_plan().snapshot);
        EXPECT_TRUE(!there || there->sha256 == sha256);
      }
      ASSERT_LT(n, 1000U);
    }
}

TEST_F(PlanTest, ADamagedPlanIsRefused) {
  ASSERT_TRUE(claim(store_, a_plan()));
  const auto sink = store_.create("cut.work/plan.json");
  sink->write("{\n\"format\": 1,\n\"units\": [\n{\"id\":");
  sink->commit();
  EXPECT_THROW(read_plan(store_, "cut"), base::Error);
  EXPECT_FALSE(read_plan(store_, "none"));
}

TEST(Shards, AreBalancedAndTheSameForEveryone) {
  std::vector<Unit> units(1000);
  for (size_t i = 0; i < units.size(); ++i) units[i].listed_bytes = (i * 7919) % 1000 << 20;
  const auto shards = shards_of(units, 4);
  EXPECT_EQ(shards, shards_of(units, 4));
  std::vector<uint64_t> load(4);
  for (size_t i = 0; i < units.size(); ++i) load[shards[i]] += units[i].listed_bytes;
  for (const auto one : load)
    EXPECT_NEAR(static_cast<double>(one), static_cast<double>(load[0]), static_cast<double>(load[0]) / 100);
  EXPECT_THAT(shards_of(units, 1), Each(0U));
  EXPECT_THAT(shards_of(units, 0), Each(0U));
}

std::vector<uint64_t> loads_of(const std::vector<Unit>& units, unsigned n) {
  const auto shards = shards_of(units, n);
  std::vector<uint64_t> loads(n);
  for (size_t i = 0; i < units.size(); ++i) loads[shards[i]] += units[i].listed_bytes;
  return loads;
}

// As sites are: a few large extracts, many small things. No shard is more than one item, or a few percent, above the
// mean.
TEST(Shards, AreBalancedWhereTheSiteIsSkewed) {
  for (const unsigned n : {2U, 4U, 6U, 16U}) {
    std::vector<Unit> units(1200);
    for (size_t i = 0; i < units.size(); ++i)
      units[i].listed_bytes = uint64_t{4000} * 1'000'000 / ((i * 7919 % units.size()) + 1);  // the k-th has 4 GB / k
    const auto loads = loads_of(units, n);
    const auto sum = std::accumulate(loads.begin(), loads.end(), uint64_t{0});
    const uint64_t most = *std::max_element(loads.begin(), loads.end());
    const uint64_t largest = 4'000'000'000;
    EXPECT_LE(most, std::max(sum / n * 103 / 100, largest)) << n;
  }
}

TEST(Shards, ManySmallDocumentsCountAsRequests) {
  std::vector<Unit> units(4000);
  units[0].listed_bytes = uint64_t{64} << 20;  // as long as a thousand requests
  const auto shards = shards_of(units, 4);
  const auto with_large = std::count(shards.begin(), shards.end(), shards[0]);
  for (unsigned shard = 0; shard < 4; ++shard) {
    if (shard == shards[0]) continue;
    EXPECT_GT(std::count(shards.begin(), shards.end(), shard), with_large + 900);
  }
}

TEST(Shards, WhatIsClosedToConnectedAppsWeighsNothingAndIsTheFirstOnes) {
  std::vector<Unit> units(100);
  for (size_t i = 0; i < units.size(); ++i) {
    units[i].path = i % 10 == 0 ? "virtualconnections/1" : "workbooks/1/content";
    units[i].listed_bytes = i % 10 == 0 ? uint64_t{1} << 40 : uint64_t{1} << 20;
  }
  const auto shards = shards_of(units, 3);
  std::vector<int> others(3);
  for (size_t i = 0; i < units.size(); ++i) {
    if (is_closed_to_apps(units[i]))
      EXPECT_EQ(shards[i], 0U);
    else
      ++others[shards[i]];
  }
  EXPECT_THAT(others, Each(30));
}

TEST(SnapshotName, GoesBothWays) {
  const auto at = *base::parse_iso_time("2026-11-22T10:15:00Z");
  EXPECT_EQ(snapshot_name("sales", at), "backup_tableau_cloud_sales_20261122_101500");
  EXPECT_EQ(snapshot_name("", at), "backup_tableau_cloud_Default_20261122_101500");
  const auto parsed = parse_snapshot_name("backup_tableau_cloud_my_site_1_20261122_101500");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->site, "my_site_1");
  EXPECT_EQ(parsed->at, at);
  for (const char* no : {"backup_tableau_cloud_20261122_101500", "backup_tableau_cloud_x_20261322_101500",
                         "backup_tableau_cloud_x_20261122-101500", "backup_tableau_cloud_x_20261122_1015",
                         "backup_tableau_cloud__20261122_101500x", "other"})
    EXPECT_FALSE(parse_snapshot_name(no)) << no;
}

TEST(SafeName, IsForEyesAndHarmlessElsewhere) {
  EXPECT_EQ(safe_name("Umsätze 2026"), "Umsätze 2026");
  EXPECT_EQ(safe_name("売上"), "売上");
  EXPECT_EQ(safe_name("../../etc/passwd"), ".._.._etc_passwd");
  EXPECT_EQ(safe_name("a\nb\tc"), "a_b_c");
  EXPECT_EQ(safe_name(""), "_");
  EXPECT_EQ(safe_name("."), "_");
  EXPECT_EQ(safe_name("x."), "x_");
  EXPECT_EQ(safe_name("\xFF"), "_");
  EXPECT_EQ(safe_name("a\u202Egpj.exe"), "a_gpj.exe") << "would be read as aexe.jpg";
  EXPECT_EQ(safe_name("\u009B31mred"), "_31mred") << "a console obeys it";
  const auto longest = safe_name(std::string(79, 'a') + "売上売上");
  EXPECT_EQ(longest, std::string(79, 'a'));
}

}  // namespace
}  // namespace tabferry::backup
