#include "tableau/sign_in.h"

#include <thread>

#include "site_fixture.h"

namespace tabferry::tableau {
namespace {

class SignIn : public SiteTest {};
class SessionEnd : public SiteTest {};

std::string sign_in_xml(const std::string& attributes, const std::string& content_url = "sales") {
  return "<tsRequest><credentials " + attributes + "><site contentUrl=\"" + content_url +
         "\"/></credentials></tsRequest>";
}

TEST_F(SignIn, ByTokenAsksForTheVersionFirst) {
  server.expect("GET", "/api/2.4/serverInfo").without_header("x-tableau-auth").reply(200, server_info());
  server.expect("POST", "/api/3.29/auth/signin")
      .without_header("x-tableau-auth")
      .with_body(sign_in_xml("personalAccessTokenName=\"nightly\" personalAccessTokenSecret=\"s3cret/+&amp;&lt;tok>\""))
      .reply(200, session());
  site().sign_in({});
  EXPECT_EQ(site().server_version().product_version, "2026.1.0");
  EXPECT_EQ(site().server_version().build, "20261.26.0101");
  EXPECT_EQ(site().server_version().rest_api_version, "3.29");
  EXPECT_EQ(site().site_id(), "5d1e-site");
  EXPECT_EQ(site().user_id(), "u-1");
}

TEST_F(SignIn, ByPasswordOnTheDefaultSiteOfAnOldServer) {
  options.content_url = "";
  credentials = {.kind = Credentials::Kind::password, .name = "admin", .secret = base::Secret("p\"w")};
  server.expect("GET", "/api/2.4/serverInfo").reply(200, server_info("3.5"));
  server.expect("POST", "/api/3.5/auth/signin")
      .with_body(sign_in_xml("name=\"admin\" password=\"p&quot;w\"", ""))
      .reply(200, session());
  server.expect("POST", "/api/3.5/auth/signout").reply(204);
  site().sign_in({});
  EXPECT_EQ(site().server_version().rest_api_version, "3.5");
  site_.reset();
}

TEST_F(SignIn, VersionsAreNumbers) {
  EXPECT_EQ(version_to_speak("3.9"), "3.9");
  EXPECT_EQ(version_to_speak("3.10"), "3.10");
  EXPECT_EQ(version_to_speak("3.27"), "3.27");
  EXPECT_EQ(version_to_speak("3.100"), "3.29");
  EXPECT_EQ(version_to_speak("4.0"), "3.29");
  EXPECT_EQ(version_to_speak("2.8"), "2.8");
  for (const std::string bad : {"", "3", "3.", ".3", "3.x", "3.1.2", "../3.1", "3.1/..", "99999999999.1"})
    EXPECT_EQ(error_of([&] { version_to_speak(bad); }).kind(), ErrorKind::corrupt) << bad;
}

TEST_F(SignIn, SaysThatAServerIsTooOldForTokens) {
  server.expect("GET", "/api/2.4/serverInfo").reply(200, server_info("3.5"));
  const auto error = error_of([&] { site().sign_in({}); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("2026.1.0"), HasSubstr("personal access tokens")));
}

TEST_F(SignIn, SaysThatThereIsNoRestApi) {
  server.expect("GET", "/api/2.4/serverInfo").reply(404, "not found");
  const auto error = error_of([&] { site().sign_in({}); });
  EXPECT_EQ(error.kind(), ErrorKind::not_found);
  EXPECT_THAT(error.what(), AllOf(HasSubstr(server.host()), HasSubstr("404"), HasSubstr("address"), HasSubstr("10.1")));
}

TEST_F(SignIn, SaysThatAWebPageAnswered) {
  server.expect("GET", "/api/2.4/serverInfo").reply(200, web_page());
  const auto error = error_of([&] { site().sign_in({}); });
  EXPECT_EQ(error.kind(), ErrorKind::corrupt);
  EXPECT_THAT(error.what(),
              AllOf(HasSubstr("a web page"), HasSubstr(server.host()), HasSubstr("address"), HasSubstr("proxy")));
}

TEST_F(SignIn, SaysThatSomethingElseAnswered) {
  for (const std::string body :
       {"", "{}", "<other/>", "<tsResponse",
        "<tsResponse><serverInfo><restApiVersion>new</restApiVersion></serverInfo></tsResponse>"}) {
    server.expect("GET", "/api/2.4/serverInfo").reply(200, body);
    EXPECT_EQ(error_of([&] { site().sign_in({}); }).kind(), ErrorKind::corrupt) << body;
  }
}

TEST_F(SignIn, SaysWhereTheVersionLeadsTo) {
  server.expect("GET", "/api/2.4/serverInfo")
      .reply(301, "", {{"Location", "https://other.example/api/2.4/serverInfo?x=1"}});
  const auto error = error_of([&] { site().sign_in({}); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.what(), HasSubstr("https://other.example/api/2.4/serverInfo"));
}

TEST_F(SignIn, AWrongTokenSaysWhatToCheck) {
  server.expect("GET", "/api/2.4/serverInfo").reply(200, server_info());
  // Not even a server that repeats the secret makes us show it.
  server.expect("POST", "/api/3.29/auth/signin")
      .reply(401, ts_error("401001", "Signin Error", "Error signing in with s3cret/+&amp;&lt;tok>"));
  const auto error = error_of([&] { site().sign_in({}); });
  EXPECT_EQ(error.kind(), ErrorKind::denied);
  EXPECT_THAT(error.what(),
              AllOf(HasSubstr("401001"), HasSubstr("Signin Error"), HasSubstr("'nightly'"), HasSubstr("'sales'")));
  EXPECT_THAT(error.what(), AllOf(HasSubstr("expired"), HasSubstr("revoked"), HasSubstr("15 days"), HasSubstr("***")));
  EXPECT_EQ(server.seen().size(), 2U) << "wrong credentials must not be tried again";
}

TEST_F(SignIn, AWrongPasswordSaysWhatToCheck) {
  credentials.kind = Credentials::Kind::password;
  server.expect("GET", "/api/2.4/serverInfo").reply(200, server_info());
  server.expect("POST", "/api/3.29/auth/signin").reply(401, ts_error("401001", "Signin Error", "no"));
  EXPECT_THAT(error_of([&] { site().sign_in({}); }).what(),
              AllOf(HasSubstr("password"), HasSubstr("multi-factor"), HasSubstr("personal access token")));
}

TEST_F(SignIn, AnAnswerWithoutATokenIsRefused) {
  server.expect("GET", "/api/2.4/serverInfo").reply(200, server_info());
  server.expect("POST", "/api/3.29/auth/signin").reply(200, ts("<credentials><site id=\"s\"/></credentials>"));
  const auto error = error_of([&] { site().sign_in({}); });
  EXPECT_EQ(error.kind(), ErrorKind::corrupt);
  EXPECT_THAT(error.what(), HasSubstr("no token"));
}

TEST_F(SignIn, FollowsTheRedirectToThePodOnce) {
  ScriptedServer pod;
  server.expect("GET", "/api/2.4/serverInfo").reply(200, server_info());
  server.expect("POST", "/api/3.29/auth/signin").reply(301, "", {{"Location", pod.url() + "/api/3.29/auth/signin"}});
  pod.expect("POST", "/api/3.29/auth/signin").with_body("personalAccessTokenName=\"nightly\"").reply(200, session());
  pod.expect("GET", kSite + "projects?pageSize=1000&pageNumber=1")
      .with_header("x-tableau-auth", "tok1")
      .reply(401, ts_error("401002", "Unauthorized Access", "Invalid token"));
  pod.expect("POST", "/api/3.29/auth/signin").reply(200, session("tok2"));
  pod.expect("GET", kSite + "projects?pageSize=1000&pageNumber=1")
      .with_header("x-tableau-auth", "tok2")
      .reply(200, ts("<projects/>"));
  pod.expect("POST", "/api/3.29/auth/signout").with_header("x-tableau-auth", "tok2").reply(204);
  site().sign_in({});
  EXPECT_TRUE(site().projects({}).empty());
  site_.reset();
}

TEST_F(SignIn, FollowsOnlyOnce) {
  server.expect("GET", "/api/2.4/serverInfo").reply(200, server_info());
  server.expect("POST", "/api/3.29/auth/signin")
      .times(2)
      .reply(302, "", {{"Location", server.url() + "/api/3.29/auth/signin"}});
  EXPECT_EQ(error_of([&] { site().sign_in({}); }).kind(), ErrorKind::config);
}

TEST_F(SignIn, SendsNoCredentialsElsewhere) {
  server.expect("GET", "/api/2.4/serverInfo").reply(200, server_info());
  server.expect("POST", "/api/3.29/auth/signin")
      .reply(302, "", {{"Location", "http://evil.example/api/3.29/auth/signin?token=s3cret"}});
  const auto error = error_of([&] { site().sign_in({}); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.what(), HasSubstr("http://evil.example"));
}

TEST(PodRedirect, GoesToTheSamePathOverHttpsOnly) {
  const std::string from = "https://online.tableau.com/api/3.29/auth/signin";
  EXPECT_EQ(pod_of(from, "https://10ax.online.tableau.com/api/3.29/auth/signin"), "https://10ax.online.tableau.com");
  EXPECT_EQ(pod_of("http://old.example/api/3.29/auth/signin", "https://old.example/api/3.29/auth/signin"),
            "https://old.example");
  EXPECT_EQ(pod_of("http://127.0.0.1:1/a", "http://localhost:2/a"), "http://localhost:2");
  EXPECT_EQ(pod_of("http://127.0.0.1:1/a", "http://[::1]:2/a"), "http://[::1]:2");
  for (const std::string bad :
       {"", "/api/3.29/auth/signin", "http://10ax.online.tableau.com/api/3.29/auth/signin",
        "https://x/api/3.29/auth/signin2", "https://x/login", "https://x/api/3.29/auth/signin?next=1", "https://",
        "https:///api/3.29/auth/signin", "ftp://x/api/3.29/auth/signin", "https://a@b/api/3.29/auth/signin",
        "http://127.0.0.1/api/3.29/auth/signin", "//x/api/3.29/auth/signin"})
    EXPECT_EQ(pod_of(from, bad), std::nullopt) << bad;
  EXPECT_EQ(pod_of("http://127.0.0.1:1/a", "http://127.evil.example/a"), std::nullopt);
  EXPECT_EQ(pod_of("http://127.0.0.1:1/a", "http://10.0.0.1/a"), std::nullopt);
}

TEST_F(SignIn, ASiteThatIsDownIsTriedAgain) {
  server.expect("GET", "/api/2.4/serverInfo").times(2).reply(503, web_page(), {{"Retry-After", "5"}});
  server.expect("GET", "/api/2.4/serverInfo").reply(200, server_info());
  server.expect("POST", "/api/3.29/auth/signin").reply(429, "", {{"Retry-After", "3"}});
  server.expect("POST", "/api/3.29/auth/signin").reply(200, session());
  site().sign_in({});
  EXPECT_THAT(clock.slept(), ElementsAre(5s, 5s, 3s));
}

TEST_F(SignIn, ASiteThatStaysDownIsTransient) {
  server.expect("GET", "/api/2.4/serverInfo").times(3).reply(503, web_page());
  const auto error = error_of([&] { site().sign_in({}); });
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("503"), HasSubstr("maintenance")));
}

TEST_F(SignIn, NothingWorksWithoutIt) {
  EXPECT_EQ(error_of([&] { site().projects({}); }).kind(), ErrorKind::bug);
}

// ---- sessions that end

TEST_F(SessionEnd, IsRenewedOnceAndTheRequestRepeated) {
  Site& site = signed_in();
  server.expect("GET", kSite + "projects?pageSize=1000&pageNumber=1")
      .reply(401, ts_error("401002", "Unauthorized Access", "Invalid authentication credentials were provided."));
  expect_new_session("tok2");
  server.expect("GET", kSite + "projects?pageSize=1000&pageNumber=1")
      .with_header("x-tableau-auth", "tok2")
      .reply(200, ts("<projects><project id=\"p\" name=\"n\"/></projects>"));
  EXPECT_EQ(site.projects({}).size(), 1U);
  EXPECT_EQ(credentials_read, 2) << "a rotated secret must work";
}

TEST_F(SessionEnd, RightAfterASignInMeansAnotherClient) {
  Site& site = signed_in();
  server.expect("GET", kSite + "projects?pageSize=1000&pageNumber=1")
      .reply(401, ts_error("401002", "Unauthorized Access", "tok1"));
  expect_new_session("tok2");
  server.expect("GET", kSite + "projects?pageSize=1000&pageNumber=1")
      .reply(401, ts_error("401002", "Unauthorized Access", "Invalid: tok2"));
  const auto error = error_of([&] { site.projects({}); });
  EXPECT_EQ(error.kind(), ErrorKind::denied);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("another client uses this token"),
                                  HasSubstr("two sign-ins with one token end each other's session")));
}

