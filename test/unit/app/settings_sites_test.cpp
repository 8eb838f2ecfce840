#include "config_fixture.h"

namespace tabferry::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Kind = tableau::Credentials::Kind;

class SettingsSites : public ConfigFixture {
 protected:
  // A file of one site `prod`: its server stands in line 3, its site in line 4, its auth in line 5.
  static std::string site(const std::string& server, const std::string& content_url = "sales",
                          const std::string& auth = "{pat_name: p, pat_secret: \"env:PAT\"}") {
    return "sites:\n  prod:\n    server: " + server + "\n    site: " + content_url + "\n    auth: " + auth + "\n";
  }
};

TEST_F(SettingsSites, ReadsTokensAndPasswords) {
  const auto settings = load(
      "sites:\n"
      "  prod: {server: \"https://eu-west-1a.online.tableau.com\", site: sales, auth: {pat_name: tabferry, pat_secret: "
          "\"env:PAT\"}}\n"
      "  test: {server: \"HTTPS://tableau.acme.com:8443\", site: \"\", auth: {username: admin, password: "
          "\"file:pw\"}}\n");
  ASSERT_EQ(settings.sites.size(), 2U);
  EXPECT_EQ(settings.sites[0].name, "prod");
  EXPECT_EQ(settings.sites[0].server, "https://eu-west-1a.online.tableau.com");
  EXPECT_EQ(settings.sites[0].content_url, "sales");
  EXPECT_EQ(settings.sites[0].auth.kind, Kind::token);
  EXPECT_EQ(settings.sites[0].auth.user, "tabferry");
  EXPECT_EQ(settings.sites[0].auth.secret.reveal(), "env:PAT");
  EXPECT_EQ(settings.sites[1].server, "https://tableau.acme.com:8443");
  EXPECT_EQ(settings.sites[1].content_url, "");
  EXPECT_EQ(settings.sites[1].auth.kind, Kind::password);
  EXPECT_EQ(settings.sites[1].auth.user, "admin");
  EXPECT_THAT(settings.warnings, IsEmpty());
}

TEST_F(SettingsSites, TableauAloneIsASiteNamedDefault) {
  const auto settings = load("tableau: {server: \"https://a.example\", site: s, auth: {pat_name: p, pat_secret: "
      "\"env:X\"}}\n");
  EXPECT_EQ(settings.sites.at(0).name, "default");
  EXPECT_EQ(error_of("sites: {}\ntableau: {}\n"),
      "tabferry.yaml:2: tableau: stands beside sites; `tableau` is for one site alone: move it into sites");
  EXPECT_EQ(error_of("sites: {}\n"), "tabferry.yaml:1: sites: names no site");
}

TEST_F(SettingsSites, PlainSecretsWarnAndAreNeverShown) {
  const auto settings = load(site("https://a.example", "s", "{pat_name: p, pat_secret: hunter2}"));
  EXPECT_THAT(settings.warnings, ElementsAre("auth.pat_secret of site prod is written in plain text; better: env:NAME "
      "or file:PATH"));
  EXPECT_EQ(settings.sites.at(0).auth.secret.reveal(), "hunter2");
  EXPECT_EQ(origin_of(settings, "sites.prod.auth.pat_secret"), "(hidden) (tabferry.yaml:5)");
  for (const auto& origin : settings.origins) EXPECT_THAT(origin.value, Not(HasSubstr("hunter2")));
  EXPECT_THAT(load(site("https://a.example", "s", "{username: p, password: hunter2}")).warnings,
              ElementsAre("auth.password of site prod is written in plain text; better: env:NAME or file:PATH"));
}

