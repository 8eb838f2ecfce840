#include "weather/framing.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace tabferry::weather {
namespace {

const BodyRule kNone{};
constexpr std::string_view kPut =
    "PUT /b/k%20x?partNumber=1&uploadId=u HTTP/1.1\r\nHost: h\r\ncontent-length: 5\r\nExpect: 100-continue\r\n\r\n";

TEST(Framing, FindsTheEndOfAHeadCutAnywhere) {
  const std::string more = std::string(kPut) + "hello";
  for (size_t cut = 0; cut < kPut.size(); ++cut) EXPECT_EQ(head_length(more.substr(0, cut)), std::nullopt) << cut;
  for (size_t cut = kPut.size(); cut <= more.size(); ++cut) EXPECT_EQ(head_length(more.substr(0, cut)), kPut.size());
}

TEST(Framing, TakesBareLineFeedsAndEmptyLinesBefore) {
  EXPECT_EQ(head_length("GET / HTTP/1.1\nA: b\n\nx"), 21U);
  EXPECT_EQ(head_length("\r\nGET / HTTP/1.1\r\n\r\n"), 20U);
  EXPECT_EQ(head_length("\r\n\r\n"), std::nullopt);
  EXPECT_EQ(parse_request("\r\nGET / HTTP/1.1\r\n\r\n").method, "GET");
}

TEST(Framing, RefusesAHeadWithoutEnd) {
  EXPECT_EQ(head_length(std::string(kMaxHeadBytes - 1, 'a')), std::nullopt);
  EXPECT_THROW(head_length(std::string(kMaxHeadBytes, 'a')), base::Error);
}

TEST(Framing, ReadsRequests) {
  const RequestHead put = parse_request(kPut);
  EXPECT_EQ(put.method, "PUT");
  EXPECT_EQ(put.path, "/b/k%20x");
  EXPECT_EQ(put.body, (BodyRule{BodyKind::length, 5}));
  EXPECT_TRUE(put.expects_continue);
  EXPECT_EQ(parse_request("GET / HTTP/1.1\r\n\r\n").body, kNone);
  EXPECT_EQ(parse_request("PUT / HTTP/1.1\r\nContent-Length: 0\r\n\r\n").body, kNone);
  // both: chunked wins (RFC 9112 section 6.3)
  EXPECT_EQ(parse_request("PUT / HTTP/1.1\r\nContent-Length: 7\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n").body.kind,
            BodyKind::chunked);
}

TEST(Framing, RefusesRequestsThatItCannotFollow) {
  for (const char* head : {"GET /\r\n\r\n", "hello\r\n\r\n", "get / HTTP/1.1\r\n\r\n", "GET / HTTP/2\r\n\r\n",
                           "PUT / HTTP/1.1\r\nContent-Length: 5x\r\n\r\n",
                           "PUT / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                           "PUT / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
                           "PUT / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
                           "PUT / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", "GET / HTTP/1.1\r\nnothing\r\n\r\n"})
    EXPECT_THROW(parse_request(head), base::Error) << head;
}

TEST(Framing, KnowsWhichAnswersHaveNoBody) {
  const std::string rest = " X\r\nContent-Length: 9\r\n\r\n";
  EXPECT_EQ(parse_answer("HTTP/1.1 200" + rest, "GET").body, (BodyRule{BodyKind::length, 9}));
  EXPECT_EQ(parse_answer("HTTP/1.1 206" + rest, "GET").body, (BodyRule{BodyKind::length, 9}));
  EXPECT_EQ(parse_answer("HTTP/1.1 200" + rest, "HEAD").body, kNone);
  EXPECT_EQ(parse_answer("HTTP/1.1 204" + rest, "GET").body, kNone);
  EXPECT_EQ(parse_answer("HTTP/1.1 304" + rest, "GET").body, kNone);
  EXPECT_EQ(parse_answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "GET").body, kNone);
  EXPECT_TRUE(parse_answer("HTTP/1.1 100 Continue\r\n\r\n", "PUT").interim());
  EXPECT_FALSE(parse_answer("HTTP/1.1 200\r\n\r\n", "PUT").interim());
}

TEST(Framing, KnowsAnswersThatEndWithTheConnection) {
  EXPECT_EQ(parse_answer("HTTP/1.0 200 OK\r\n\r\n", "GET").body.kind, BodyKind::until_close);
  EXPECT_EQ(parse_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "GET").body.kind, BodyKind::until_close);
  EXPECT_EQ(parse_answer("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "GET").body.kind, BodyKind::chunked);
}

TEST(Framing, RefusesAnswersThatAreNone) {
  for (const char* head :
       {"hello\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 999 X\r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n"})
    EXPECT_THROW(parse_answer(head, "GET"), base::Error) << head;
}

TEST(Framing, TellsARequestFromABody) {
  EXPECT_TRUE(looks_like_request("GET /x"));
  EXPECT_FALSE(looks_like_request("GET x"));
  EXPECT_FALSE(looks_like_request("a,b,c"));
  EXPECT_FALSE(looks_like_request(""));
}

}  // namespace
}  // namespace tabferry::weather
