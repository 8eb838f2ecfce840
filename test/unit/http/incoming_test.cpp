#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/error.h"
#include "http/client.h"
#include "support/fake_clock.h"
#include "support/scripted_server.h"

namespace tabferry::http {
namespace {

using namespace std::chrono_literals;
using base::ErrorKind;
using test::FakeClock;
using test::ScriptedServer;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string pattern(size_t size) {
  std::string text;
  for (size_t i = 0; text.size() < size; ++i) text += std::to_string(i) + "\n";
  text.resize(size);
  return text;
}

std::string chunk(const std::string& bytes) { return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes); }

class HttpIncoming : public ::testing::Test {
 protected:
  Client& client() {
    if (!client_) client_ = std::make_unique<Client>(network, retry, clock);
    return *client_;
  }
  std::unique_ptr<Incoming> open(std::stop_token stop = {}) {
    return client().open({.url = server.url() + "/x", .may_repeat = true}, stop);
  }
  // Everything up to the end; in pieces of that size.
  std::string read_all(Incoming& incoming, size_t piece = 300'000) {
    std::string all;
    std::vector<char> room(piece);
    while (const size_t got = incoming.read(room)) all.append(room.data(), got);
    EXPECT_EQ(incoming.read(room), 0U) << "the end stays the end";
    return all;
  }
  template <class Work>
  base::Error error_of(Work work) {
    try {
      work();
      ADD_FAILURE() << "nothing was thrown";
    } catch (const base::Error& error) {
      return error;
    }
    return {ErrorKind::bug, ""};
  }

  ScriptedServer server;
  FakeClock clock;
  NetworkOptions network{.connect_timeout = 60s, .first_byte_timeout = 60s, .stall_timeout = 60s};
  Retry retry{.attempts = 3};

 private:
  std::unique_ptr<Client> client_;
};

TEST_F(HttpIncoming, GivesHeadAndBodyAndKeepsItsConnection) {
  const std::string body = pattern(5'000'000);
  server.expect("GET", "/x").times(2).reply(200, body, {{"Content-Disposition", "form"}});
  server.expect("GET", "/x").reply(204);
  for (const size_t piece : {300'000U, 1'000U}) {
    const auto incoming = open();
    EXPECT_EQ(incoming->head().status, 200);
    EXPECT_EQ(incoming->head().header("content-disposition"), "form");
    EXPECT_EQ(incoming->size_bytes(), 5'000'000U);
    EXPECT_TRUE(read_all(*incoming, piece) == body);
  }
  EXPECT_EQ(read_all(*open()), "");
  for (const auto& seen : server.seen()) EXPECT_EQ(seen.connection, 1);
}

TEST_F(HttpIncoming, ReadsManyBodiesOnOneConnection) {
  const std::string body = pattern(256 << 10);
  server.expect("GET", "/x").times(20).reply(200, body);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(read_all(*open()) == body);
  for (const auto& seen : server.seen()) EXPECT_EQ(seen.connection, 1);
}

TEST_F(HttpIncoming, ReadsChunks) {
  const std::string part = pattern(700'000);
  server.expect("GET", "/x").reply_raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(part) +
                                       chunk("end") + "0\r\nX-Trailer: 1\r\n\r\n");
  const auto incoming = open();
  EXPECT_EQ(incoming->size_bytes(), std::nullopt);
  EXPECT_TRUE(read_all(*incoming) == part + "end");
}

TEST_F(HttpIncoming, ReadsUntilTheCloseWhereNothingElseTellsTheEnd) {
  server.expect("GET", "/x").reply_raw("HTTP/1.1 200 OK\r\n\r\nall of it");
  const auto incoming = open();
  EXPECT_EQ(incoming->size_bytes(), std::nullopt);
  EXPECT_EQ(read_all(*incoming), "all of it");
}

TEST_F(HttpIncoming, ACutBodyIsNeverWhole) {
  const std::string body = pattern(3'000'000);
  server.expect("GET", "/x").reply_cut(200, body, 2'900'000);
  const auto incoming = open();
  const auto error = error_of([&] { read_all(*incoming); });
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(), AllOf(HasSubstr(server.host()), HasSubstr("before the whole answer was there")));
  EXPECT_EQ(error_of([&] { read_all(*incoming); }).kind(), ErrorKind::transient) << "and stays so";
  EXPECT_TRUE(clock.slept().empty());
}

TEST_F(HttpIncoming, ChunksThatDoNotEndAreACut) {
  const std::string part = pattern(2'000'000);
  server.expect("GET", "/x").reply_raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(part));
  server.expect("GET", "/x").reply_raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(part) +
                                       "zz\r\n");
  for (int i = 0; i < 2; ++i) {
    const auto incoming = open();
    EXPECT_EQ(error_of([&] { read_all(*incoming); }).kind(), ErrorKind::transient);
  }
}

TEST_F(HttpIncoming, AReaderThatLeavesBreaksNothing) {
  const std::string body = pattern(30'000'000);
  server.expect("GET", "/x").reply(200, body);
  server.expect("GET", "/x").reply(200, "next");
  std::vector<char> room(1000);
  EXPECT_GT(open()->read(room), 0U);
  EXPECT_EQ(read_all(*open()), "next");
  EXPECT_NE(server.seen()[1].connection, server.seen()[0].connection);
}

