// A Site against a scripted server, with short waits; what its tests share.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "support/fake_clock.h"
#include "support/scripted_server.h"
#include "tableau/site.h"

namespace tabferry::tableau {

using namespace std::chrono_literals;
using base::ErrorKind;
using test::FakeClock;
using test::ScriptedServer;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

inline const std::string kSecret = "s3cret/+&<tok>";
inline const std::string kSite = "/api/3.29/sites/5d1e-site/";

// As sites answer: with declaration and namespace.
inline std::string ts(const std::string& inner) {
  return R"(<?xml version='1.0' encoding='UTF-8'?><tsResponse xmlns="http://tableau.com/api" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">)" +
         inner + "</tsResponse>";
}

inline std::string ts_error(const std::string& code, const std::string& summary, const std::string& detail) {
  return ts("<error code=\"" + code + "\"><summary>" + summary + "</summary><detail>" + detail + "</detail></error>");
}

inline std::string server_info(const std::string& version = "3.30") {
  return ts("<serverInfo><productVersion build=\"20261.26.0101\">2026.1.0</productVersion><restApiVersion>" + version +
            "</restApiVersion></serverInfo>");
}

inline std::string session(const std::string& token = "tok1") {
  return ts("<credentials token=\"" + token +
            "\"><site id=\"5d1e-site\" contentUrl=\"sales\"/><user id=\"u-1\"/></credentials>");
}

inline std::string web_page() {
  return "\xEF\xBB\xBF\n<!DOCTYPE html><html><head><title>Welcome</title></head><body>Please sign in</body></html>";
}

inline std::string datasources(const std::string& items, int total = -1) {
  return ts((total < 0 ? ""
                       : "<pagination pageNumber=\"1\" pageSize=\"1000\" totalAvailable=\"" + std::to_string(total) +
                             "\"/>") +
            "<datasources>" + items + "</datasources>");
}

inline std::string datasource(const std::string& id, const std::string& name, const std::string& updated_at,
                              const std::string& project = "p-1") {
  return "<datasource id=\"" + id + "\" name=\"" + name +
         "\" contentUrl=\"Sales_1\" webpageUrl=\"https://site/#/datasources/7\" updatedAt=\"" + updated_at +
         "\"><project id=\"" + project + "\" name=\"P\"/><owner id=\"u-1\"/></datasource>";
}

class SiteTest : public ::testing::Test {
 protected:
  SiteTest() {
    options.server = server.url() + "/";
    options.content_url = "sales";
    options.credentials = [this] {
      ++credentials_read;
      return credentials;
    };
    options.network = {.connect_timeout = 60s, .first_byte_timeout = 60s, .stall_timeout = 60s};
    options.retry = {.attempts = 3};
  }

  // Every text that a test gets from an error goes through here: no secret may be in one.
  template <class Work>
  base::Error error_of(Work work) {
    try {
      work();
      ADD_FAILURE() << "nothing was thrown";
    } catch (const base::Error& error) {
      for (const auto& secret : {kSecret, std::string("s3cret"), std::string("tok1"), std::string("tok2")})
        EXPECT_THAT(error.what(), Not(HasSubstr(secret)));
      return error;
    }
    return {ErrorKind::bug, ""};
  }

  Site& site() {
    if (!site_) site_ = std::make_unique<Site>(options, clock);
    return *site_;
  }
  // Signed in, the script so far played.
  Site& signed_in() {
    server.expect("GET", "/api/2.4/serverInfo").reply(200, server_info());
    server.expect("POST", "/api/3.29/auth/signin").reply(200, session());
    site().sign_in({});
    return site();
  }
  void expect_new_session(const std::string& token) {
    server.expect("POST", "/api/3.29/auth/signin").reply(200, session(token));
    token_ = token;
  }
  void TearDown() override {
    if (!site_) return;
    if (!site_->site_id().empty())
      server.expect("POST", "/api/3.29/auth/signout")
          .with_header("x-tableau-auth", token_)
          .with_header("content-length", "0")
          .reply(204);
    site_.reset();
  }

  ScriptedServer server;
  FakeClock clock;
  SiteOptions options;
  Credentials credentials{.kind = Credentials::Kind::token, .name = "nightly", .secret = base::Secret(kSecret)};
  int credentials_read = 0;
  std::string token_ = "tok1";
  std::unique_ptr<Site> site_;
};

}  // namespace tabferry::tableau
