// Several threads on one session: a second sign-in with the same token would end the first.
#include <thread>

#include "site_fixture.h"

namespace tabferry::tableau {
namespace {

constexpr int kLanes = 8;

class Lanes : public SiteTest {
 protected:
  // Signed in as tok1: two requests were seen. On the machine's clock, for FakeClock is one thread's.
  Site sign_in() {
    server.expect("GET", "/api/2.4/serverInfo").reply(200, server_info());
    server.expect("POST", "/api/3.29/auth/signin").reply(200, session());
    Site site(options, base::system_clock());
    site.sign_in({});
    return site;
  }
  test::Step& expect_list(const std::string& token) {
    return server.expect("GET", kSite + "projects?pageSize=1000&pageNumber=1").with_header("x-tableau-auth", token);
  }
  test::Step& expect_ended_list(const std::string& token) {
    return expect_list(token).reply(401, ts_error("401002", "Unauthorized Access", "Invalid"));
  }
  void expect_sign_out(const std::string& token) {
    server.expect("POST", "/api/3.29/auth/signout").with_header("x-tableau-auth", token).reply(204);
  }
  // Lists the projects on a thread and a lane of its own.
  template <class Work>
  static std::vector<std::jthread> on_lanes(const Site& site, int count, Work work) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back([lane = site.lane(), work]() mutable { work(lane); });
    return threads;
  }
};

TEST_F(Lanes, AllMeetTheEndAtOnceAndOneSignsIn) {
  Site site = sign_in();
  expect_ended_list("tok1").times(kLanes).after(2 + kLanes);
  expect_new_session("tok2");
  expect_list("tok2").times(kLanes).reply(200, ts("<projects><project id=\"p\" name=\"n\"/></projects>"));
  expect_sign_out("tok2");
  std::atomic<int> listed = 0;
  on_lanes(site, kLanes, [&](Site& lane) { listed += static_cast<int>(lane.projects({}).size()); }).clear();
  EXPECT_EQ(listed, kLanes);
  EXPECT_EQ(credentials_read, 2);
}

TEST_F(Lanes, OneThatHearsOfTheEndLateGoesOnWithTheNewToken) {
  Site site = sign_in();
  expect_ended_list("tok1").after(6);  // on its way while another lane meets the end, signs in and goes on
  std::jthread late([lane = site.lane()]() mutable { EXPECT_TRUE(lane.projects({}).empty()); });
  ASSERT_TRUE(server.wait_for_requests(3));
  expect_ended_list("tok1");
  expect_new_session("tok2");
  expect_list("tok2").times(2).reply(200, ts("<projects/>"));
  expect_sign_out("tok2");
  EXPECT_TRUE(site.projects({}).empty());
  late.join();
  EXPECT_EQ(credentials_read, 2);
}

TEST_F(Lanes, AWrongTokenIsTriedOnceForAll) {
  Site site = sign_in();
  expect_ended_list("tok1").times(kLanes).after(2 + kLanes);
  server.expect("POST", "/api/3.29/auth/signin").reply(401, ts_error("401001", "Signin Error", "no"));
  std::atomic<int> denied = 0;
  on_lanes(site, kLanes, [&](Site& lane) {
    const auto error = error_of([&] { lane.projects({}); });
    denied += error.kind() == ErrorKind::denied && std::string(error.what()).find("revoked") != std::string::npos;
  }).clear();
  EXPECT_EQ(denied, kLanes);
  EXPECT_EQ(error_of([&] { site.projects({}); }).kind(), ErrorKind::denied);
}

TEST_F(Lanes, ASignInThatIsStoppedIsTakenOver) {
  Site site = sign_in();
  expect_ended_list("tok1");
  server.expect("POST", "/api/3.29/auth/signin").stall();
  expect_new_session("tok2");
  expect_list("tok2").reply(200, ts("<projects/>"));
  expect_sign_out("tok2");
  std::stop_source stop;
  std::jthread stopped([&, lane = site.lane()]() mutable {
    EXPECT_EQ(error_of([&] { lane.projects(stop.get_token()); }).kind(), ErrorKind::cancelled);
  });
  ASSERT_TRUE(server.wait_for_requests(4));
  std::jthread other([lane = site.lane()]() mutable { EXPECT_TRUE(lane.projects({}).empty()); });
  stop.request_stop();
  stopped.join();
  other.join();
}

TEST_F(Lanes, AStopEndsTheWaitForAnotherLanesSignIn) {
  Site site = sign_in();
  expect_ended_list("tok1");
  server.expect("POST", "/api/3.29/auth/signin").stall();
  std::stop_source stop_first, stop_second;
  std::jthread first([&, lane = site.lane()]() mutable {
    EXPECT_EQ(error_of([&] { lane.projects(stop_first.get_token()); }).kind(), ErrorKind::cancelled);
  });
  ASSERT_TRUE(server.wait_for_requests(4));
  std::jthread second([&, lane = site.lane()]() mutable {
    EXPECT_EQ(error_of([&] { lane.projects(stop_second.get_token()); }).kind(), ErrorKind::cancelled);
  });
  stop_second.request_stop();
  second.join();  // while the first one still waits for the site
  stop_first.request_stop();
}

TEST_F(Lanes, TheLastOneSignsOut) {
  auto first = std::make_unique<Site>(sign_in());
  Site lane = first->lane();
  EXPECT_EQ(lane.site_id(), "5d1e-site");
  EXPECT_EQ(lane.server_version().rest_api_version, "3.29");
  first.reset();
  expect_list("tok1").reply(200, ts("<projects/>"));
  EXPECT_TRUE(lane.projects({}).empty());
  expect_sign_out("tok1");
}

TEST_F(Lanes, AreSignedInByAnyOfThem) {
  Site site(options, base::system_clock());
  Site lane = site.lane();
  server.expect("GET", "/api/2.4/serverInfo").reply(200, server_info());
  server.expect("POST", "/api/3.29/auth/signin").reply(200, session());
  lane.sign_in({});
  expect_list("tok1").reply(200, ts("<projects/>"));
  EXPECT_TRUE(site.projects({}).empty());
  expect_sign_out("tok1");
  site.sign_out({});
  EXPECT_EQ(error_of([&] { lane.projects({}); }).kind(), ErrorKind::bug);
}

}  // namespace
}  // namespace tabferry::tableau
