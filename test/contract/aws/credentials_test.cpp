// When keys are asked for: a small server in the place of a container's, and a clock that is set by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "aws/credentials.h"
#include "base/error.h"
#include "base/tempdir.h"
#include "support/fake_clock.h"
#include "support/scripted_server.h"

namespace tabferry::aws {
namespace {

using namespace std::chrono_literals;

// An environment variable of this test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name), before_(std::getenv(name) ? std::optional<std::string>(std::getenv(name)) : std::nullopt) {
    value.empty() ? ::unsetenv(name) : ::setenv(name, value.c_str(), 1);
  }
  ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

class CredentialsInTime : public testing::Test {
 protected:
  void give(const std::string& key, std::chrono::minutes good_for) {
    server_.expect("GET", "/keys").reply(200, fmt::format(R"({{"AccessKeyId":"{}","SecretAccessKey":"s","Token":"t","Expiration":"{}"}})", key, base::iso_time(clock_.now() + good_for)),
                                         {{"Content-Type", "application/json"}});
  }
  std::string key() const { return credentials_.keys({}).access_key_id; }
  void later(std::chrono::milliseconds time) const { clock_.sleep_for(time, {}); }

  test::FakeClock clock_;
  test::ScriptedServer server_;
  base::TempDir home_{base::default_temp_parent()};
  Variable home_variable_{"HOME", home_.path()}, key_{"AWS_ACCESS_KEY_ID", ""}, profile_{"AWS_PROFILE", ""}, web_{"AWS_WEB_IDENTITY_TOKEN_FILE", ""}, no_instance_{"AWS_EC2_METADATA_DISABLED", "true"},
      no_proxy_{"no_proxy", "127.0.0.1"}, container_{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server_.url() + "/keys"};
  Credentials credentials_{{}, {}, clock_};
};

TEST_F(CredentialsInTime, AreKeptUntilFiveMinutesBeforeTheirEnd) {
  EXPECT_EQ(credentials_.last_keys(), std::nullopt);
  give("AK1", 60min);
  EXPECT_EQ(key(), "AK1");
  later(54min);
  EXPECT_EQ(key(), "AK1");
  later(2min);
  give("AK2", 60min);
  EXPECT_EQ(key(), "AK2");
  EXPECT_EQ(credentials_.last_keys()->access_key_id, "AK2");
}

TEST_F(CredentialsInTime, AreAskedForAnewWhenForgotten) {
  give("AK1", 60min);
  EXPECT_EQ(key(), "AK1");
  credentials_.forget();
  give("AK2", 60min);
  EXPECT_EQ(key(), "AK2");
  EXPECT_EQ(key(), "AK2");
}

TEST_F(CredentialsInTime, ServeToTheirEndWhereRenewingFailsAndAreNotAskedForAllTheTime) {
  give("AK1", 60min);
  EXPECT_EQ(key(), "AK1");
  later(56min);
  server_.expect("GET", "/keys").reply(404);
  EXPECT_EQ(key(), "AK1");
  EXPECT_EQ(key(), "AK1");
  later(1min);
  give("AK2", 60min);
  EXPECT_EQ(key(), "AK2");
}

TEST_F(CredentialsInTime, ThatAreNeverGoodForLongAreNotAskedForAllTheTime) {
  give("AK1", 3min);
  EXPECT_EQ(key(), "AK1");
  EXPECT_EQ(key(), "AK1");
  later(31s);
  give("AK2", 3min);
  EXPECT_EQ(key(), "AK2");
  EXPECT_EQ(key(), "AK2");
}

TEST_F(CredentialsInTime, ThatHaveEndedAndCannotBeRenewedAreDenied) {
  give("AK1", 60min);
  EXPECT_EQ(key(), "AK1");
  later(61min);
  server_.expect("GET", "/keys").reply(404);
  EXPECT_THAT([&] { key(); }, testing::ThrowsMessage<base::Error>(testing::HasSubstr("the container")));
}

TEST_F(CredentialsInTime, ThatWereForgottenAreNotServedAgain) {
  give("AK1", 60min);
  EXPECT_EQ(key(), "AK1");
  credentials_.forget();
  server_.expect("GET", "/keys").reply(404);
  EXPECT_THROW(key(), base::Error);
}

TEST_F(CredentialsInTime, AreAskedForOnceByManyThreads) {
  give("AK1", 60min);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { EXPECT_EQ(key(), "AK1"); });
}

TEST_F(CredentialsInTime, LookingForThemEndsWithinASecondOfAStop) {
  server_.expect("GET", "/keys").stall();
  std::stop_source stop;
  const std::jthread stopper([&] {
    server_.wait_for_requests(1);
    stop.request_stop();
  });
  const auto begin = std::chrono::steady_clock::now();
  try {
    credentials_.keys(stop.get_token());
    ADD_FAILURE() << "no error";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::cancelled);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

}  // namespace
}  // namespace tabferry::aws
