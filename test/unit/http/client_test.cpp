#include "http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/error.h"
#include "support/fake_clock.h"
#include "support/scripted_server.h"

namespace tabferry::http {
namespace {

using namespace std::chrono_literals;
using base::ErrorKind;
using test::FakeClock;
using test::ScriptedServer;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// What send() threw; a test fails where it threw nothing.
base::Error error_of(Client& client, const Request& request, std::stop_token stop = {}) {
  try {
    const Response response = client.send(request, stop);
    ADD_FAILURE() << "an answer came: " << response.status;
  } catch (const base::Error& error) {
    return error;
  }
  return {ErrorKind::bug, ""};
}

class HttpClient : public ::testing::Test {
 protected:
  Client& client() {
    if (!client_) client_ = std::make_unique<Client>(network, retry, clock);
    return *client_;
  }
  Request get(const std::string& target = "/x") { return {.url = server.url() + target, .may_repeat = true}; }
  Request post(std::string body, const std::string& target = "/x") {
    return {.method = "POST", .url = server.url() + target, .body = text_body(std::move(body))};
  }

  ScriptedServer server;
  FakeClock clock;
  NetworkOptions network{.connect_timeout = 60s, .first_byte_timeout = 60s, .stall_timeout = 60s};
  Retry retry{.attempts = 3};

 private:
  std::unique_ptr<Client> client_;
};

std::string pattern(size_t size) {
  std::string text;
  text.reserve(size);
  while (text.size() < size)
    text.append("abcdefghijklmnopqrstuvwxyz0123456789\n", std::min<size_t>(37, size - text.size()));
  return text;
}

TEST_F(HttpClient, GivesStatusHeadersAndBody) {
  server.expect("GET", "/a?b=c%20d").reply(404, "not here", {{"X-Two-Words", "  v w  "}, {"x-two-words", "second"}});
  const Response response = client().send(get("/a?b=c%20d"), {});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, "not here");
  EXPECT_EQ(response.header("x-two-words"), "v w");
  EXPECT_EQ(response.header("absent"), "");
  EXPECT_FALSE(client().outcome_unknown());
}

TEST_F(HttpClient, SaysWhoItIsAndAsksForNoContinue) {
  server.expect("POST", "/x")
      .with_header("user-agent", "tabferry/" TABFERRY_VERSION)
      .without_header("expect")
      .reply(200);
  const std::string body = pattern(3'000'000);
  EXPECT_EQ(client().send(post(body), {}).status, 200);
  EXPECT_EQ(server.seen()[0].header("content-length"), "3000000");
  EXPECT_EQ(server.seen()[0].body, body);
}

TEST_F(HttpClient, SendsAnEmptyBodyWithItsLength) {
  server.expect("POST", "/x").with_header("content-length", "0").reply(201);
  server.expect("PUT", "/x").with_header("content-length", "0").reply(201);
  server.expect("DELETE", "/x").reply(204);
  EXPECT_EQ(client().send({.method = "POST", .url = server.url() + "/x"}, {}).status, 201);
  EXPECT_EQ(client().send({.method = "PUT", .url = server.url() + "/x", .body = text_body("")}, {}).status, 201);
  EXPECT_EQ(client().send({.method = "DELETE", .url = server.url() + "/x"}, {}).status, 204);
}

TEST_F(HttpClient, SendsHeadersAsGivenAndRefusesLineEndsInThem) {
  server.expect("GET", "/x").with_header("x-tableau-auth", "tok|en").reply(200);
  Request request = get();
  request.headers = {{"X-Tableau-Auth", "tok|en"}};
  EXPECT_EQ(client().send(request, {}).status, 200);
  request.headers = {{"X-Tableau-Auth", "secret\r\nX-Evil: 1"}};
  const auto error = error_of(client(), request);
  EXPECT_EQ(error.kind(), ErrorKind::corrupt);
  EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
}

TEST_F(HttpClient, KeepsItsConnection) {
  server.expect("GET", "/x").times(3).reply(200, "ok");
  for (int i = 0; i < 3; ++i) client().send(get(), {});
  for (const auto& seen : server.seen()) EXPECT_EQ(seen.connection, 1);
}

TEST_F(HttpClient, DoesNotFollowRedirects) {
  server.expect("GET", "/x").reply(302, "", {{"Location", server.url() + "/elsewhere"}});
  const Response response = client().send(get(), {});
  EXPECT_EQ(response.status, 302);
  EXPECT_EQ(response.header("location"), server.url() + "/elsewhere");
}

TEST_F(HttpClient, PassesOverInterimAnswers) {
  server.expect("GET", "/x").interim(100).interim(103).reply(200, "the answer", {{"X-Final", "1"}});
  const Response response = client().send(get(), {});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "the answer");
  EXPECT_EQ(response.header("x-final"), "1");
  EXPECT_EQ(response.header("x-interim"), "");
}

