#include "weather/fault.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "weather/pacer.h"
#include "weather/units.h"

namespace tabferry::weather {
namespace {

using namespace std::chrono_literals;

bool hits(const std::string& text, uint64_t number) { return falls_on(parse_fault(text).which, number, 1, 0); }

TEST(Fault, FallsOnTheRequestsThatItNames) {
  EXPECT_FALSE(hits("mute@3", 2));
  EXPECT_TRUE(hits("mute@3", 3));
  EXPECT_FALSE(hits("mute@3", 4));
  EXPECT_TRUE(hits("reset-before@2-4", 2) && hits("reset-before@2-4", 4));
  EXPECT_FALSE(hits("reset-before@2-4", 1) || hits("reset-before@2-4", 5));
  EXPECT_FALSE(hits("stall@7+", 6));
  EXPECT_TRUE(hits("stall@7+", 7) && hits("stall@7+", 700));
}

TEST(Fault, ReadsKindsWithTheirParts) {
  EXPECT_EQ(parse_fault("status-503@1").status, 503);
  EXPECT_EQ(parse_fault("slow:1.5s@1").wait, 1500ms);
  EXPECT_EQ(parse_fault("cut-in-answer@1").kind, FaultKind::cut_in_answer);
  EXPECT_EQ(parse_fault("cut-in-answer@1").name, "cut-in-answer");
}

TEST(Fault, ByChanceFallsOnTheSameRequestsWithTheSameSeed) {
  const Which which = parse_fault("stall@10%").which;
  int hit = 0, changed = 0, other = 0;
  for (uint64_t n = 1; n <= 10000; ++n) {
    hit += falls_on(which, n, 42, 0);
    changed += falls_on(which, n, 42, 0) != falls_on(which, n, 43, 0);
    other += falls_on(which, n, 42, 0) != falls_on(which, n, 42, 1);
    ASSERT_EQ(falls_on(which, n, 42, 0), falls_on(which, n, 42, 0));
  }
  EXPECT_NEAR(hit, 1000, 150);  // five standard deviations
  EXPECT_GT(changed, 1000);
  EXPECT_GT(other, 1000);
  EXPECT_FALSE(hits("stall@0%", 1));
  EXPECT_TRUE(hits("stall@100%", 1));
}

TEST(Fault, RefusesWhatItDoesNotUnderstand) {
  for (const char* text : {"mute", "mute@", "mute@0", "mute@4-2", "mute@x", "mute@101%", "stal@1", "status-200@1",
                           "status-@1", "slow@1", "slow:@1", "slow:5@1", "slow:-5s@1"})
    EXPECT_THROW(parse_fault(text), base::Error) << text;
}

TEST(Units, ReadsWhatTheCommandLineSays) {
  EXPECT_EQ(parse_duration("40ms"), 40ms);
  EXPECT_EQ(parse_duration("250us"), 250us);
  EXPECT_EQ(parse_duration("3m"), 180s);
  EXPECT_EQ(parse_bandwidth("40MB/s"), 40'000'000U);
  EXPECT_EQ(parse_bandwidth("512KiB"), 512U << 10);
  EXPECT_EQ(ntohs(parse_address("127.0.0.1:7070").sin_port), 7070);
  for (const char* text : {"40", "ms", "1h", ""}) EXPECT_THROW(parse_duration(text), base::Error) << text;
  for (const char* text : {"0MB/s", "fast", ""}) EXPECT_THROW(parse_bandwidth(text), base::Error) << text;
  for (const char* text : {"7070", "127.0.0.1", "127.0.0.1:0", "10.0.0.1:80", "localhost:80", "127.0.0.1:99999"})
    EXPECT_THROW(parse_address(text), base::Error) << text;
}

TEST(Pacer, KeepsTheRateWithoutSavingUp) {
  const base::SteadyTime start{1h};
  Pacer pacer(1'000'000);
  pacer.not_before(start);
  base::SteadyTime now = start;
  for (size_t sent = 0; sent < 500'000;) {
    now = std::max(now, pacer.ready_at());
    const size_t bytes = pacer.allowed(now);
    ASSERT_EQ(bytes, 5000U);
    pacer.sent(bytes, now);
    sent += bytes;
    EXPECT_EQ(pacer.allowed(now), 0U);
  }
  EXPECT_NEAR(std::chrono::duration<double>(pacer.ready_at() - start).count(), 0.5, 0.001);
}

TEST(Pacer, WithoutARateOnlyHolds) {
  const base::SteadyTime now{1h};
  Pacer pacer(0);
  EXPECT_GT(pacer.allowed(now), size_t{1} << 40);
  pacer.not_before(now + 40ms);
  EXPECT_EQ(pacer.allowed(now + 39ms), 0U);
  EXPECT_GT(pacer.allowed(now + 40ms), size_t{1} << 40);
}

}  // namespace
}  // namespace tabferry::weather
