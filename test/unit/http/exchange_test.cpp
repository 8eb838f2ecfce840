#include "http/exchange.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "support/scripted_server.h"

namespace tabferry::http {
namespace {

using namespace std::chrono_literals;
using test::ScriptedServer;

// More than the spill holds: curl pauses and goes on, and not a byte is lost or doubled.
TEST(HttpExchange, PausesWhereTheReaderTakesLess) {
  std::string body;
  for (int i = 0; body.size() < 4'000'000; ++i) body += std::to_string(i) + " ";
  ScriptedServer server;
  server.expect("GET", "/x").times(3).reply(200, body);
  Wire wire({.connect_timeout = 60s, .first_byte_timeout = 60s, .stall_timeout = 60s});
  wire.spill = Spill(20'000);
  for (const size_t piece : {7'000U, 30'000U, 500'000U}) {
    Exchange exchange(wire, {.url = server.url() + "/x", .may_repeat = true}, true, {});
    EXPECT_EQ(exchange.run().status, 200);
    std::string all;
    std::vector<char> room(piece);
    while (const size_t got = exchange.read(room)) all.append(room.data(), got);
    EXPECT_TRUE(all == body) << piece;
  }
  for (const auto& seen : server.seen()) EXPECT_EQ(seen.connection, 1);
}

TEST(HttpExchange, ACutBehindAPauseIsSeen) {
  const std::string body(3'000'000, 'x');
  ScriptedServer server;
  server.expect("GET", "/x").reply_cut(200, body, 2'000'000);
  Wire wire({.connect_timeout = 60s, .first_byte_timeout = 60s, .stall_timeout = 60s});
  wire.spill = Spill(20'000);
  Exchange exchange(wire, {.url = server.url() + "/x", .may_repeat = true}, true, {});
  exchange.run();
  std::vector<char> room(1000);
  const auto read_all = [&] {
    while (exchange.read(room) > 0) continue;
  };
  EXPECT_THROW(read_all(), base::Error);
}

}  // namespace
}  // namespace tabferry::http