TEST_F(SessionEnd, AgainAndAgainWithinAMinuteMeansAnotherClient) {
  Site& site = signed_in();
  for (int i = 0; i < 3; ++i) {
    server.expect("GET", kSite + "projects*").reply(401, ts_error("401002", "Unauthorized Access", "Invalid"));
    expect_new_session("tok2");
    server.expect("GET", kSite + "projects*").reply(200, ts("<projects/>"));
    site.projects({});
  }
  server.expect("GET", kSite + "projects*").reply(401, ts_error("401002", "Unauthorized Access", "Invalid"));
  EXPECT_THAT(error_of([&] { site.projects({}); }).what(), HasSubstr("another client uses this token"));
}

TEST_F(SessionEnd, AfterHoursIsOrdinary) {
  Site& site = signed_in();
  for (int i = 0; i < 6; ++i) {
    clock.sleep_for(2h, {});
    server.expect("GET", kSite + "projects*").reply(401, ts_error("401000", "Unauthorized Access", "No credentials"));
    expect_new_session("tok2");
    server.expect("GET", kSite + "projects*").reply(200, ts("<projects/>"));
    site.projects({});
  }
  EXPECT_EQ(credentials_read, 7);
}

TEST_F(SessionEnd, WithARevokedTokenSaysWhatToCheck) {
  Site& site = signed_in();
  server.expect("GET", kSite + "projects*").reply(401, ts_error("401002", "Unauthorized Access", "Invalid"));
  server.expect("POST", "/api/3.29/auth/signin").reply(401, ts_error("401001", "Signin Error", "no"));
  EXPECT_THAT(error_of([&] { site.projects({}); }).what(), HasSubstr("revoked"));
  EXPECT_THAT(error_of([&] { site.projects({}); }).what(), HasSubstr("revoked"));
  EXPECT_EQ(server.seen().size(), 4U) << "a wrong token is not tried again";
  site_.reset();  // nothing to sign out from
}

