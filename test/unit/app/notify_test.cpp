// `notify:`: read, and told.
#include "app/notify.h"

#include <signal.h>

#include <cstdlib>
#include <new>
#include <thread>

#include "app/alarm.h"
#include "app/notice.h"
#include "base/text.h"
#include "config_fixture.h"
#include "support/scripted_server.h"

namespace tabferry::app {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class Listener : public report::Reporter {
 public:
  void step(const std::string& what) override { steps.push_back(what); }
  void progress(const report::Progress&) override {}
  void warning(const std::string& what) override { warnings.push_back(what); }
  std::vector<std::string> steps, warnings;
};

class Notify : public ConfigFixture {
 protected:
  static report::Report report(report::Status status) {
    report::Report report{.command = "backup", .status = status, .headline = "12 items saved"};
    report.details = {{"site", "sales"}, {"snapshot", "backup_x"}, {"items", 12}};
    return report;
  }

  void tell(const std::string& notify, report::Status status = report::Status::failed,
            const std::vector<std::string>& lines = {"The backup failed", "why"}, std::stop_token stop = {}) {
    notify_ = load("notify:\n" + notify).notify;
    app::notify(report(status), lines, load("notify:\n" + notify), environment(), listener_, std::move(stop));
  }
  std::string slurp(const std::string& name) const {
    std::ifstream file(folder_.path() / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  NotifySettings notify_;
  Listener listener_;
};

TEST_F(Notify, TargetsAreCheckedAndNeverShown) {
  const auto settings = load(
      "notify:\n"
      "  on_failure: [\"env:SLACK\", \"https://hc-ping.example/8c1f\", \"sns:arn:aws:sns:eu-west-1:1:alerts\"]\n"
      "  on_success: \"exec:/opt/alert --token s3cr3t\"\n");
  const auto shown = [](const std::vector<NotifyTarget>& targets) {
    std::vector<std::string> words;
    for (const auto& target : targets) words.push_back(target.shown);
    return words;
  };
  EXPECT_THAT(shown(settings.notify.on_failure),
              ElementsAre("env:SLACK", "https://hc-ping.example/...", "sns:arn:aws:sns:eu-west-1:1:alerts"));
  EXPECT_THAT(shown(settings.notify.on_success), ElementsAre("exec:/opt/alert ..."));
  EXPECT_THAT(shown(settings.notify.on_partial), shown(settings.notify.on_failure)) << "half a backup is no success";
  for (const auto& origin : settings.origins) EXPECT_THAT(origin.value, AllOf(Not(HasSubstr("8c1f")), Not(HasSubstr("s3cr3t"))));
  EXPECT_THAT(settings.warnings, IsEmpty());
  EXPECT_THAT(load("notify: {on_failure: \"env:X\", on_partial: []}\n").notify.on_partial, IsEmpty());
}

TEST_F(Notify, WhatCannotBeToldIsRefusedAtOnce) {
  const auto error = [&](const std::string& target) { return error_of("notify: {on_failure: ['" + target + "']}\n"); };
  EXPECT_THAT(error("hunter2"), AllOf(StartsWith("tabferry.yaml:1: notify.on_failure[0]: is no address of a webhook; write"),
                                      Not(HasSubstr("hunter2"))));
  EXPECT_EQ(error("http://chat.example/hooks/s3cr3t"),
            "tabferry.yaml:1: notify.on_failure[0]: is http://chat.example: reports would travel in clear text; write https://");
  EXPECT_THAT(error("https://me:pw@chat.example/x"), AllOf(HasSubstr("is no address"), Not(HasSubstr("pw@"))));
  EXPECT_THAT(error("https://chat.example/a b"), HasSubstr("a space or a control character"));
  EXPECT_THAT(error("sns:alerts"), HasSubstr("'alerts' is no topic of SNS"));
  EXPECT_THAT(error("exec: "), HasSubstr("exec: needs a command"));
  EXPECT_THAT(error("env:"), HasSubstr("env: needs the name"));
  EXPECT_THAT(error_of("notify: {on_failur: x}\n"), HasSubstr("did you mean on_failure?"));
  EXPECT_THAT(load("notify: {on_failure: \"https://hooks.slack.com/services/T/B/x\"}\n").warnings,
              ElementsAre(HasSubstr("notify.on_failure is written in plain text")));
}

TEST_F(Notify, AWebhookGetsJson) {
  test::ScriptedServer server;
  server.expect("POST", "/8c1f").with_header("content-type", "application/json").reply(200, "OK");
  tell("  on_failure: " + server.url() + "/8c1f\n");
  EXPECT_THAT(listener_.warnings, IsEmpty());
  EXPECT_EQ(server.seen().at(0).body,
            R"({"text":"The backup failed\nwhy","status":"failed","command":"backup","site":"sales","snapshot":"backup_x"})");
}

TEST_F(Notify, EachEndHasItsTargets) {
  test::ScriptedServer server;
  const std::string all = "  on_failure: " + server.url() + "/failure\n  on_partial: " + server.url() +
                          "/partial\n  on_success: " + server.url() + "/success\n";
  using enum report::Status;
  for (const auto& [status, path] : std::vector<std::pair<report::Status, std::string>>{
           {done, "/success"}, {partial, "/partial"}, {failed, "/failure"}, {cancelled, "/failure"}}) {
    server.expect("POST", path).reply(204);
    tell(all, status);
  }
  EXPECT_EQ(server.seen().size(), 4U);
  tell("  on_success: " + server.url() + "/success\n");
  EXPECT_EQ(server.seen().size(), 4U) << "a failure is not told to those who want to hear of success";
  EXPECT_THAT(listener_.warnings, IsEmpty());
}

TEST_F(Notify, ChatsGetTheirFormAndCallNobody) {
  const auto notice = notice_of(report(report::Status::failed), {"<!channel> & @all, @here: mail a@b.example"});
  for (const char* url : {"https://hooks.slack.com/services/T/B/x", "https://chat.example/hooks/x", "https://chat.example/team/hooks/x",
                          "https://discord.example/api/webhooks/1/x/slack"})
    EXPECT_EQ(webhook_body(url, notice),
              "{\"text\":\"&lt;!channel&gt; &amp; @\xE2\x80\x8B" "all, @\xE2\x80\x8B" "here: mail a@b.example\"}") << url;
  for (const char* url : {"https://hc-ping.com/x", "https://nothooks.slack.com.evil.example/x", "https://chat.example/x?a=/hooks/"})
    EXPECT_THAT(webhook_body(url, notice), HasSubstr("\"text\":\"<!channel> & @all")) << url;
}

TEST_F(Notify, TwelveLinesAtMost) {
  std::vector<std::string> lines;
  for (int i = 1; i <= 14; ++i) lines.push_back(fmt::format("line {}", i));
  const auto twelve = notice_of(report(report::Status::failed), {lines.begin(), lines.begin() + 12});
  EXPECT_THAT(twelve.text, AllOf(HasSubstr("line 12"), Not(HasSubstr("more lines"))));
  const auto many = notice_of(report(report::Status::failed), lines);
  EXPECT_EQ(std::count(many.text.begin(), many.text.end(), '\n'), 11);
  EXPECT_THAT(many.text, AllOf(HasSubstr("line 11\n... and 3 more lines in the report"), Not(HasSubstr("line 12"))));
  EXPECT_EQ(notice_of(report(report::Status::done), {}).text, "12 items saved");
  EXPECT_EQ(notice_of(report(report::Status::done), {"a\x1b[31m\tb\nc\n\n"}).text, "a [31m b\nc") << "one line a line";
  EXPECT_TRUE(base::is_utf8(notice_of(report(report::Status::done), {std::string(599, 'x') + "\xC3\xA9"}).text));
}

TEST_F(Notify, AReferenceIsReadWhenItIsUsed) {
  test::ScriptedServer server;
  server.expect("POST", "/x").reply(200);
  put("url", server.url() + "/x\n");
  tell("  on_failure: \"file:url\"\n");
  EXPECT_THAT(listener_.warnings, IsEmpty());
  variables_["HOOK"] = "http://chat.example/s3cr3t";
  tell("  on_failure: \"env:HOOK\"\n");
  EXPECT_THAT(listener_.warnings, ElementsAre(AllOf(HasSubstr("env:HOOK was not told"), HasSubstr("clear text"), Not(HasSubstr("s3cr3t")))));
}

TEST_F(Notify, AFailureIsAWarningThatShowsNoAddress) {
  test::ScriptedServer server;
  server.expect("POST", "/s3cr3t").reply(404, "no such hook s3cr3t");
  server.expect("POST", "/s3cr3t").reply(302, "", {{"location", "https://elsewhere.example/"}});
  server.expect("POST", "/good").reply(200);
  tell("  on_failure: [" + server.url() + "/s3cr3t, " + server.url() + "/s3cr3t, \"http://127.0.0.1:9/s3cr3t\", " +
       server.url() + "/good]\n",
       report::Status::failed, {"x"}, [] { std::stop_source source; source.request_stop(); return source.get_token(); }());
  ASSERT_EQ(listener_.warnings.size(), 3U) << "and the last one was told";
  EXPECT_THAT(listener_.warnings[0], HasSubstr("127.0.0.1 answered 404: is the webhook still there?"));
  EXPECT_THAT(listener_.warnings[1], HasSubstr("answered 302: redirects are not followed"));
  EXPECT_THAT(listener_.warnings[2], HasSubstr("cannot connect to 127.0.0.1:9"));
  for (const auto& words : {listener_.warnings, listener_.steps})
    for (const auto& word : words) EXPECT_THAT(word, Not(HasSubstr("s3cr3t")));
}

TEST_F(Notify, ABusyWebhookIsTriedAgain) {
  test::ScriptedServer server;
  server.expect("POST", "/x").reply(503, "", {{"retry-after", "0"}});
  server.expect("POST", "/x").reply(200);
  tell("  on_failure: " + server.url() + "/x\n");
  EXPECT_THAT(listener_.warnings, IsEmpty());
}

TEST_F(Notify, ATopicOfSns) {
  test::ScriptedServer server;
  ::setenv("AWS_ACCESS_KEY_ID", "AKTEST", 1);
  ::setenv("AWS_SECRET_ACCESS_KEY", "test", 1);
  variables_["AWS_ENDPOINT_URL_SNS"] = server.url();
  const std::string topic = "  on_failure: \"sns:arn:aws:sns:us-west-2:1:alerts\"\n";
  server.expect("POST", "/").with_body("Action=Publish&").with_body("TopicArn=arn%3Aaws%3Asns%3Aus-west-2%3A1%3Aalerts")
      .with_body("&Subject=caf%3F%3F%20failed").with_body("&Message=caf%C3%A9%20failed%0Awhy").reply(200, "<PublishResponse/>");
  tell(topic, report::Status::failed, {"caf\xC3\xA9 failed", "why"});
  EXPECT_THAT(listener_.warnings, IsEmpty());
  EXPECT_THAT(server.seen().at(0).header("authorization"), HasSubstr("/us-west-2/sns/aws4_request"));
  server.expect("POST", "/").reply(403, "<ErrorResponse><Error><Code>AuthorizationError</Code><Message>no</Message></Error></ErrorResponse>");
  tell(topic);
  EXPECT_THAT(listener_.warnings, ElementsAre(HasSubstr("SNS answered 403 AuthorizationError: 'no'. Do the credentials have the right sns:Publish")));
  ::unsetenv("AWS_ACCESS_KEY_ID");
  ::unsetenv("AWS_SECRET_ACCESS_KEY");
}

TEST_F(Notify, ACommandGetsTheReportAndNoSecret) {
  variables_ = {{"PATH", std::getenv("PATH")}, {"TABLEAU_PAT", "s3cr3t"}};
  ::setenv("TABLEAU_PAT", "s3cr3t", 1);
  tell("  on_failure: 'exec:cat > stdin; env > env; echo told; exit 0'\n", report::Status::failed,
       {"$(touch evil) `touch evil` '; touch evil; '", "why"});
  ::unsetenv("TABLEAU_PAT");
  EXPECT_THAT(listener_.warnings, IsEmpty());
  EXPECT_EQ(slurp("stdin"), doc::to_line(report::to_json(report(report::Status::failed))) + "\n");
  EXPECT_THAT(slurp("env"), AllOf(HasSubstr("TABFERRY_TEXT=$(touch evil) `touch evil` '; touch evil; '\nwhy\n"),
                                  HasSubstr("TABFERRY_STATUS=failed\n"), HasSubstr("TABFERRY_SNAPSHOT=backup_x\n"),
                                  Not(HasSubstr("s3cr3t"))));
  EXPECT_FALSE(fs::exists(folder_.path() / "evil"));
}

TEST_F(Notify, ACommandThatFails) {
  tell("  on_failure: 'exec:echo no route >&2; exit 3'\n");
  EXPECT_THAT(listener_.warnings, ElementsAre("exec:echo ... was not told: the command ended with code 3: it said 'no route'"));
  listener_.warnings.clear();
  tell("  on_failure: 'exec:/none/alert'\n");
  EXPECT_THAT(listener_.warnings, ElementsAre(HasSubstr("ended with code 127")));
  listener_.warnings.clear();
  tell("  on_failure: 'exec:kill -9 $$'\n");
  EXPECT_THAT(listener_.warnings, ElementsAre(HasSubstr("was ended by signal 9")));
}

TEST_F(Notify, ACommandThatReadsNothingAndSaysMuch) {
  tell("  on_failure: 'exec:head -c 300000 /dev/zero; echo x'\n");
  EXPECT_THAT(listener_.warnings, IsEmpty());
}

TEST_F(Notify, ACommandThatTakesTooLongIsEndedWithItsChildren) {
  const auto notice = notice_of(report(report::Status::failed), {});
  const Delivery hurried{.command_limit = std::chrono::milliseconds(300)};
  const base::Secret command("echo begun; sleep 1000 & echo $! > child; wait");
  EXPECT_THAT(message_of([&] { run_command(command, notice, folder_.path(), environment(), hurried, {}); }, base::ErrorKind::io),
              "the command was not done within 300 ms and was ended: it said 'begun'");
  const pid_t child = std::atoi(slurp("child").c_str());
  ASSERT_GT(child, 1);
  const auto gone = [&] {  // ended: gone, or waiting to be reaped by whoever adopts orphans here
    std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
    const std::string text{std::istreambuf_iterator<char>(stat), {}};
    return text.empty() || text.find(") Z ") != std::string::npos;
  };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!gone() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(gone());
}

TEST_F(Notify, ACommandThatLeavesSomethingBehindIsNotWaitedFor) {
  const auto notice = notice_of(report(report::Status::failed), {});
  const auto before = std::chrono::steady_clock::now();
  run_command(base::Secret("sleep 20 & echo $! > child"), notice, folder_.path(), environment(), {}, {});
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(15));
  ::kill(std::atoi(slurp("child").c_str()), SIGKILL);
}

TEST_F(Notify, AFaultOfOurOwnIsToldAsWell) {
  const auto settings = load("notify:\n  on_failure: 'exec:cat > stdin'\n");
  const auto variables = environment();
  const Flags flags;
  const Caller caller{.flags = flags, .environment = variables, .reporter = listener_, .stop = {}};
  const Watched watched{.command = "verify", .what = "the check", .now = "Nothing changed.", .retry = "tabferry verify"};
  try {
    with_alarm(caller, settings, watched, []() -> Told { throw std::bad_alloc(); });
    FAIL() << "nothing was thrown";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::bug);
    EXPECT_THAT(error.what(), HasSubstr("a fault of tabferry itself: std::bad_alloc"));
  }
  EXPECT_THAT(slurp("stdin"), HasSubstr("verify: a fault of tabferry itself: std::bad_alloc"));
}

}  // namespace
}  // namespace tabferry::app
