#include "http/retry.h"

#include <gtest/gtest.h>

namespace tabferry::http {
namespace {

using namespace std::chrono_literals;
using base::ErrorKind;

const base::WallTime kNow = *base::parse_iso_time("2026-01-02T03:04:05Z");

Outcome answered(int status, std::vector<std::pair<std::string, std::string>> headers = {}) {
  return {
      .response = Response{.status = status, .headers = std::move(headers)}, .connected = true, .wholly_sent = true};
}

Outcome failed(bool connected, bool wholly_sent, ErrorKind kind = ErrorKind::transient) {
  return {.failure = base::Error(kind, "it failed"), .connected = connected, .wholly_sent = wholly_sent};
}

const Request kSafe{.may_repeat = true};
const Request kOnce{};
const Request kOnceButCutIsFine{.repeat_if_cut = true};

TEST(Retry, AFarSideThatDidNothingIsAskedAgain) {
  for (const auto& request : {kSafe, kOnce}) {
    EXPECT_TRUE(worth_repeating(request, answered(429)));
    EXPECT_TRUE(worth_repeating(request, answered(503)));
    EXPECT_TRUE(worth_repeating(request, failed(false, false)));
  }
}

TEST(Retry, WhatMayHaveHappenedIsRepeatedOnlyWhereThatDoesNoHarm) {
  for (const int status : {500, 502, 504}) {
    EXPECT_TRUE(worth_repeating(kSafe, answered(status)));
    EXPECT_FALSE(worth_repeating(kOnce, answered(status)));
    EXPECT_FALSE(worth_repeating(kOnceButCutIsFine, answered(status)));
  }
  EXPECT_TRUE(worth_repeating(kSafe, failed(true, true)));
  EXPECT_FALSE(worth_repeating(kOnce, failed(true, true)));
  EXPECT_FALSE(worth_repeating(kOnce, failed(true, false)));
  EXPECT_FALSE(worth_repeating(kOnceButCutIsFine, failed(true, true)));
  EXPECT_TRUE(worth_repeating(kOnceButCutIsFine, failed(true, false)));
}

TEST(Retry, WhatWillNotPassIsNotRepeated) {
  for (const auto kind :
       {ErrorKind::denied, ErrorKind::config, ErrorKind::cancelled, ErrorKind::corrupt, ErrorKind::io})
    EXPECT_FALSE(worth_repeating(kSafe, failed(false, false, kind)));
  for (const int status : {200, 302, 400, 401, 403, 404, 409}) EXPECT_FALSE(worth_repeating(kSafe, answered(status)));
}

TEST(Retry, ReadsBothFormsOfRetryAfter) {
  EXPECT_EQ(retry_after({.headers = {{"retry-after", " 120 "}}}, kNow), 120s);
  EXPECT_EQ(retry_after({.headers = {{"retry-after", "Fri, 02 Jan 2026 03:05:05 GMT"}}}, kNow), 60s);
  EXPECT_EQ(retry_after({.headers = {{"retry-after", "Fri, 02 Jan 2026 03:04:00 GMT"}}}, kNow), 0s);
  EXPECT_EQ(retry_after({.headers = {{"retry-after", "soon"}}}, kNow), std::nullopt);
  EXPECT_EQ(retry_after({.headers = {{"retry-after", "-5"}}}, kNow), std::nullopt);
  EXPECT_EQ(retry_after({}, kNow), std::nullopt);
}

TEST(Retry, ADateIsSeenFromTheFarSidesOwnClock) {
  const Response response{
      .headers = {{"retry-after", "Fri, 02 Jan 2026 09:00:30 GMT"}, {"date", "Fri, 02 Jan 2026 09:00:00 GMT"}}};
  EXPECT_EQ(retry_after(response, kNow), 30s);
}

TEST(Retry, WaitsGrowWithJitterUpToTheirLimit) {
  std::mt19937_64 dice(1);
  const Retry retry{.first_wait = 1s, .max_wait = 10s};
  std::chrono::milliseconds longest[6]{};
  for (int round = 0; round < 500; ++round)
    for (int attempt = 1; attempt <= 5; ++attempt)
      longest[attempt] = std::max(longest[attempt], wait_after(attempt, failed(false, false), retry, kNow, dice));
  const std::chrono::milliseconds limits[] = {0s, 1s, 2s, 4s, 8s, 10s};
  for (int attempt = 1; attempt <= 5; ++attempt) {
    EXPECT_LE(longest[attempt], limits[attempt]);
    EXPECT_GT(longest[attempt], limits[attempt] * 9 / 10);
  }
  EXPECT_LE(wait_after(1'000'000, failed(false, false), retry, kNow, dice), 10s);
}

}  // namespace
}  // namespace tabferry::http