TEST_F(HttpIncoming, IsReadBeforeTheNextRequest) {
  server.expect("GET", "/x").reply(200, pattern(1000));
  const auto incoming = open();
  EXPECT_EQ(error_of([&] { open(); }).kind(), ErrorKind::bug);
  EXPECT_EQ(read_all(*incoming), pattern(1000));
}

TEST_F(HttpIncoming, TriesAgainUntilTheHeadIsThere) {
  server.expect("GET", "/x").reply(503, "busy", {{"Retry-After", "7"}}).then_close();
  server.expect("GET", "/x").close_after_reading();
  server.expect("GET", "/x").reply(200, "there");
  EXPECT_EQ(read_all(*open()), "there");
  ASSERT_EQ(clock.slept().size(), 2U);
  EXPECT_EQ(clock.slept()[0], 7s);
}

TEST_F(HttpIncoming, ARefusalIsReadAtOnce) {
  server.expect("GET", "/x").reply(403, "no: " + pattern(3'000'000));
  server.expect("GET", "/x").reply(200, "next");
  {
    const auto incoming = open();
    EXPECT_EQ(incoming->head().status, 403);
    EXPECT_EQ(incoming->head().body, "no: " + pattern(3'000'000));
    EXPECT_EQ(read_all(*incoming), "");
  }
  EXPECT_EQ(read_all(*open()), "next");
  EXPECT_EQ(server.seen()[1].connection, 1);
}

TEST_F(HttpIncoming, StallsAreNoticed) {
  network.stall_timeout = 80ms;
  server.expect("GET", "/x").reply_then_stall(200, pattern(1000), 400);
  const auto incoming = open();
  const auto error = error_of([&] { read_all(*incoming); });
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("no byte came from"), HasSubstr("stall")));
}

TEST_F(HttpIncoming, ASlowReaderIsNoStall) {
  network.stall_timeout = 100ms;
  const std::string body = pattern(20'000'000);
  server.expect("GET", "/x").reply(200, body);
  const auto incoming = open();
  const auto later = std::chrono::steady_clock::now() + 150ms;
  while (std::chrono::steady_clock::now() < later) std::this_thread::yield();
  EXPECT_TRUE(read_all(*incoming) == body);
}

TEST_F(HttpIncoming, WaitsLongForItsFirstByteOnlyWhereAsked) {
  network.look_up_timeout = 50ms;
  network.first_byte_timeout = 200ms;
  retry.attempts = 1;
  server.expect("GET", "/x").times(2).stall();
  const auto words = [&](bool may_take_long) {
    return std::string(error_of([&] {
                         client().open({.url = server.url() + "/x", .may_repeat = true, .may_take_long = may_take_long},
                                       {});
                       }).what());
  };
  EXPECT_THAT(words(false), HasSubstr("within 50 ms"));
  EXPECT_THAT(words(true), HasSubstr("within 200 ms"));
}

TEST_F(HttpIncoming, AStopEndsTheReading) {
  server.expect("GET", "/x").reply_then_stall(200, pattern(1000), 400);
  std::stop_source stop;
  const auto incoming = open(stop.get_token());
  std::vector<char> room(1000);
  EXPECT_EQ(incoming->read(room), 400U);
  const auto began = std::chrono::steady_clock::now();
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_EQ(error_of([&] { incoming->read(room); }).kind(), ErrorKind::cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
}

// What a pace was told: "before", "after", "after troubled", with what was asked for.
class Notes : public Pace {
 public:
  void before(std::stop_token) override { text += "before "; }
  void after(const Ending& ending) noexcept override {
    text += ending.troubled ? "troubled " : "after ";
    if (ending.retry_after) text += std::to_string(ending.retry_after->count()) + " ";
  }
  std::string text;
};

TEST_F(HttpIncoming, APaceSeesEachAttemptToItsLastByte) {
  Notes notes;
  Client paced(network, retry, clock, &notes);
  server.expect("GET", "/x").reply(429, "", {{"Retry-After", "3600"}});
  server.expect("GET", "/x").reply(200, "a");
  server.expect("GET", "/x").reply(404);
  server.expect("GET", "/x").reply_then_stall(200, "half", 2);
  const Request request{.url = server.url() + "/x", .may_repeat = true};
  {
    const auto incoming = paced.open(request, {});
    EXPECT_EQ(notes.text, "before troubled 60000 before ");
    read_all(*incoming);
  }
  EXPECT_EQ(notes.text, "before troubled 60000 before after ");
  notes.text.clear();
  paced.send(request, {});
  EXPECT_EQ(notes.text, "before after ");
  notes.text.clear();
  std::stop_source stop;
  {
    const auto incoming = paced.open(request, stop.get_token());
    stop.request_stop();
    std::vector<char> room(10);
    while (true) try {
        incoming->read(room);
      } catch (const base::Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::cancelled);
        break;
      }
  }
  EXPECT_EQ(notes.text, "before after ") << "a stop is no trouble of the far side";
}

}  // namespace
}  // namespace tabferry::http
