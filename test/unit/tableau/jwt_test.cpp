// Signing in by a connected app. Whether other programs read our tokens: test/e2e/test_workers.py.
#include "tableau/jwt.h"

#include <set>

#include "base/hash.h"
#include "base/text.h"
#include "doc/json.h"
#include "site_fixture.h"
#include "tableau/scopes.h"

namespace tabferry::tableau {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const base::WallTime kNow = *base::parse_iso_time("2026-01-02T03:04:05Z");

Credentials app() {
  return {.kind = Credentials::Kind::connected_app,
          .name = "nightly@acme.example",
          .secret = base::Secret(kSecret),
          .client_id = "client-1",
          .secret_id = "secret-1",
          .scopes = {"tableau:content:read", "tableau:users:read"}};
}

std::string decoded(std::string_view text) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string bits, bytes;
  for (const char c : text)
    for (int bit = 5; bit >= 0; --bit) bits += (kLetters.find(c) >> static_cast<unsigned>(bit) & 1U) != 0 ? '1' : '0';
  for (size_t at = 0; at + 8 <= bits.size(); at += 8)
    bytes += static_cast<char>(std::stoi(bits.substr(at, 8), nullptr, 2));
  return bytes;
}

struct Pieces {
  doc::Json header, claims;
  std::string signed_part, signature;
};

Pieces pieces_of(const std::string& jwt) {
  const auto parts = base::split(jwt, '.');
  EXPECT_EQ(parts.size(), 3U) << jwt;
  EXPECT_EQ(jwt.find_first_of("=+/"), std::string::npos) << "base64url has no padding";
  return {.header = doc::parse_json(decoded(parts[0]), "header"),
          .claims = doc::parse_json(decoded(parts[1]), "claims"),
          .signed_part = jwt.substr(0, jwt.rfind('.')),
          .signature = decoded(parts[2])};
}

// The JWT of the sign-in that the server saw.
std::string jwt_in(const test::Seen& seen) {
  const auto from = seen.body.find("jwt=\"") + 5;
  return seen.body.substr(from, seen.body.find('"', from) - from);
}

TEST(Hmac, IsThatOfRfc4231) {
  std::string hex;
  for (const char c : base::hmac_sha256(base::Secret("Jefe"), "what do ya want for nothing?"))
    hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  EXPECT_EQ(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Jwt, HoldsWhatTableauAsksFor) {
  const auto pieces = pieces_of(signed_jwt(app(), "id-1", kNow).reveal());
  EXPECT_EQ(pieces.header, (doc::Json{{"alg", "HS256"}, {"typ", "JWT"}, {"kid", "secret-1"}, {"iss", "client-1"}}));
  EXPECT_EQ(pieces.claims, (doc::Json{{"iss", "client-1"},
                                      {"sub", "nightly@acme.example"},
                                      {"aud", "tableau"},
                                      {"jti", "id-1"},
                                      {"exp", 1767323045 + 300},
                                      {"scp", {"tableau:content:read", "tableau:users:read"}}}));
  EXPECT_EQ(pieces.signature, base::hmac_sha256(base::Secret(kSecret), pieces.signed_part));
}

TEST(Jwt, IsBase64UrlWhateverItsLength) {
  for (const std::string name : {"a", "ab", "abc", "abcd", "ü@x", "a\"b\\c"}) {
    auto credentials = app();
    credentials.name = name;
    EXPECT_EQ(pieces_of(signed_jwt(credentials, "i", kNow).reveal()).claims["sub"], name);
  }
}

TEST(Jwt, HasAnIdThatNoOtherHas) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(fresh_jwt_id());
  EXPECT_EQ(ids.size(), 1000U);
  EXPECT_EQ(ids.begin()->size(), 32U);
}

TEST(Jwt, TheSitesNumberSaysWhatToCheck) {
  EXPECT_EQ(jwt_refusal_number("a.example answered 401 (401001): 'Signin Error: The JWT was used before. (10091)'"),
            10091);
  EXPECT_EQ(jwt_refusal_number("401 (401001): 'User could not be found. (16)'"), 16);
  EXPECT_EQ(jwt_refusal_number("10ax.online answered 401 (401001): 'errorCode=10084'"), 10084);
  EXPECT_EQ(jwt_refusal_number("127.0.0.1:16 answered 401 (401001): 'no'"), 0);
  const auto cure = [](int number) { return cure_of_jwt(number, app(), kNow, kNow); };
  EXPECT_THAT(cure(16), AllOf(HasSubstr("'nightly@acme.example'"), Not(HasSubstr("client-1"))));
  EXPECT_THAT(cure(10084), AllOf(HasSubstr("'client-1'"), HasSubstr("'secret-1'"), HasSubstr("clock")));
  EXPECT_THAT(cure(10099), HasSubstr("connected_app.scopes"));
  EXPECT_THAT(cure(0), AllOf(HasSubstr("'client-1'"), HasSubstr("'nightly@acme.example'"), HasSubstr("clock")));
}

TEST(Jwt, AClockThatIsOffIsTold) {
  EXPECT_THAT(
      cure_of_jwt(10083, app(), kNow + 7min, kNow),
      AllOf(HasSubstr("2026-01-02T03:04:05Z"), HasSubstr("2026-01-02T03:11:05Z"), HasSubstr("set this machine")));
  EXPECT_THAT(cure_of_jwt(10083, app(), kNow + 1min, kNow), Not(HasSubstr("2026-01-02")));
  EXPECT_THAT(cure_of_jwt(10083, app(), std::nullopt, kNow), Not(HasSubstr("2026-01-02")));
}