TEST_F(SettingsSites, NoMessageShowsASecret) {
  for (const char* secret : {"8675309", "true", "[s8675309]", "{s8675309: 1}", "\"${s8675309}\"",
      "\"x\\0s8675309\""}) {
    const std::string message = error_of(site("https://a.example", "s",
        fmt::format("{{pat_name: p, pat_secret: {}}}", secret)));
    EXPECT_THAT(message, HasSubstr("tabferry.yaml:5: sites.prod.auth.pat_secret")) << secret;
    EXPECT_THAT(message, Not(HasSubstr("8675309"))) << secret;
  }
  EXPECT_EQ(error_of(site("https://a.example", "s", "{pat_name: p, pat_secret: 8675309}")),
            "tabferry.yaml:5: sites.prod.auth.pat_secret: the value is a number to YAML, and text is wanted: quote it");
  EXPECT_THAT(error_of(site("https://a.example", "s", "{pat_name: p, pat_secret: \"${PAT}\"}")),
      HasSubstr("for an environment variable write env:NAME"));
  EXPECT_THAT(error_of(site("https://a.example", "s", "hunter2")), Not(HasSubstr("hunter2")));
  EXPECT_THAT(error_of(site("https://me:hunter2@a.example")), Not(HasSubstr("hunter2")));
}

TEST_F(SettingsSites, ReferencesThatCannotWorkAreRefusedAtOnce) {
  const auto with = [&](const std::string& secret) { return error_of(site("https://a.example", "s",
      "{pat_name: p, pat_secret: \"" + secret + "\"}")); };
  EXPECT_EQ(with("secretsmanager:tableau/prod#"),
            "tabferry.yaml:5: sites.prod.auth.pat_secret: secretsmanager: needs a secret, and a key where it is JSON: "
                "secretsmanager:NAME-or-ARN#KEY");
  EXPECT_THAT(with("ssm:"), HasSubstr("ssm: needs the name of a parameter"));
  EXPECT_THAT(with("env:"), HasSubstr("env: needs the name of an environment variable"));
  EXPECT_THAT(with("file:"), HasSubstr("file: needs a path"));
  EXPECT_THAT(with(""), HasSubstr("sites.prod.auth.pat_secret: is empty"));
  EXPECT_THAT(error_of(site("https://a.example", "s", "{pat_name: \"ssm:\", pat_secret: x}")),
      HasSubstr("sites.prod.auth.pat_name: ssm: needs the name"));
}

TEST_F(SettingsSites, NamesThatYamlReadsAsNumbersAreToBeQuoted) {
  EXPECT_EQ(error_of(site("https://a.example", "007")),
      "tabferry.yaml:4: sites.prod.site: 007 is a number to YAML, and text is wanted: quote it: \"007\"");
  EXPECT_EQ(error_of(site("https://a.example", "s", "{pat_name: true, pat_secret: x}")),
            "tabferry.yaml:5: sites.prod.auth.pat_name: true is a truth value to YAML, and text is wanted: quote it: "
                "\"true\"");
  EXPECT_EQ(load(site("https://a.example", "\"007\"")).sites.at(0).content_url, "007");
  EXPECT_EQ(load(site("https://a.example", "no")).sites.at(0).content_url, "no");
}

TEST_F(SettingsSites, AuthIsOneOfTwoPairs) {
  const auto with = [&](const std::string& auth) { return error_of(site("https://a.example", "s", auth)); };
  EXPECT_EQ(with("{pat_name: p, pat_secret: x, username: u, password: y}"),
            "tabferry.yaml:5: sites.prod.auth: has keys of two kinds; keep pat_name and pat_secret, or username and "
                "password");
  EXPECT_EQ(with("{pat_name: p}"),
      "tabferry.yaml:5: sites.prod.auth: pat_secret is missing: env:NAME or file:PATH, where the secret is found");
  EXPECT_THAT(with("{pat_secret: x}"), HasSubstr("pat_name is missing: the name of a personal access token"));
  EXPECT_THAT(with("{username: x}"), HasSubstr("password is missing"));
  EXPECT_THAT(with("{}"), HasSubstr("pat_name is missing"));
  EXPECT_THAT(with("{connected_app: {}}"), HasSubstr("sites.prod.auth.connected_app: client_id is missing: the client ID"));
  EXPECT_THAT(with("{pat_nam: p}"), HasSubstr("did you mean pat_name?"));
}

