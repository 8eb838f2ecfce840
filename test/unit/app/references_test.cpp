#include "app/references.h"

#include <sys/stat.h>

#include <cstdlib>

#include "config_fixture.h"
#include "doc/json.h"
#include "support/scripted_server.h"

namespace tabferry::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using Kind = base::ErrorKind;

class References : public ConfigFixture {
 protected:
  std::string read(const std::string& what, const std::string& reference, const fs::path& folder = "") {
    const auto aws = std::make_shared<AwsServices>(environment(), http::NetworkOptions{}, "");
    return SecretReading({.folder = folder, .environment = environment(), .aws = aws}).read(what, reference).reveal();
  }
  std::string resolved(const std::string& reference) { return read("x", reference); }
  std::string error_for(const std::string& reference) {
    return message_of([&] { resolved(reference); }).substr(3);  // "x: "
  }
};

TEST_F(References, PlainTextIsItself) {
  for (const char* plain : {"hunter2", "ENV:X", "a env:X", " env:X"}) EXPECT_EQ(resolved(plain), plain);
}

TEST_F(References, EnvironmentVariables) {
  const std::string set_it =
      ". Set it where tabferry runs: cron, systemd and containers have an environment of their own";
  variables_ = {{"PAT", "s3cr3t"}, {"LINE", "s3cr3t\r\n"}, {"TWO", "a\n\n"}, {"EMPTY", ""}, {"END", "\n"}};
  EXPECT_EQ(resolved("env:PAT"), "s3cr3t");
  EXPECT_EQ(resolved("env:LINE"), "s3cr3t");
  EXPECT_EQ(resolved("env:TWO"), "a\n");
  EXPECT_EQ(error_for("env:NONE"), "env:NONE: the environment variable 'NONE' is not set" + set_it);
  EXPECT_EQ(error_for("env:EMPTY"), "env:EMPTY: the environment variable is empty" + set_it);
  EXPECT_EQ(error_for("env:END"), "env:END: the environment variable is empty" + set_it);
  EXPECT_THAT(error_for("env:"), HasSubstr("env: needs the name of an environment variable"));
}

TEST_F(References, Files) {
  const auto file = put("pat", "s3cr3t\n").string();
  EXPECT_EQ(resolved("file:" + file), "s3cr3t");
  EXPECT_EQ(resolved("file://" + file), "s3cr3t");
  put("pat", " keeps spaces \n\n");
  EXPECT_EQ(resolved("file:" + file), " keeps spaces \n");
  put("pat", "\r\n");
  EXPECT_EQ(error_for("file:" + file), "file:pat: the file is empty");
  EXPECT_THAT(error_for("file:/none/x"), HasSubstr("file:/none/x: there is no such file (looked for '/none/x')"));
  EXPECT_THAT(error_for("file:"), HasSubstr("file: needs a path"));
}

TEST_F(References, OnlySmallRegularFiles) {
  const auto file = put("large", std::string(65536, 'x')).string();
  EXPECT_EQ(resolved("file:" + file).size(), 65536U);
  put("large", std::string(65537, 'x'));
  EXPECT_THAT(error_for("file:" + file), HasSubstr("is larger than 65.5 kB"));
  EXPECT_THAT(error_for("file:" + folder_.path().string()), HasSubstr("is no regular file"));
  const auto fifo = folder_.path() / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(error_for("file:" + fifo.string()), HasSubstr("is no regular file"));
}

TEST_F(References, CredentialsDirectoryComesSecond) {
  put("credentials/pat", "from credentials");
  variables_["CREDENTIALS_DIRECTORY"] = (folder_.path() / "credentials").string();
  EXPECT_EQ(resolved("file:pat"), "from credentials");
  EXPECT_EQ(read("x", "file:pat", folder_.path()), "from credentials");
  put("pat", "from the config's folder");
  EXPECT_EQ(read("x", "file:pat", folder_.path()), "from the config's folder");
  EXPECT_THAT(error_for("file:none"),
      HasSubstr("file:none: there is no such file (looked for 'none', 'credentials/none')"));
}

TEST_F(References, ReferencesToAwsNeedTheirNames) {
  const std::string form = "secretsmanager: needs a secret, and a key where it is JSON: secretsmanager:NAME-or-ARN#KEY";
  for (const char* wrong : {"secretsmanager:", "secretsmanager:#PAT", "secretsmanager:tableau/prod#"})
    EXPECT_EQ(error_for(wrong), form) << wrong;
  EXPECT_THAT(error_for("ssm:"), HasSubstr("ssm: needs the name of a parameter"));
  EXPECT_THAT(error_for("ssm:/tableau/pat"), HasSubstr("set s3.region or AWS_REGION, or write its whole ARN"));
}

// What AWS answers, scripted; test/peers asks moto.
class ReferencesToAws : public References {
 protected:
  ReferencesToAws() {
    variables_ = {{"AWS_REGION", "eu-west-1"}, {"AWS_ENDPOINT_URL", server_.url()}};
    ::setenv("AWS_ACCESS_KEY_ID", "AKTEST", 1);  // the chain asks the process itself
    ::setenv("AWS_SECRET_ACCESS_KEY", "test", 1);
  }
  ~ReferencesToAws() override {
    ::unsetenv("AWS_ACCESS_KEY_ID");
    ::unsetenv("AWS_SECRET_ACCESS_KEY");
  }
  test::Step& secret(const std::string& text) {
    return server_.expect("POST", "/").with_header("x-amz-target", "secretsmanager.GetSecretValue").reply(
        200, doc::to_line({{"Name", "tableau"}, {"SecretString", text}}));
  }

  test::ScriptedServer server_;
};

