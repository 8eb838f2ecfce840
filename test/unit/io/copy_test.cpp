// From a source to its end.
#include "io/copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "support/text_sink.h"
#include "support/text_source.h"

namespace tabferry::io {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::string long_text() {
  std::string text;
  while (text.size() <= 2 * kBlockBytes) text += std::to_string(text.size()) + ",";
  return text;
}

TEST(Copy, TakesAllOfIt) {
  test::TextSource source(long_text());
  test::TextSink sink;
  EXPECT_EQ(copy(source, sink), long_text().size());
  EXPECT_EQ(sink.text, long_text());
}

TEST(Copy, OfNothingIsNothing) {
  test::TextSource source("");
  test::TextSink sink;
  EXPECT_EQ(copy(source, sink), 0U);
}

TEST(Copy, StopsAndSaysWhatItDid) {
  test::TextSource source("abc");
  test::TextSink sink;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT([&] { copy(source, sink, stop.get_token(), "fetching a/b"); },
              ThrowsMessage<base::Error>(HasSubstr("fetching a/b")));
  EXPECT_EQ(sink.text, "");
}

TEST(Hash, IsThatOfTheBytesWhateverThePieces) {
  test::TextSource whole(long_text()), pieces(long_text(), 7);
  EXPECT_EQ(sha256_of(whole), base::sha256_hex(long_text()));
  EXPECT_EQ(sha256_of(pieces), base::sha256_hex(long_text()));
}

TEST(HashingSource, HandsOnAndCounts) {
  test::TextSource source("0123456789", 4);
  uint64_t came = 0;
  HashingSource hashed(source, [&](uint64_t bytes) { came += bytes; });
  test::TextSink sink;
  copy(hashed, sink);
  EXPECT_EQ(sink.text, "0123456789");
  EXPECT_EQ(came, 10U);
  EXPECT_EQ(hashed.sha256(), base::sha256_hex("0123456789"));
}

}  // namespace
}  // namespace tabferry::io