const std::string kApp = "{client_id: c, secret_id: i, secret_value: \"env:APP\", username: me@acme.example}";

TEST_F(SettingsSites, AConnectedAppSignsIn) {
  const auto site_ = load(site("https://a.example", "s", "{connected_app: " + kApp + "}")).sites.at(0);
  EXPECT_EQ(site_.auth.kind, Kind::connected_app);
  EXPECT_FALSE(site_.worker_auth);
  variables_["APP"] = "s3cr3t";
  const auto settings = load(site("https://a.example", "s", "{connected_app: " + kApp + "}"));
  const auto credentials = site_options(settings.sites.at(0), settings, environment()).credentials();
  EXPECT_EQ(credentials.client_id, "c");
  EXPECT_EQ(credentials.secret_id, "i");
  EXPECT_EQ(credentials.name, "me@acme.example");
  EXPECT_EQ(credentials.secret.reveal(), "s3cr3t");
  EXPECT_EQ(credentials.scopes, tableau::scopes_for(tableau::Purpose::read));
  EXPECT_EQ(site_options(settings.sites.at(0), settings, environment(), tableau::Purpose::publish).credentials().scopes,
            tableau::scopes_for(tableau::Purpose::publish));
  EXPECT_EQ(in_words(settings.sites.at(0).auth), "the connected app 'c' as 'me@acme.example'");
}

TEST_F(SettingsSites, WorkersMaySignInOtherwise) {
  const auto settings = load(site("https://a.example", "s",
                                  "{pat_name: p, pat_secret: \"env:PAT\"}\n    worker_auth: {connected_app: " + kApp + "}"));
  const auto& one = settings.sites.at(0);
  EXPECT_EQ(one.auth.kind, Kind::token);
  EXPECT_EQ(worker_sign_in(one).kind, Kind::connected_app);
  variables_ = {{"PAT", "pat"}, {"APP", "app"}};
  EXPECT_EQ(site_options(one, settings, environment()).credentials().secret.reveal(), "pat");
  const auto options = worker_options(one, settings, environment());
  EXPECT_EQ(options.credentials().secret.reveal(), "app");
  variables_["APP"] = "";
  const auto later = worker_options(one, settings, environment());
  try {
    later.credentials();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const base::Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("worker_auth.connected_app.secret_value of site prod"));
  }
}

TEST_F(SettingsSites, AConnectedAppIsWhole) {
  const auto with = [&](const std::string& auth) { return error_of(site("https://a.example", "s", auth)); };
  EXPECT_THAT(with("{connected_app: {client_id: c, secret_id: i, username: u}}"), HasSubstr("secret_value is missing"));
  EXPECT_THAT(with("{connected_app: {client_id: c, secret_id: i, secret_value: x}}"), HasSubstr("username is missing"));
  EXPECT_THAT(with("{connected_app: {client_id: c, secret_value: x, username: u}}"), HasSubstr("secret_id is missing"));
  EXPECT_THAT(with("{connected_app: " + kApp + ", pat_name: p, pat_secret: x}"), HasSubstr("worker_auth"));
  EXPECT_THAT(with("{connected_app: " + kApp + ", pat_expires: 2027-01-31}"), HasSubstr("pat_expires"));
  EXPECT_THAT(with("{connected_app: {client_id: c, secret_id: i, secret_value: x, username: u, scopes: [read]}}"),
              HasSubstr("'read' is no scope"));
  EXPECT_THAT(with("{pat_name: p, pat_secret: x}\n    worker_auth: {pat_name: p, pat_secret: x}"),
              HasSubstr("one session at a time"));
}