TEST_F(HttpClient, TellsHowFarTheBodyWentOut) {
  server.expect("POST", "/x").reply(200);
  std::vector<uint64_t> steps;
  Request request = post(pattern(2'000'000));
  request.on_sent = [&](uint64_t bytes) { steps.push_back(bytes); };
  client().send(request, {});
  ASSERT_FALSE(steps.empty());
  EXPECT_TRUE(std::is_sorted(steps.begin(), steps.end()));
  EXPECT_EQ(steps.back(), 2'000'000U);
}

TEST_F(HttpClient, RefusesAnAnswerWithoutEnd) {
  server.expect("GET", "/x").reply(200, std::string((size_t{64} << 20) + 1, 'x'));
  const auto error = error_of(client(), get());
  EXPECT_EQ(error.kind(), ErrorKind::corrupt);
  EXPECT_THAT(error.what(), HasSubstr("67.1 MB"));
}

TEST_F(HttpClient, ReportsAnAnswerBeforeTheBodyWasRead) {
  server.expect("POST", "/x").reply_early(1000, 413, "too large");
  const Response response = client().send(post(pattern(16'000'000)), {});
  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.body, "too large");
}

// ---- failures

TEST_F(HttpClient, SaysThatAConnectionIsRefused) {
  std::string dead;
  { dead = ScriptedServer().url(); }
  const auto error = error_of(client(), {.url = dead + "/x", .may_repeat = true});
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(),
              AllOf(HasSubstr("127.0.0.1:"), HasSubstr("connection refused"), HasSubstr("tried 3 times")));
  EXPECT_FALSE(client().outcome_unknown());
  EXPECT_EQ(clock.slept().size(), 2U);
}

TEST_F(HttpClient, SaysThatANameIsUnknown) {
  retry.attempts = 1;
  const auto error = error_of(client(), {.url = "http://no-such-host.invalid/x"});
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("no-such-host.invalid"), HasSubstr("not known to DNS")));
}

TEST_F(HttpClient, SaysThatAnAddressIsNone) {
  EXPECT_EQ(error_of(client(), {.url = "ftp://127.0.0.1/x"}).kind(), ErrorKind::config);
  EXPECT_EQ(error_of(client(), {.url = "http://127.0.0.1:notaport/x"}).kind(), ErrorKind::config);
}

TEST_F(HttpClient, KeepsAPasswordInTheAddressToItself) {
  retry.attempts = 1;
  const auto error = error_of(client(), {.url = "http://user:hunter2@no-such-host.invalid/x"});
  EXPECT_THAT(error.what(), AllOf(HasSubstr("no-such-host.invalid"), Not(HasSubstr("hunter2"))));
}

TEST_F(HttpClient, GivesUpWaitingForTheFirstByte) {
  network.first_byte_timeout = 80ms;
  server.expect("POST", "/x").stall();
  const auto error = error_of(client(), post("body"));
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("gave no answer within 80 ms"), HasSubstr("first-byte")));
  EXPECT_TRUE(client().outcome_unknown());
}

TEST_F(HttpClient, AnInterimAnswerIsNoFirstByte) {
  network.first_byte_timeout = 80ms;
  server.expect("POST", "/x").interim(102).stall();
  EXPECT_THAT(error_of(client(), post("body")).what(), HasSubstr("first-byte"));
}