TEST_F(SessionEnd, OtherRefusalsAreNotRepeated) {
  Site& site = signed_in();
  server.expect("GET", kSite + "projects*").reply(403, ts_error("403004", "Forbidden", "Not permitted"));
  const auto error = error_of([&] { site.projects({}); });
  EXPECT_EQ(error.kind(), ErrorKind::denied);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("listing the projects"), HasSubstr("403 (403004)"),
                                  HasSubstr("Forbidden: Not permitted")));
}

TEST_F(SessionEnd, SignOutIgnoresEveryFailure) {
  Site& site = signed_in();
  server.expect("POST", "/api/3.29/auth/signout").reply(401, ts_error("401002", "Unauthorized Access", "Invalid"));
  site.sign_out({});
  site.sign_out({});  // there is no session any more
  site_.reset();
}

TEST_F(SessionEnd, SignOutDoesNotWaitForASiteThatHangs) {
  options.network.first_byte_timeout = 1h;
  options.sign_out_limit = 500ms;
  Site& site = signed_in();
  server.expect("POST", "/api/3.29/auth/signout").stall();
  const auto began = std::chrono::steady_clock::now();
  site.sign_out({});
  EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
  site_.reset();
}

TEST_F(SessionEnd, SignOutDoesNotWaitForAnAnswerThatDrips) {
  EXPECT_LE(SiteOptions{}.sign_out_limit, 10s);
  options.sign_out_limit = 500ms;
  Site& site = signed_in();
  server.expect("POST", "/api/3.29/auth/signout").reply_dripping(200);
  site.sign_out({});
  site_.reset();
}