TEST_F(SettingsSites, MissingKeysSayWhatTheyAre) {
  EXPECT_EQ(error_of("sites:\n  prod: {site: s}\n"),
            "tabferry.yaml:2: sites.prod: server is missing: the address of the site without anything behind the host, "
                "such as https://eu-west-1a.online.tableau.com");
  EXPECT_EQ(error_of("sites:\n  prod: {server: \"https://a.example\"}\n"),
            "tabferry.yaml:2: sites.prod: site is missing: the part after /#/site/ in the browser; write site: \"\" "
                "for a Server's default site");
  EXPECT_THAT(error_of("sites:\n  prod: {server: \"https://a.example\", site: s}\n"),
      HasSubstr("auth is missing: {pat_name: NAME"));
  EXPECT_EQ(error_of("sites:\n  prod:\n"), "tabferry.yaml:2: sites.prod: has no value; a map (KEY: VALUE) is wanted");
}

TEST_F(SettingsSites, ServerIsOnlySchemeAndHost) {
  const auto with = [&](const std::string& server) { return error_of(site(server)); };
  EXPECT_EQ(with("https://a.example/"),
      "tabferry.yaml:3: sites.prod.server: has a slash at the end; write server: https://a.example");
  EXPECT_EQ(with("\"https://a.example/#/site/sales/home\""),
            "tabferry.yaml:3: sites.prod.server: is an address of the browser; write server: https://a.example and "
                "site: \"sales\"");
  EXPECT_EQ(with("\"https://a.example/#/home\""),
            "tabferry.yaml:3: sites.prod.server: is an address of the browser; write server: https://a.example and "
                "site: \"\"");
  EXPECT_THAT(with("https://a.example/t/hr/views/x"), HasSubstr("write server: https://a.example and site: \"hr\""));
  EXPECT_EQ(with("https://a.example/api/3.24"),
      "tabferry.yaml:3: sites.prod.server: has '/api/3.24' behind the host; write server: https://a.example");
  EXPECT_EQ(with("a.example"), "tabferry.yaml:3: sites.prod.server: 'a.example' is no address of a site; write "
      "https://a.example");
  EXPECT_EQ(with("a.example/x"), "tabferry.yaml:3: sites.prod.server: 'a.example/x' is no address of a site; write "
      "https://a.example");
  EXPECT_THAT(with("ftp://a.example"), HasSubstr("is no address of a site; write https://HOST"));
  EXPECT_THAT(with("https://"), HasSubstr("is no address of a site"));
  EXPECT_THAT(with("https://a b"), HasSubstr("is no address of a site"));
  EXPECT_THAT(with("https://a:port"), HasSubstr("is no address of a site"));
  EXPECT_THAT(with("https://u@a.example"), HasSubstr("has a user name in it"));
}

TEST_F(SettingsSites, ClearTextIsSilentOnlyOnThisMachine) {
  for (const char* server : {"http://127.0.0.1:8000", "http://localhost:8000", "\"http://[::1]:8000\"",
      "http://sim.localhost"})
    EXPECT_THAT(load(site(server)).warnings, IsEmpty()) << server;
  for (const char* server : {"http://127.example", "http://10.0.0.1", "http://localhost.example", "http://tableau"})
    EXPECT_THAT(load(site(server)).warnings, ElementsAre(HasSubstr("sites.prod.server is http://"))) << server;
}

TEST_F(SettingsSites, SiteIsAPartOfAnAddress) {
  EXPECT_EQ(error_of(site("https://a.example", "\"https://a.example/#/site/hr/home\"")),
            "tabferry.yaml:4: sites.prod.site: is a whole address; write only the part after /#/site/: \"hr\"");
  EXPECT_THAT(error_of(site("https://a.example", "Sales Department")),
      HasSubstr("'Sales Department' is no site's part of an address"));
  EXPECT_THAT(error_of(site("https://a.example", "hr/")), HasSubstr("is no site's part of an address"));
}

