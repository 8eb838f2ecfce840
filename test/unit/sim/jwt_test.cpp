// JWTs of connected apps: what is a good one, and how each fault is told.
#include "sim/people/jwt.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "sim/core/refusal.h"

namespace tabferry::sim {
namespace {

using namespace std::chrono_literals;

constexpr base::WallTime kNow{std::chrono::seconds(1'700'000'000)};

std::string base64url(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  text.resize(text.find_first_of(std::string_view("=\0", 2)));
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::string token(std::string_view header, std::string_view claims, std::string_view secret = "a secret") {
  const std::string text = base64url(header) + "." + base64url(claims);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &length);
  return text + "." + base64url({reinterpret_cast<const char*>(digest), length});
}

constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT","kid":"secret-1","iss":"app-1"})";

std::string claims(const std::string& changed = "", int64_t lives = 300) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(kNow.time_since_epoch()).count() + lives;
  std::string text = R"("iss":"app-1","jti":"1","aud":"tableau","sub":"anna","scp":["tableau:content:read"],"exp":)" +
                     std::to_string(seconds);
  if (const auto at = text.find(changed); !changed.empty() && at != std::string::npos) text.insert(at + 1, "x");
  return "{" + text + "}";
}

std::string refused(const std::function<void()>& work) {
  try {
    work();
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.code(), 401001);
    const std::string text = refusal.detail();
    return text.substr(text.rfind('(') + 1, text.rfind(')') - text.rfind('(') - 1);
  }
  return "";
}

TEST(SimJwt, ReadsWhatAConnectedAppSigns) {
  const Jwt jwt = parse_jwt(token(kHeader, claims()));
  EXPECT_EQ(jwt.key_id, "secret-1");
  EXPECT_EQ(jwt.issuer, "app-1");
  EXPECT_EQ(jwt.header_issuer, "app-1");
  EXPECT_EQ(jwt.subject, "anna");
  EXPECT_EQ(jwt.id, "1");
  EXPECT_EQ(jwt.scopes, std::vector<std::string>{"tableau:content:read"});
  EXPECT_EQ(jwt.expires, kNow + 300s);
  check_claims(jwt, kNow);
}

TEST(SimJwt, KnowsItsSignature) {
  const Jwt jwt = parse_jwt(token(kHeader, claims()));
  EXPECT_TRUE(is_signed_with(jwt, "a secret"));
  EXPECT_FALSE(is_signed_with(jwt, "another secret"));
  EXPECT_FALSE(is_signed_with(jwt, ""));
  Jwt changed = jwt;
  changed.signed_part += "x";
  EXPECT_FALSE(is_signed_with(changed, "a secret"));
  changed = jwt;
  changed.signature.pop_back();
  EXPECT_FALSE(is_signed_with(changed, "a secret"));
}

// RFC 7515, appendix A.1: a token that is not ours (its claims are not Tableau's, so it is read up to those).
TEST(SimJwt, ChecksTheSignatureOfTheRfc) {
  Jwt jwt;
  jwt.signed_part =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  const unsigned char signature[] = {116, 24,  223, 180, 151, 153, 224, 37,  79, 250, 96, 125, 216, 173, 187, 186,
                                     22,  212, 37,  77,  105, 214, 191, 240, 91, 88,  5,  88,  83,  132, 141, 121};
  const unsigned char key[] = {3,   35,  53, 75,  43,  15, 165, 188, 131, 126, 6,   101, 119, 123, 166, 143,
                               90,  179, 40, 230, 240, 84, 201, 40,  169, 15,  132, 178, 210, 80,  46,  191,
                               211, 251, 90, 146, 210, 6,  71,  239, 150, 138, 180, 195, 119, 98,  61,  34,
                               61,  46,  33, 114, 5,   46, 79,  8,   192, 205, 154, 245, 103, 208, 128, 163};
  jwt.signature.assign(reinterpret_cast<const char*>(signature), sizeof signature);
  EXPECT_TRUE(is_signed_with(jwt, {reinterpret_cast<const char*>(key), sizeof key}));
}

TEST(SimJwt, TellsEachFault) {
  const auto parse = [](const std::string& text) { return refused([&] { parse_jwt(text); }); };
  EXPECT_EQ(parse("nonsense"), "10098");
  EXPECT_EQ(parse(base64url(kHeader) + "." + base64url(claims()) + "."), "10098");
  EXPECT_EQ(parse("a$.b.c"), "10084");
  EXPECT_EQ(parse(token("[1]", claims())), "10084");
  EXPECT_EQ(parse(token(kHeader, "{")), "10084");
  EXPECT_EQ(parse(token(R"({"alg":"none","kid":"secret-1"})", claims())), "10087");
  EXPECT_EQ(parse(token(R"({"alg":"HS256"})", claims())), "10083");
  EXPECT_EQ(parse(token(kHeader, claims("\"iss"))), "10082");
  EXPECT_EQ(parse(token(kHeader, claims("\"jti"))), "10094");
  EXPECT_EQ(parse(token(kHeader, claims("\"sub"))), "10083");
  EXPECT_EQ(parse(token(kHeader, claims("\"scp"))), "10099");
  EXPECT_EQ(parse(token(kHeader, claims("\"exp"))), "10083");
}

TEST(SimJwt, LivesTenMinutesAtMost) {
  const auto check = [](int64_t lives) {
    return refused([&] { check_claims(parse_jwt(token(kHeader, claims("", lives))), kNow); });
  };
  EXPECT_EQ(check(1), "");
  EXPECT_EQ(check(600), "");
  EXPECT_EQ(check(601), "10096");
  EXPECT_EQ(check(0), "10083");
  EXPECT_EQ(check(-5), "10083");
  EXPECT_EQ(refused([] { check_claims(parse_jwt(token(kHeader, claims("tableau\""))), kNow); }), "10083");
}

}  // namespace
}  // namespace tabferry::sim
