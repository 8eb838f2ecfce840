// No secret leaves the room, and nothing else is lost.
#include "tableau/redact.h"

#include <gtest/gtest.h>

#include <string>

namespace tabferry::tableau {
namespace {

std::string redacted(std::string_view kind, std::string_view text) {
  doc::Json json = doc::parse_json(text, "test");
  redact(kind, json);
  return doc::to_line(json);
}

TEST(Redact, TheAddressOfAWebhook) {
  EXPECT_EQ(redacted("webhooks", R"j({"id":"w","webhook-destination":{"webhook-destination-http":{"method":"POST",)j"
                                 R"j("url":"https://hooks.example/T0/SECRET"}},"name":"n"})j"),
            R"j({"id":"w","webhook-destination":{"webhook-destination-http":{"method":"POST","url":"(redacted)"}},)j"
            R"j("name":"n"})j");
  EXPECT_EQ(redacted("extensions", R"j({"safeList":[{"url":"https://a.example"}]})j"),
            R"j({"safeList":[{"url":"https://a.example"}]})j");
}

TEST(Redact, SecretsWhereverTheyStand) {
  EXPECT_EQ(redacted("oidc", R"j({"clientId":"c","clientSecret":"s3cr3t","tokenEndpoint":"https://t"})j"),
            R"j({"clientId":"c","clientSecret":"(redacted)","tokenEndpoint":"https://t"})j");
  EXPECT_EQ(redacted("connected_apps", R"j({"clientId":"c","secret":[{"id":"1","createdAt":"t","value":"v"}]})j"),
            R"j({"clientId":"c","secret":[{"id":"1","createdAt":"t","value":"(redacted)"}]})j");
  EXPECT_EQ(redacted("x", R"j({"a":[{"apiToken":"t","serviceToken":{"tokenName":"n","tokenSecret":"s"}}]})j"),
            R"j({"a":[{"apiToken":"(redacted)","serviceToken":{"tokenName":"n","tokenSecret":"(redacted)"}}]})j");
  EXPECT_EQ(redacted("x", R"j({"privateKeyPassphrase":"p","secretKey":"k","accessKey":"a","keyId":"i"})j"),
            R"j({"privateKeyPassphrase":"(redacted)","secretKey":"(redacted)","accessKey":"(redacted)","keyId":"i"})j");
  EXPECT_EQ(redacted("x", R"j({"encryptedKeychain":["a","b"],"secret":["s"],"PASSWORD":"p","n":{"password":5}})j"),
            R"j({"encryptedKeychain":["(redacted)","(redacted)"],"secret":["(redacted)"],"PASSWORD":"(redacted)",)j"
            R"j("n":{"password":"(redacted)"}})j");
}

TEST(Redact, WhatOnlySaysThatThereIsASecretStays) {
  const std::string line =
      R"j({"embedPassword":"true","hasEmbeddedPassword":false,"password":"","description":"secret"})j";
  EXPECT_EQ(redacted("connections", line), line);
}

}  // namespace
}  // namespace tabferry::tableau
