// The environment of the Lambda backup sample, where there is no configuration file.
#include <cstdlib>

#include "app/open_store.h"
#include "config_fixture.h"
#include "doc/json.h"
#include "support/scripted_server.h"

namespace tabferry::app {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class SampleEnvironment : public ConfigFixture {
 protected:
  SampleEnvironment() : before_(fs::current_path()) {
    fs::current_path(folder_.path());  // there is no configuration file
    variables_ = {{"S3_BUCKET", "backups"},
                  {"SECRET_NAME", "tableau/prod"},
                  {"REGION_NAME", "eu-west-1"},
                  {"SITE_ID", "4F3A0000-aaaa"},
                  {"TABLEAU_BASE_URL", "https://eu-west-1a.online.tableau.com/api/3.24"}};
  }
  ~SampleEnvironment() override { fs::current_path(before_); }

  Settings load() { return load_settings({}, environment()); }
  std::string error() { return message_of([&] { load(); }); }
  std::string error_with(const std::string& name, const std::string& value) {
    const auto kept = variables_;
    variables_[name] = value;
    const auto message = error();
    variables_ = kept;
    return message;
  }

  fs::path before_;
};

TEST_F(SampleEnvironment, ConfiguresABackup) {
  const auto settings = load();
  EXPECT_TRUE(settings.from_lambda_sample);
  EXPECT_EQ(settings.store, "s3://backups");
  EXPECT_EQ(settings.buckets->all.region, "eu-west-1");
  EXPECT_EQ(settings.backup.incremental, BackupSettings::Incremental::copy);
  EXPECT_THAT(settings.backup.max_per_kind, IsEmpty());
  ASSERT_EQ(settings.sites.size(), 1U);
  const auto& site = settings.sites[0];
  EXPECT_EQ(site.server, "https://eu-west-1a.online.tableau.com");
  EXPECT_EQ(site.expected_site_id, "4f3a0000-aaaa");
  EXPECT_EQ(site.auth.user, "secretsmanager:tableau/prod#PAT_NAME");
  EXPECT_EQ(site.auth.secret.reveal(), "secretsmanager:tableau/prod#PAT");
  EXPECT_EQ(site.content_url, "secretsmanager:tableau/prod#SITE");
  EXPECT_EQ(origin_of(settings, "S3_BUCKET"), "backups (the environment)");
  EXPECT_EQ(origin_of(settings, "config"), "the environment (default: there is no configuration file)");
}

TEST_F(SampleEnvironment, TheVersionIsIgnoredAndSaidOnce) {
  EXPECT_THAT(load().warnings, ElementsAre(HasSubstr("TABLEAU_BASE_URL: the version 3.24 in it is not used")));
  for (const char* plain : {"https://eu-west-1a.online.tableau.com", "https://eu-west-1a.online.tableau.com/"}) {
    variables_["TABLEAU_BASE_URL"] = plain;
    EXPECT_THAT(load().warnings, IsEmpty());
    EXPECT_EQ(load().sites.at(0).server, "https://eu-west-1a.online.tableau.com");
  }
  EXPECT_THAT(error_with("TABLEAU_BASE_URL", "https://a.example/api/latest"),
              HasSubstr("the environment: TABLEAU_BASE_URL: has '/api/latest' behind the host"));
  EXPECT_THAT(error_with("TABLEAU_BASE_URL", "a.example/api/3.24"), HasSubstr("write https://a.example"));
}

TEST_F(SampleEnvironment, CapsAreVariables) {
  variables_["MAX_WORKBOOKS"] = "3";
  variables_["MAX_DATASOURCES"] = "5";
  variables_["MAX_PREP_FLOWS"] = "0";
  EXPECT_THAT(load().backup.max_per_kind, ElementsAre(Pair("datasources", 5U), Pair("flows", 0U), Pair("workbooks", 3U)));
  EXPECT_THAT(error_with("MAX_WORKBOOKS", "all"), HasSubstr("the environment: MAX_WORKBOOKS: all is no whole number"));
}

TEST_F(SampleEnvironment, WhatIsMissingOrWrongIsSaid) {
  for (const char* needed : {"S3_BUCKET", "SECRET_NAME", "TABLEAU_BASE_URL"})
    EXPECT_THAT(error_with(needed, ""), HasSubstr(std::string("the environment: ") + needed + " is missing")) << needed;
  for (const char* optional : {"REGION_NAME", "SITE_ID"}) {
    variables_.erase(optional);
    EXPECT_EQ(load().store, "s3://backups");
  }
  EXPECT_THAT(error_with("S3_BUCKET", "a/b"), HasSubstr("'a/b' is no name of a bucket"));
  EXPECT_THAT(error_with("REGION_NAME", "Ireland"), HasSubstr("is no region"));
  EXPECT_THAT(error_with("SECRET_NAME", "a#b"), HasSubstr("is no name of a secret"));
}

TEST_F(SampleEnvironment, AFileComesFirstAndABucketAloneIsNoSample) {
  put("tabferry.yaml", "store: file:///x\n");
  EXPECT_EQ(load().store, "file:///x");
  fs::remove(folder_.path() / "tabferry.yaml");
  variables_ = {{"S3_BUCKET", "backups"}};
  EXPECT_THAT(error(), HasSubstr("there is no configuration"));
}

TEST_F(SampleEnvironment, TheSecretIsReadAtEachSignIn) {
  test::ScriptedServer server;
  const auto answer = [&](const std::string& pat) {
    server.expect("POST", "/").reply(
        200, doc::to_line({{"SecretString", doc::to_line({{"PAT_NAME", "bot"}, {"PAT", pat}, {"SITE", "sales"}})}}));
  };
  ::setenv("AWS_ACCESS_KEY_ID", "AKTEST", 1);
  ::setenv("AWS_SECRET_ACCESS_KEY", "test", 1);
  variables_["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = server.url();
  const auto settings = load();
  answer("at the beginning");
  answer("one");
  answer("two");
  const auto options = site_options(settings.sites.at(0), settings, environment());
  EXPECT_EQ(options.content_url, "sales");
  for (const char* pat : {"one", "two"}) {
    const auto credentials = options.credentials();
    EXPECT_EQ(credentials.name, "bot");
    EXPECT_EQ(credentials.secret.reveal(), pat);
  }
  ::unsetenv("AWS_ACCESS_KEY_ID");
  ::unsetenv("AWS_SECRET_ACCESS_KEY");
}

}  // namespace
}  // namespace tabferry::app