TEST(Scopes, ABackupOnlyReads) {
  const auto scopes = scopes_for(Purpose::read);
  EXPECT_THAT(scopes, Each(StartsWith("tableau:")));
  for (const auto& scope : scopes) EXPECT_TRUE(scope.ends_with(":read") || scope.ends_with(":download")) << scope;
  EXPECT_EQ(std::set<std::string>(scopes.begin(), scopes.end()).size(), scopes.size());
  EXPECT_THAT(scopes_for(Purpose::publish), Contains("tableau:datasources:create"));
  EXPECT_THAT(scopes_for(Purpose::publish), Not(Contains("tableau:workbooks:download")));
}

TEST(Scopes, VirtualConnectionsAreClosed) {
  for (const auto* path : {"virtualconnections", "virtualConnections/1", "virtualconnections/1/connections?pageSize=1",
                           "projects/1/default-permissions/virtualconnections"})
    EXPECT_THAT(closed_to_apps(path), AllOf(HasSubstr(closed_nouns()), HasSubstr("personal access token"))) << path;
  for (const auto* path : {"", "workbooks/1/connections", "workbooks?filter=name:eq:virtualconnections"})
    EXPECT_THAT(closed_to_apps(path), IsEmpty()) << path;
  EXPECT_EQ(closed_nouns(), "virtual connections");
}

class JwtSignIn : public SiteTest {
 protected:
  JwtSignIn() { credentials = app(); }
  void expect_projects(const std::string& token, int status, const std::string& body) {
    server.expect("GET", kSite + "projects?pageSize=1000&pageNumber=1")
        .with_header("x-tableau-auth", token)
        .reply(status, body);
  }
  void expect_whether_alive(const std::string& token, int status, const std::string& body = {}) {
    server.expect("GET", "/api/3.29/sessions/current").with_header("x-tableau-auth", token).reply(status, body);
  }
  std::string ended() const { return ts_error("401002", "Unauthorized Access", "Invalid token"); }
};

TEST_F(JwtSignIn, SendsTheTokenAloneAndAFreshOneEachTime) {
  signed_in();
  EXPECT_TRUE(site().by_connected_app());
  expect_projects("tok1", 401, ended());
  expect_whether_alive("tok1", 401, ended());
  expect_new_session("tok2");
  expect_projects("tok2", 200, ts("<projects/>"));
  site().projects({});
  const auto seen = server.seen();
  const auto first = pieces_of(jwt_in(seen.at(1))), second = pieces_of(jwt_in(seen.at(4)));
  EXPECT_EQ(seen.at(1).body.find("name="), std::string::npos) << seen.at(1).body;
  EXPECT_EQ(seen.at(1).body.find(kSecret), std::string::npos);
  EXPECT_NE(first.claims["jti"], second.claims["jti"]);
  EXPECT_EQ(credentials_read, 2) << "a secret that was rotated works";
}

TEST_F(JwtSignIn, WhatItHasNoScopeForIsNoEndOfTheSession) {
  signed_in();
  expect_projects("tok1", 401, ended());
  expect_whether_alive("tok1", 200, ts("<session/>"));
  expect_projects("tok1", 401, ended());
  const auto error = error_of([&] { site().projects({}); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("401002"), HasSubstr("no scope"), HasSubstr("personal access token")));
}

TEST_F(JwtSignIn, WhereWhetherItLivesIsClosedTooASignInThatWasInVainIsNotTriedEachTime) {
  const auto expect_beyond_scopes = [&] {
    const auto error = error_of([&] { site().projects({}); });
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("no scope"), HasSubstr("just begun"), Not(HasSubstr("lives"))));
  };
  signed_in();
  expect_projects("tok1", 401, ended());
  expect_whether_alive("tok1", 401, ended());
  expect_new_session("tok2");
  expect_projects("tok2", 401, ended());
  expect_beyond_scopes();
  expect_projects("tok2", 401, ended());
  expect_beyond_scopes();
  clock.sleep_for(61s, {});  // it may be over by now
  expect_projects("tok2", 401, ended());
  expect_whether_alive("tok2", 401, ended());
  expect_new_session("tok3");
  expect_projects("tok3", 200, ts("<projects/>"));
  site().projects({});
}

TEST_F(JwtSignIn, AnIdThatTheSiteSawBeforeIsReplacedOnce) {
  server.expect("GET", "/api/2.4/serverInfo").reply(200, server_info());
  server.expect("POST", "/api/3.29/auth/signin").reply(401, ts_error("401001", "Signin Error", "used before (10091)"));
  server.expect("POST", "/api/3.29/auth/signin").reply(200, session());
  site().sign_in({});
  EXPECT_NE(jwt_in(server.seen().at(1)), jwt_in(server.seen().at(2)));
}

TEST_F(JwtSignIn, ARefusalShowsNoTokenAndSaysWhatToCheck) {
  server.expect("GET", "/api/2.4/serverInfo").reply(200, server_info());
  server.expect("POST", "/api/3.29/auth/signin")
      .reply(401, ts_error("401001", "Signin Error", "The JWT is not signed by a connected app. (10084)"),
             {{"Date", "Fri, 02 Jan 2026 03:20:05 GMT"}});
  const auto error = error_of([&] { site().sign_in({}); });
  EXPECT_EQ(error.kind(), ErrorKind::denied);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("10084"), HasSubstr("'client-1'"), HasSubstr("'secret-1'"),
                                  HasSubstr("'sales'"), HasSubstr("2026-01-02T03:20:05Z")));
  EXPECT_THAT(error.what(), Not(HasSubstr(jwt_in(server.seen().at(1)))));
}

TEST_F(JwtSignIn, AnOldServerIsToldApart) {
  server.expect("GET", "/api/2.4/serverInfo").reply(200, server_info("3.16"));
  const auto error = error_of([&] { site().sign_in({}); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("2026.1.0"), HasSubstr("2022.3")));
}

}  // namespace
}  // namespace tabferry::tableau