TEST_F(HttpClient, GivesUpWhereTheAnswerStalls) {
  network.stall_timeout = 80ms;
  server.expect("POST", "/x").reply_then_stall(200, "half of it", 4);
  const auto error = error_of(client(), post("body"));
  EXPECT_THAT(error.what(), AllOf(HasSubstr("no byte came from"), HasSubstr("80 ms"), HasSubstr("stall")));
  EXPECT_TRUE(client().outcome_unknown());
}

TEST_F(HttpClient, GivesUpOnAnAnswerThatDripsWhereAskedTo) {
  server.expect("POST", "/x").reply_dripping(200);
  Request request = post("body");
  request.total_limit = 120ms;
  const auto began = std::chrono::steady_clock::now();
  const auto error = error_of(client(), request);
  EXPECT_GE(std::chrono::steady_clock::now() - began, 120ms);
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(), AllOf(HasSubstr(server.host()), HasSubstr("did not finish its answer within 120 ms")));
  EXPECT_TRUE(client().outcome_unknown());
}

TEST_F(HttpClient, TheTotalLimitIsOneOfEachTry) {
  server.expect("GET", "/x").times(2).reply_dripping(200);
  server.expect("GET", "/x").reply(200, "whole");
  Request request = get();
  request.total_limit = 400ms;
  EXPECT_EQ(client().send(request, {}).body, "whole");
}

TEST_F(HttpClient, TheTotalLimitHoldsForTheBodyToo) {
  server.expect("POST", "/x").stop_reading_after(10);
  Request request = post(pattern(16'000'000));
  request.total_limit = 100ms;
  EXPECT_THAT(error_of(client(), request).what(), HasSubstr("within 100 ms"));
  EXPECT_FALSE(client().outcome_unknown());
}

TEST_F(HttpClient, GivesUpWhereTheBodyStalls) {
  network.stall_timeout = 80ms;
  server.expect("POST", "/x").stop_reading_after(10);
  const auto error = error_of(client(), post(pattern(16'000'000)));
  EXPECT_THAT(error.what(), AllOf(HasSubstr("no byte went to"), HasSubstr("80 ms"), HasSubstr("stall")));
  EXPECT_FALSE(client().outcome_unknown());
}

TEST_F(HttpClient, GivesUpConnecting) {
  network.connect_timeout = 80ms;
  retry.attempts = 1;
  // TEST-NET-1 (RFC 5737) answers nobody; a machine without a route says so at once.
  const auto error = error_of(client(), {.url = "http://192.0.2.1:81/x"});
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(), HasSubstr("192.0.2.1:81"));
}

TEST_F(HttpClient, AResetWhileSendingIsNotUnknown) {
  server.expect("POST", "/x").reset_after(1000);
  const auto error = error_of(client(), post(pattern(16'000'000)));
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(), HasSubstr("before the whole request had gone out"));
  EXPECT_FALSE(client().outcome_unknown());
  EXPECT_EQ(server.seen().size(), 1U);
}

TEST_F(HttpClient, ABrokenBodyGoesOutAgainWhereAskedTo) {
  server.expect("POST", "/x").reset_after(1000);
  server.expect("POST", "/x").reply(201, "done");
  const std::string body = pattern(16'000'000);
  Request request = post(body);
  request.repeat_if_cut = true;
  EXPECT_EQ(client().send(request, {}).status, 201);
  ASSERT_EQ(server.seen().size(), 2U);
  EXPECT_TRUE(server.seen()[1].body == body);
}

TEST_F(HttpClient, AWholeBodyWithoutAnswerIsUnknownAndNeverRepeated) {
  server.expect("POST", "/x").close_after_reading();
  Request request = post("the body");
  request.repeat_if_cut = true;
  const auto error = error_of(client(), request);
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(), HasSubstr("before the whole answer"));
  EXPECT_TRUE(client().outcome_unknown());
  EXPECT_EQ(server.seen().size(), 1U);
}

// curl sends a request again by itself where a connection that it kept is closed without an answer.
TEST_F(HttpClient, AWholeBodyOnAKeptConnectionIsNotRepeatedEither) {
  server.expect("GET", "/x").reply(200);
  server.expect("POST", "/x").close_after_reading();
  server.expect("POST", "/empty").close_after_reading();
  client().send(get(), {});
  error_of(client(), post("the body"));
  EXPECT_TRUE(client().outcome_unknown());
  error_of(client(), {.method = "POST", .url = server.url() + "/empty"});
  EXPECT_TRUE(client().outcome_unknown());
  EXPECT_EQ(server.seen().size(), 3U);
}

