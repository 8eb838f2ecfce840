#include "publish/packing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "base/tempdir.h"

namespace tabferry::publish {
namespace {

using package::Compression;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr uint64_t kMegabyte = 1'000'000;

TEST(Packing, EndsSoonerBelowTheBreakEvenSpeed) {
  // 41 MB less for 1.1 s: as fast at 37.3 MB/s, worth it below.
  const package::Deflation deflation{.packed_bytes = 35 * kMegabyte, .seconds = 1.1};
  EXPECT_TRUE(ends_sooner(76 * kMegabyte, deflation, 37 * kMegabyte));
  EXPECT_FALSE(ends_sooner(76 * kMegabyte, deflation, 38 * kMegabyte));
  EXPECT_TRUE(ends_sooner(76 * kMegabyte, deflation, 1));
  EXPECT_FALSE(ends_sooner(76 * kMegabyte, {.packed_bytes = 80 * kMegabyte, .seconds = 0.1}, 1)) << "it grows";
}

class PackingOfFile : public ::testing::Test {
 protected:
  // Of `size` bytes that deflate makes small, or none that it can.
  std::filesystem::path file(size_t size, bool random) {
    std::mt19937_64 dice{7};
    std::string bytes(size, 'x');
    if (random)
      for (auto& byte : bytes) byte = static_cast<char>(dice());
    std::ofstream(folder_.path() / "a.hyper", std::ios::binary) << bytes;
    return folder_.path() / "a.hyper";
  }
  base::TempDir folder_{base::default_temp_parent()};
};

TEST_F(PackingOfFile, IsWhatTheConfigSays) {
  const auto small = file(100'000, false);
  EXPECT_EQ(choose_packing(Packing::stored, small, 1).compression, Compression::stored);
  const auto deflated = choose_packing(Packing::deflated, small, 0);
  EXPECT_EQ(deflated.compression, Compression::deflated);
  EXPECT_LT(deflated.expected_bytes, 10'000U);
  EXPECT_EQ(deflated.why, "");
}

TEST_F(PackingOfFile, AutomaticIsStoredWhereNothingIsKnownOrLittleIsGained) {
  const auto large = file(9 * kMegabyte, false);
  const auto unknown = choose_packing(Packing::automatic, large, 0);
  EXPECT_EQ(unknown.compression, Compression::stored);
  EXPECT_EQ(unknown.expected_bytes, 9 * kMegabyte);
  EXPECT_EQ(unknown.why, "");
  EXPECT_EQ(choose_packing(Packing::automatic, file(1 * kMegabyte, false), 1000).compression, Compression::stored);
}

TEST_F(PackingOfFile, AutomaticLooksAtTheBytesAndAtTheUplink) {
  const auto slow = choose_packing(Packing::automatic, file(9 * kMegabyte, false), 10'000);
  EXPECT_EQ(slow.compression, Compression::deflated);
  EXPECT_THAT(slow.why, AllOf(HasSubstr("deflating the extract would take about"), HasSubstr("of 9.0 MB"),
                              HasSubstr("at 10.0 kB a second that is worth it")));
  const auto fast = choose_packing(Packing::automatic, file(9 * kMegabyte, false), uint64_t{1} << 50);
  EXPECT_EQ(fast.compression, Compression::stored);
  EXPECT_THAT(fast.why, HasSubstr("that is not worth it"));
  EXPECT_EQ(choose_packing(Packing::automatic, file(9 * kMegabyte, true), 10'000).compression, Compression::stored);
}

}  // namespace
}  // namespace tabferry::publish