TEST_F(ReferencesToAws, ASecretIsTextOrAKeyOfItsJson) {
  secret("plain text\n").with_body(R"({"SecretId":"tableau"})");
  EXPECT_EQ(resolved("secretsmanager:tableau"), "plain text");
  secret(R"({"PAT": "s3cr3t", "n": 7})").times(3);
  EXPECT_EQ(resolved("secretsmanager:tableau#PAT"), "s3cr3t");
  EXPECT_EQ(error_for("secretsmanager:tableau#pat"),
            "secretsmanager:tableau#pat: the secret's JSON has no key 'pat' (upper and lower case differ)");
  EXPECT_THAT(error_for("secretsmanager:tableau#n"), HasSubstr("what the secret's JSON has there is no text"));
  secret("{\"PAT\": \"s3cr3t").times(1);
  const auto broken = error_for("secretsmanager:tableau#PAT");
  EXPECT_THAT(broken, ::testing::AllOf(HasSubstr("the secret is no JSON; leave #PAT out"), Not(HasSubstr("s3cr3t"))));
}

TEST_F(ReferencesToAws, OneReadingAsksASecretOnceAndTheNextAgain) {
  secret(R"({"PAT_NAME": "bot", "PAT": "one"})");
  secret(R"({"PAT_NAME": "bot", "PAT": "two"})");
  const auto aws = std::make_shared<AwsServices>(environment(), http::NetworkOptions{}, "");
  const SecretReading fresh({.folder = "", .environment = environment(), .aws = aws});
  for (const char* pat : {"one", "two"}) {
    SecretReading reading = fresh;
    EXPECT_EQ(reading.read("name", "secretsmanager:tableau#PAT_NAME").reveal(), "bot");
    EXPECT_EQ(reading.read("secret", "secretsmanager:tableau#PAT").reveal(), pat);
  }
  EXPECT_EQ(server_.seen().size(), 2U);
}

TEST_F(ReferencesToAws, AParameterIsDecrypted) {
  server_.expect("POST", "/").with_header("x-amz-target", "AmazonSSM.GetParameter")
      .with_body(R"({"Name":"/tableau/pat","WithDecryption":true})").reply(200, R"({"Parameter": {"Value": "s3cr3t"}})");
  EXPECT_EQ(resolved("ssm:/tableau/pat"), "s3cr3t");
  EXPECT_THAT(server_.seen().at(0).header("authorization"),
              ::testing::AllOf(HasSubstr("AKTEST/"), HasSubstr("/eu-west-1/ssm/aws4_request")));
}

TEST_F(ReferencesToAws, AnArnNamesItsRegion) {
  secret("x");
  EXPECT_EQ(resolved("secretsmanager:arn:aws:secretsmanager:us-west-2:1:secret:a-b"), "x");
  EXPECT_THAT(server_.seen().at(0).header("authorization"), HasSubstr("/us-west-2/secretsmanager/aws4_request"));
}

TEST_F(ReferencesToAws, WhatAwsRefusesIsSaidWithItsCure) {
  const auto refuse = [&](int status, const std::string& body, base::ErrorKind kind) {
    server_.expect("POST", "/").reply(status, body);
    return message_of([&] { resolved("secretsmanager:none#PAT"); }, kind);
  };
  EXPECT_EQ(refuse(400, R"({"__type": "ResourceNotFoundException", "Message": "can't find"})", Kind::not_found),
            "x: asking Secrets Manager in eu-west-1 for 'none': Secrets Manager answered 400 ResourceNotFoundException: "
            "'can't find'. There is none of that name in this region and account");
  EXPECT_THAT(refuse(400,
                     R"({"__type": "ResourceNotFoundException", "Message": "Secrets Manager can't find the specified )"
                     R"(secret value for staging label: AWSCURRENT"})",
                     Kind::not_found),
              ::testing::EndsWith("AWSCURRENT'. It has no value yet: aws secretsmanager put-secret-value --secret-id "
                                  "none --secret-string file://secret.json"));
  EXPECT_THAT(refuse(400, R"({"__type": "a.b#AccessDeniedException", "Message": "no"})", Kind::denied),
              HasSubstr("400 AccessDeniedException: 'no'. Do the credentials have the right secretsmanager:GetSecretValue?"));
  EXPECT_THAT(refuse(403, "<html>", Kind::denied), HasSubstr("answered 403. Do the credentials"));
  EXPECT_THAT(refuse(200, R"({"SecretString": "s3cr3t)", Kind::corrupt), Not(HasSubstr("s3cr3t")));
}

TEST_F(ReferencesToAws, ExpiredKeysAreRenewedOnce) {
  server_.expect("POST", "/").reply(400, R"({"__type": "ExpiredTokenException", "message": "over"})");
  secret("x");
  EXPECT_EQ(resolved("secretsmanager:tableau"), "x");
}

TEST_F(ReferencesToAws, ABinarySecretIsRefused) {
  server_.expect("POST", "/").reply(200, R"({"SecretBinary": "AAAA"})");
  EXPECT_THAT(error_for("secretsmanager:tableau"), HasSubstr("the secret 'tableau' of Secrets Manager is binary"));
}

TEST_F(References, MessagesNameTheOwnerAndNoSecret) {
  variables_["OTHER"] = "s3cr3t";
  const std::string message = message_of([&] { read("auth.pat_secret of site prod", "env:PAT"); });
  EXPECT_THAT(message, ::testing::StartsWith(
                           "auth.pat_secret of site prod: env:PAT: the environment variable 'PAT' is not set. Set it"));
  EXPECT_THAT(message, Not(HasSubstr("s3cr3t")));
}

}  // namespace
}  // namespace tabferry::app
