#include "weather/body.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace tabferry::weather {
namespace {

constexpr BodyRule kChunked{BodyKind::chunked, 0};
constexpr std::string_view kChunks = "5\r\nhello\r\n10;name=value\r\n0123456789abcdef\r\n0\r\nTrailer: x\r\n\r\n";
constexpr std::string_view kNext = "GET / HTTP/1.1\r\n\r\n";

// Every way to cut the bytes in three: the body must end at the same byte.
void expect_end_at(const BodyRule& rule, const std::string& bytes, size_t length) {
  for (size_t first = 0; first <= bytes.size(); ++first)
    for (size_t second = first; second <= bytes.size(); ++second) {
      Body body(rule);
      size_t taken = body.take(std::string_view(bytes).substr(0, first));
      ASSERT_EQ(taken, std::min(first, length)) << first;
      ASSERT_EQ(body.ended(), first >= length) << first;
      if (first < length) taken += body.take(std::string_view(bytes).substr(first, second - first));
      taken += body.take(std::string_view(bytes).substr(taken));
      ASSERT_EQ(taken, length) << first << " " << second;
      ASSERT_TRUE(body.ended());
      ASSERT_EQ(body.bytes(), length);
    }
}

TEST(Body, ByLengthEndsThereWhereverItIsCut) {
  expect_end_at({BodyKind::length, 5}, "hello" + std::string(kNext), 5);
}

TEST(Body, ChunkedEndsThereWhereverItIsCut) {
  expect_end_at(kChunked, std::string(kChunks) + std::string(kNext), kChunks.size());
  expect_end_at(kChunked, "0\r\n\r\n" + std::string(kNext), 5);
  expect_end_at(kChunked, "1\nx\n0\n\n" + std::string(kNext), 7);
}

TEST(Body, NoneHasEnded) {
  Body body;
  EXPECT_TRUE(body.ended());
  EXPECT_EQ(body.take(kNext), 0U);
  EXPECT_TRUE(Body({BodyKind::length, 0}).ended());
}

TEST(Body, UntilCloseTakesAllAndEndsWithTheConnection) {
  Body body({BodyKind::until_close, 0});
  EXPECT_EQ(body.take(kNext), kNext.size());
  EXPECT_FALSE(body.ended());
  body.close();
  EXPECT_TRUE(body.ended());
  Body other({BodyKind::length, 5});
  other.close();
  EXPECT_FALSE(other.ended());
}

TEST(Body, RefusesChunksWithoutSize) {
  for (const char* bytes : {"\r\n", "x\r\n", "ffffffffffffffffffff\r\n", "1\r\nxy\r\n"})
    EXPECT_THROW(Body(kChunked).take(bytes), base::Error) << bytes;
}

TEST(Body, TakesLengthsBeyond32Bits) {
  Body body({BodyKind::length, 5'000'000'001});
  const std::string piece(1'000'000, 'x');
  for (int i = 0; i < 5000; ++i) ASSERT_EQ(body.take(piece), piece.size());
  EXPECT_FALSE(body.ended());
  EXPECT_EQ(body.take(piece), 1U);
  EXPECT_TRUE(body.ended());
}

}  // namespace
}  // namespace tabferry::weather