TEST_F(SettingsSites, AnUplinkIsASpeed) {
  const auto uplink_of = [&](const std::string& speed) {
    return load(site("https://a.example") + "    uplink: " + speed + "\n").sites.at(0).uplink;
  };
  EXPECT_EQ(load(site("https://a.example")).sites.at(0).uplink, 0U);
  EXPECT_EQ(uplink_of("20MB/s"), 20'000'000U);
  EXPECT_EQ(uplink_of("1 MiB/s"), 1'048'576U);
  EXPECT_EQ(uplink_of("160Mbit/s"), 20'000'000U);
  EXPECT_EQ(uplink_of("8 kbit/s"), 1000U);
  for (const std::string bad : {"fast", "20MB", "0MB/s", "20M/h", "/s", "-1MB/s", "bit/s", "20MBbit/s"})
    EXPECT_EQ(error_of(site("https://a.example") + "    uplink: \"" + bad + "\"\n"),
              "tabferry.yaml:6: sites.prod.uplink: '" + bad + "' is no speed; write it as 20MB/s or 160Mbit/s");
}

TEST_F(SettingsSites, ChooseSite) {
  const auto settings = load(
      "sites:\n  prod: {server: \"https://a.example\", site: s, auth: {pat_name: p, pat_secret: \"env:X\"}}\n"
      "  test: {server: \"https://b.example\", site: s, auth: {pat_name: p, pat_secret: \"env:X\"}}\n");
  EXPECT_EQ(choose_site(settings, "").name, "prod");
  EXPECT_EQ(choose_site(settings, "test").server, "https://b.example");
  EXPECT_EQ(message_of([&] { choose_site(settings, "prd"); }),
      "there is no site 'prd' in tabferry.yaml (did you mean prod?). Sites: prod, test");
  EXPECT_EQ(message_of([&] { choose_site(load("store: /x\n"), ""); }),
            "tabferry.yaml names no site: add `sites: {NAME: {server, site, auth}}`; `tabferry init` shows how");
}

TEST_F(SettingsSites, OptionsResolveSecretsAtEachCall) {
  const auto settings = load("memory: 256MiB\n" + site("https://a.example", "sales",
      "{pat_name: \"env:WHO\", pat_secret: \"file:pat\"}"));
  std::map<std::string, std::string> variables{{"WHO", "robot\n"}};
  const Environment changing = [&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  const auto options = site_options(settings.sites.at(0), settings, changing);
  EXPECT_EQ(options.server, "https://a.example");
  EXPECT_EQ(options.content_url, "sales");
  EXPECT_EQ(options.chunk_bytes, uint64_t{32} << 20);
  EXPECT_EQ(options.network.ca_bundle, "");
  EXPECT_THAT(message_of([&] { options.credentials(); }),
      HasSubstr("auth.pat_secret of site prod: file:pat: there is no such file"));
  put("pat", "first\n");
  EXPECT_EQ(options.credentials().name, "robot");
  EXPECT_EQ(options.credentials().kind, Kind::token);
  EXPECT_EQ(options.credentials().secret.reveal(), "first");
  put("pat", "second\r\n");
  EXPECT_EQ(options.credentials().secret.reveal(), "second");
  variables.erase("WHO");
  EXPECT_THAT(message_of([&] { options.credentials(); }),
              HasSubstr("auth.pat_name of site prod: env:WHO: the environment variable 'WHO' is not set"));
}

TEST_F(SettingsSites, ChunksFollowMemoryAndTheBundleTheEnvironment) {
  variables_["SSL_CERT_FILE"] = "/etc/ca.pem";
  const auto large = load("memory: 16GiB\n" + site("https://a.example", "s", "{username: u, password: plain}"));
  const auto options = site_options(large.sites.at(0), large, environment());
  EXPECT_EQ(options.chunk_bytes, uint64_t{64} << 20);
  EXPECT_EQ(options.network.ca_bundle, "/etc/ca.pem");
  EXPECT_EQ(options.credentials().kind, Kind::password);
  EXPECT_EQ(options.credentials().secret.reveal(), "plain");
}

}  // namespace
}  // namespace tabferry::app