TEST_F(HttpClient, AKeptConnectionThatDiedIsNoFailure) {
  server.expect("GET", "/x").reply(200);
  server.expect("GET", "/x").close_unread();
  server.expect("GET", "/x").reply(200, "again");
  client().send(get(), {});
  EXPECT_EQ(client().send(get(), {}).body, "again");
}

TEST_F(HttpClient, ACutAnswerIsRepeatedOnlyWhereThatDoesNoHarm) {
  server.expect("GET", "/x").reply_cut(200, "whole answer", 5);
  server.expect("GET", "/x").reply(200, "whole answer");
  server.expect("POST", "/x").reply_cut(200, "whole answer", 5);
  EXPECT_EQ(client().send(get(), {}).body, "whole answer");
  const auto error = error_of(client(), post("body"));
  EXPECT_THAT(error.what(), HasSubstr("before the whole answer"));
  EXPECT_TRUE(client().outcome_unknown());
}

TEST_F(HttpClient, WhatIsNoHttpIsAFailure) {
  retry.attempts = 1;
  server.expect("GET", "/x").reply_raw("SSH-2.0-OpenSSH_9.2\r\n");
  EXPECT_EQ(error_of(client(), get()).kind(), ErrorKind::transient);
}

TEST_F(HttpClient, HeadersWithoutEndAreAFailure) {
  retry.attempts = 1;
  std::string endless = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 30; ++i) endless += "X-Long: " + std::string(90'000, 'h') + "\r\n";
  server.expect("GET", "/x").reply_raw(endless);
  const auto error = error_of(client(), get());
  EXPECT_LT(std::string(error.what()).size(), 500U);
}

TEST_F(HttpClient, ABodyThatBecameShorterIsNeverSentAsWhole) {
  server.expect("POST", "/x").close_after_reading();
  Request request = post("");
  request.body = Body{.size_bytes = 3'000'000, .open = text_body(pattern(1'500'000)).open};
  const auto error = error_of(client(), request);
  EXPECT_EQ(error.kind(), ErrorKind::conflict);
  EXPECT_THAT(error.what(), HasSubstr("became shorter"));
  ASSERT_TRUE(server.wait_for_requests(1));
  EXPECT_FALSE(server.seen()[0].whole_body);
  EXPECT_FALSE(client().outcome_unknown());
}

class FailingSource : public io::ByteSource {
 public:
  size_t read(std::span<char> into) override {
    if (++reads_ > 30) base::fail(ErrorKind::io, "the disk is gone");
    std::fill(into.begin(), into.end(), 'x');
    return into.size();
  }

 private:
  int reads_ = 0;
};

TEST_F(HttpClient, WhatTheBodyThrowsComesOut) {
  server.expect("POST", "/x").close_after_reading();
  Request request = post("");
  request.body = Body{.size_bytes = 160'000'000, .open = [] { return std::make_unique<FailingSource>(); }};
  const auto error = error_of(client(), request);
  EXPECT_EQ(error.kind(), ErrorKind::io);
  EXPECT_STREQ(error.what(), "the disk is gone");
  EXPECT_TRUE(server.wait_for_requests(1));
}

// ---- stopping

TEST_F(HttpClient, AStopEndsAWaitWithinASecond) {
  server.expect("POST", "/x").stall();
  std::stop_source stop;
  const std::jthread stopper([&] {
    EXPECT_TRUE(server.wait_for_requests(1));
    stop.request_stop();
  });
  const auto began = std::chrono::steady_clock::now();
  const auto error = error_of(client(), post("body"), stop.get_token());
  EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
  EXPECT_TRUE(client().outcome_unknown());
}

TEST_F(HttpClient, AStopThatCameBeforeSendsNothing) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(error_of(client(), get(), stop.get_token()).kind(), ErrorKind::cancelled);
}