TEST_F(SessionEnd, LookUpsDoNotWaitForAnswersThatDrip) {
  EXPECT_LE(SiteOptions{}.look_up_limit, 300s);
  options.retry.attempts = 1;
  options.look_up_limit = 700ms;
  Site& site = signed_in();
  server.expect("GET", kSite + "projects*").reply_dripping(200);
  const auto error = error_of([&] { site.projects({}); });
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("listing the projects"), HasSubstr("did not finish its answer")));
}

TEST_F(SessionEnd, ASignInThatFailedInPassingIsTriedAgainByTheNextRequest) {
  options.retry.attempts = 1;
  Site& site = signed_in();
  server.expect("GET", kSite + "projects*").reply(401, ts_error("401002", "Unauthorized Access", "Invalid"));
  server.expect("POST", "/api/3.29/auth/signin").reply(503, web_page());
  EXPECT_EQ(error_of([&] { site.projects({}); }).kind(), ErrorKind::transient);
  expect_new_session("tok2");
  server.expect("GET", kSite + "projects*").with_header("x-tableau-auth", "tok2").reply(200, ts("<projects/>"));
  site.projects({});
}

TEST_F(SessionEnd, SignsOutAfterACancelToo) {
  Site& site = signed_in();
  server.expect("GET", kSite + "projects*").stall();
  std::stop_source stop;
  const std::jthread stopper([&] {
    EXPECT_TRUE(server.wait_for_requests(3));
    stop.request_stop();
  });
  EXPECT_EQ(error_of([&] { site.projects(stop.get_token()); }).kind(), ErrorKind::cancelled);
}  // TearDown expects the sign-out

// ---- what answers mean

TEST(Answers, StatusAndCodeMakeTheKind) {
  const auto kind = [](int status, const std::string& code = "") {
    return Answer({.status = status, .body = code.empty() ? "" : ts_error(code, "s", "d")}, "host").kind();
  };
  EXPECT_EQ(kind(400, "400003"), ErrorKind::bug);
  EXPECT_EQ(kind(400, "400011"), ErrorKind::corrupt);
  EXPECT_EQ(kind(401, "401001"), ErrorKind::denied);
  EXPECT_EQ(kind(403, "403004"), ErrorKind::denied);
  EXPECT_EQ(kind(404, "404005"), ErrorKind::not_found);
  EXPECT_EQ(kind(405, "405000"), ErrorKind::config);
  EXPECT_EQ(kind(408), ErrorKind::transient);
  EXPECT_EQ(kind(409, "409006"), ErrorKind::conflict);
  EXPECT_EQ(kind(413), ErrorKind::config);
  EXPECT_EQ(kind(429), ErrorKind::transient);
  for (const int status : {500, 502, 503, 504}) EXPECT_EQ(kind(status), ErrorKind::transient);
}

TEST(Answers, AreReadWhateverTheNamespace) {
  const std::string body =
      R"(<t:tsResponse xmlns:t="http://tableausoftware.com/api"><t:error code="404005"><t:summary>Resource Not Found</t:summary><t:detail>'a'</t:detail></t:error></t:tsResponse>)";
  const Answer answer({.status = 404, .body = body}, "host");
  EXPECT_EQ(answer.code(), 404005);
  EXPECT_EQ(answer.words(), "host answered 404 (404005): 'Resource Not Found: 'a''");
}

TEST(Answers, HostileOnesStayShortAndHarmless) {
  const Answer long_one({.status = 400, .body = ts_error("400000", "Bad Request", std::string(100'000, 'x'))}, "host");
  EXPECT_LT(long_one.words().size(), 1000U);
  const Answer control({.status = 400, .body = ts_error("x400000", "Bad\tRequest", "line 1&#10;line 2&#27;[31m")},
                       "host");
  EXPECT_EQ(control.code(), 0);
  EXPECT_THAT(control.words(), Not(AnyOf(HasSubstr("\n"), HasSubstr("\x1b"))));
  EXPECT_EQ(Answer({.status = 500, .body = "<tsResponse><error code='1'>"}, "host").code(), 0);
  EXPECT_EQ(
      Answer({.status = 500, .body = "<!DOCTYPE a [<!ENTITY b 'c'>]><tsResponse><error code='500000'/></tsResponse>"},
             "host")
          .code(),
      0);
}

}  // namespace
}  // namespace tabferry::tableau