TEST_F(HttpClient, AStopEndsTheWaitBetweenAttempts) {
  server.expect("GET", "/x").reply(503);
  std::stop_source stop;
  clock.on_sleep = [&] { stop.request_stop(); };
  const auto error = error_of(client(), get(), stop.get_token());
  EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  EXPECT_THAT(error.what(), HasSubstr("answered 503"));
}

// ---- trying again

TEST_F(HttpClient, WaitsAsLongAsItIsTold) {
  server.expect("POST", "/x").reply(429, "", {{"Retry-After", "7"}});
  server.expect("POST", "/x")
      .reply(503, "", {{"Retry-After", "Fri, 02 Jan 2026 03:04:42 GMT"}});  // the clock then says 03:04:12
  server.expect("POST", "/x").reply(201);
  EXPECT_EQ(client().send(post("body"), {}).status, 201);
  EXPECT_THAT(clock.slept(), ElementsAre(7s, 30s));
}

TEST_F(HttpClient, NeverWaitsLongerThanAllowed) {
  retry.max_wait = 20s;
  server.expect("GET", "/x").reply(429, "", {{"Retry-After", "86400"}});
  server.expect("GET", "/x").reply(429, "", {{"Retry-After", "99999999999999999999"}});
  server.expect("GET", "/x").reply(429, "slow down");
  EXPECT_EQ(client().send(get(), {}).status, 429);
  EXPECT_THAT(clock.slept(), ElementsAre(20s, 20s));
}

TEST_F(HttpClient, SaysThatItWaits) {
  std::vector<std::string> said;
  retry.on_wait = [&](const std::string& text) { said.push_back(text); };
  server.expect("GET", "/x").reply(503, "", {{"Retry-After", "2"}});
  server.expect("GET", "/x").reply(200);
  client().send(get(), {});
  EXPECT_THAT(said, ElementsAre(server.host() + " answered 503; attempt 2 of 3 in 2.0 s"));
}

TEST_F(HttpClient, RepeatsServerErrorsOnlyWhereThatDoesNoHarm) {
  for (const int status : {500, 502, 504}) {
    server.expect("GET", "/x").reply(status);
    server.expect("GET", "/x").reply(200);
    server.expect("POST", "/x").reply(status);
    EXPECT_EQ(client().send(get(), {}).status, 200);
    EXPECT_EQ(client().send(post("body"), {}).status, status);
  }
}

TEST_F(HttpClient, DoesNotRepeatWhatIsRefused) {
  for (const int status : {400, 401, 403, 404, 409, 501}) {
    server.expect("GET", "/x").reply(status);
    EXPECT_EQ(client().send(get(), {}).status, status);
  }
  EXPECT_TRUE(clock.slept().empty());
}

// ---- proxies

TEST_F(HttpClient, GoesThroughTheProxy) {
  network.proxy = server.url();
  server.expect("GET", "http://site.example/x?y").with_header("host", "site.example").reply(200, "through");
  EXPECT_EQ(client().send({.url = "http://site.example/x?y", .may_repeat = true}, {}).body, "through");
}

TEST_F(HttpClient, GoesThroughTheProxyOfTheEnvironment) {
  ::setenv("http_proxy", server.url().c_str(), 1);
  server.expect("GET", "http://site.example/x").reply(200, "through");
  EXPECT_EQ(client().send({.url = "http://site.example/x", .may_repeat = true}, {}).body, "through");
  server.expect("GET", "/x").reply(200, "straight");  // no_proxy names 127.0.0.1
  EXPECT_EQ(client().send(get(), {}).body, "straight");
  ::unsetenv("http_proxy");
}

TEST_F(HttpClient, SaysThatTheProxyRefuses) {
  network.proxy = "http://me:hunter2@" + server.host();
  server.expect("CONNECT", "site.example:443")
      .reply(407, "", {{"Proxy-Authenticate", "Basic realm=\"x\""}})
      .then_close();
  const auto error = error_of(client(), {.url = "https://site.example/x", .may_repeat = true});
  EXPECT_EQ(error.kind(), ErrorKind::denied);
  EXPECT_THAT(error.what(),
              AllOf(HasSubstr("the proxy " + server.host()), HasSubstr("407"), Not(HasSubstr("hunter2"))));
}

}  // namespace
}  // namespace tabferry::http
