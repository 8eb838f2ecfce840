#include "config_fixture.h"

namespace tabferry::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class SettingsLoad : public ConfigFixture {
 protected:
  void SetUp() override {
    before_ = fs::current_path();
    fs::current_path(folder_.path());
  }
  void TearDown() override { fs::current_path(before_); }

 private:
  fs::path before_;
};

constexpr const char* kSmall = "store: file:///var/backups\n";

TEST_F(SettingsLoad, FindsTheFileByFlagThenVariableThenName) {
  put("tabferry.yaml", "store: /by-name\n");
  put("variable.yaml", "store: /by-variable\n");
  put("flag.yaml", "store: /by-flag\n");
  put("config.json", R"({"store": "/by-json"})");
  EXPECT_EQ(load_settings({}, environment()).store, "file:///by-name");
  variables_["TABFERRY_CONFIG"] = "variable.yaml";
  const auto by_variable = load_settings({}, environment());
  EXPECT_EQ(by_variable.store, "file:///by-variable");
  EXPECT_EQ(origin_of(by_variable, "config"), "variable.yaml (environment TABFERRY_CONFIG)");
  const auto by_flag = load_settings({.config_file = "flag.yaml"}, environment());
  EXPECT_EQ(by_flag.store, "file:///by-flag");
  EXPECT_EQ(by_flag.file, "flag.yaml");
  EXPECT_EQ(origin_of(by_flag, "config"), "flag.yaml (-c)");
  EXPECT_EQ(origin_of(by_flag, "store"), "/by-flag (flag.yaml:1)");
  variables_["TABFERRY_CONFIG"] = "";
  fs::remove("tabferry.yaml");
  EXPECT_EQ(load_settings({}, environment()).store, "file:///by-json");
}

TEST_F(SettingsLoad, NoFileSaysHowToMakeOne) {
  EXPECT_EQ(message_of([&] { load_settings({}, environment()); }),
            "there is no configuration: no ./tabferry.yaml and no ./config.json. Name one with -c FILE or "
            "$TABFERRY_CONFIG, give its text in $TABFERRY_CONFIG_YAML, or make one: tabferry init");
  variables_["LAMBDA_TASK_ROOT"] = "/var/task";
  EXPECT_THAT(message_of([&] { load_settings({}, environment()); }),
              AllOf(HasSubstr("no config.json in the function's folder ($LAMBDA_TASK_ROOT, /var/task)"),
                    HasSubstr("S3_BUCKET"), Not(HasSubstr("-c FILE")), Not(HasSubstr("tabferry init"))));
  variables_.erase("LAMBDA_TASK_ROOT");
  put("tabferry.yml", kSmall);
  EXPECT_THAT(message_of([&] { load_settings({}, environment()); }), HasSubstr("there is a tabferry.yml: rename it"));
}

TEST_F(SettingsLoad, FilesThatCannotBeReadAreConfigErrors) {
  EXPECT_EQ(message_of([&] { load_settings({.config_file = "none.yaml"}, environment()); }),
            "reading the configuration (named by -c): there is no file 'none.yaml'");
  variables_["TABFERRY_CONFIG"] = ".";
  EXPECT_EQ(message_of([&] { load_settings({}, environment()); }),
            "reading the configuration (named by environment TABFERRY_CONFIG): '.' is a folder, not a file");
  EXPECT_THAT(error_of("#" + std::string(1 << 20, 'x')), HasSubstr("is larger than 1.0 MB"));
}

TEST_F(SettingsLoad, AnEmptyFileIsSaidToBeEmpty) {
  for (const char* text : {"", "# nothing\n", "{}", "---\n"})
    EXPECT_EQ(error_of(text), "tabferry.yaml: holds no settings; `tabferry init` shows what one looks like") << text;
  EXPECT_EQ(error_of("{}", "config.json"), "config.json: holds no settings; `tabferry init` shows what one looks like");
  EXPECT_EQ(error_of("just text"), "tabferry.yaml: is text; a map (KEY: VALUE) is wanted");
  EXPECT_EQ(error_of("[]", "config.json"), "config.json: is a list; a map (KEY: VALUE) is wanted");
}

TEST_F(SettingsLoad, UnknownKeysAreErrorsWithTheNearest) {
  EXPECT_EQ(error_of("store: x\nmemroy: 1GiB\n"),
            "tabferry.yaml:2: memroy: unknown key (did you mean memory?). Keys that may stand here: sites, tableau, "
                "store, backup, prune, limits, notify, metrics, s3, memory, network, datasources");
  EXPECT_THAT(error_of("zzzzzz: 1\n"), StartsWith("tabferry.yaml:1: zzzzzz: unknown key. Keys that may stand here: "));
}

TEST_F(SettingsLoad, KeysThatAreNotBuiltYetAreRefused) {
  EXPECT_EQ(error_of("store: x\nlimits: {publishes_per_hour: 1}\n"),
            "tabferry.yaml:2: limits.publishes_per_hour: publishes_per_hour is not built yet; take the key out. Keys that "
                "work here: requests_per_hour");
}

TEST_F(SettingsLoad, WhatS3IsToldIsChecked) {
  const auto endpoint_error = [&](const std::string& text) { return error_of("s3:\n  buckets:\n    b: {endpoint: \"" + text + "\"}\n"); };
  EXPECT_THAT(endpoint_error("file:data"), HasSubstr("tabferry.yaml:3: s3.buckets.b.endpoint: 'file:data' names no directory; write file:///DIR (three slashes"));
  EXPECT_THAT(endpoint_error("minio:9000"), HasSubstr("is no endpoint; write https://HOST[:PORT]"));
  EXPECT_THAT(endpoint_error("https://minio/bucket"), HasSubstr("nothing behind it"));
  EXPECT_THAT(endpoint_error("https://user:pa55w@minio"), ::testing::AllOf(HasSubstr("holds a user name or a password"), ::testing::Not(HasSubstr("pa55w"))));
  for (const char* region : {"evil.example/#", "x@evil", "EU", ".."})
    EXPECT_THAT(error_of(fmt::format("s3: {{region: '{}'}}\n", region)), HasSubstr("is no region"));
  EXPECT_THAT(error_of("s3: {role_arn: writer}\n"), HasSubstr("write its ARN, arn:aws:iam::ACCOUNT:role/NAME"));
  EXPECT_THAT(error_of("s3: {path_style: 3}\n"), HasSubstr("s3.path_style"));
  EXPECT_THAT(error_of("s3: {regoin: x}\n"), HasSubstr("did you mean region"));
}

TEST_F(SettingsLoad, TimeOutsHaveUnits) {
  const auto network = load("network: {stall_timeout: 90s, connect_timeout: 500ms, first_byte_timeout: 1h}\n").network;
  EXPECT_EQ(network.stall_timeout, std::chrono::seconds(90));
  EXPECT_EQ(network.connect_timeout, std::chrono::milliseconds(500));
  EXPECT_EQ(network.first_byte_timeout, std::chrono::hours(1));
  for (const char* text : {"90", "soon", "0s", "-1s", "1d"})
    EXPECT_THAT(error_of(fmt::format("network: {{stall_timeout: {}}}\n", text)), HasSubstr("is no time; write a whole number and its unit")) << text;
}

TEST_F(SettingsLoad, VariablesInValuesAreRefused) {
  EXPECT_EQ(error_of("store: \"s3://b/${date}/x\"\n"),
      "tabferry.yaml:1: store: '${date}' in a value is not built yet; write the value itself");
}

TEST_F(SettingsLoad, MemoryIsASizeOfAtLeast256MiB) {
  EXPECT_EQ(load("memory: 1GiB\n").memory_bytes, uint64_t{1} << 30);
  EXPECT_EQ(load("memory: 536870912\n").memory_bytes, 536870912U);
  EXPECT_EQ(load("memory: 256MiB\n").memory_bytes, uint64_t{256} << 20);
  EXPECT_EQ(load(kSmall).memory_bytes, uint64_t{512} << 20);
  EXPECT_EQ(origin_of(load(kSmall), "memory"), "512MiB (default)");
  EXPECT_EQ(error_of("memory: 255MiB\n"),
      "tabferry.yaml:1: memory: '255MiB' is too little; at least 256MiB are needed");
  EXPECT_EQ(error_of("memory: much\n"),
      "tabferry.yaml:1: memory: 'much' is no size; write a whole number and its unit, such as 512MiB or 2GB");
  EXPECT_THAT(error_of("memory: 1.5GiB\n"), HasSubstr("is no size"));
  EXPECT_THAT(error_of("memory: -1\n"), HasSubstr("is no size"));
  EXPECT_THAT(error_of("memory: true\n"), HasSubstr("true is a truth value to YAML, and text is wanted"));
}

TEST_F(SettingsLoad, StoreIsABucketOrAFolder) {
  EXPECT_EQ(load("store: s3://acme/tableau\n").store, "s3://acme/tableau");
  EXPECT_EQ(load("store: file:///var/b\n").store, "file:///var/b");
  EXPECT_EQ(load("store: backups/../here\n").store, "file://" + (folder_.path() / "here").string());
  EXPECT_EQ(load("memory: 1GiB\n").store, "");
  EXPECT_THAT(error_of("store: s3:///x\n"), HasSubstr("names no bucket"));
  EXPECT_THAT(error_of("store: gs://b/x\n"), HasSubstr("is of no form that is known here"));
  EXPECT_THAT(error_of("store: \"\"\n"), HasSubstr("tabferry.yaml:1: store: is empty"));
  EXPECT_EQ(error_of("store: 7\n"),
      "tabferry.yaml:1: store: 7 is a number to YAML, and text is wanted: quote it: \"7\"");
  EXPECT_THAT(error_of("store: ~\n"), HasSubstr("is nothing to YAML (left empty, ~ or null)"));
  EXPECT_EQ(error_of("store: [a]\n"), "tabferry.yaml:1: store: is a list; text is wanted");
}

TEST_F(SettingsLoad, TheEndpointVariableIsCheckedAndHidesAPassword) {
  variables_["TABFERRY_S3_ENDPOINT"] = "http://user:s3cr3t@127.0.0.1:9000";
  const std::string message = error_of(kSmall);
  EXPECT_THAT(message, HasSubstr("the environment variable TABFERRY_S3_ENDPOINT is neither http(s)://HOST[:PORT] nor file:///DIR"));
  EXPECT_THAT(message, ::testing::Not(HasSubstr("s3cr3t")));
  variables_["TABFERRY_S3_ENDPOINT"] = "file:///srv/s3";
  EXPECT_EQ(origin_of(load(kSmall), "s3.endpoint"), "file:///srv/s3 (environment TABFERRY_S3_ENDPOINT)");
}

TEST_F(SettingsLoad, FlagsAndEnvironmentAreOrigins) {
  variables_["TABFERRY_HYPERD"] = "/opt/hyperd";
  const auto file = put("t.yaml", kSmall).string();
  EXPECT_EQ(origin_of(load_settings({.config_file = file, .site = "test"}, environment()), "site"), "test (--site)");
  EXPECT_EQ(origin_of(load_settings({.config_file = file}, environment()), "engine"),
      "/opt/hyperd (environment TABFERRY_HYPERD)");
  EXPECT_EQ(origin_of(load_settings({.config_file = file, .engine = "/my/hyperd"}, environment()), "engine"),
      "/my/hyperd (--engine)");
}

constexpr const char* kTwins = R"(datasources:
  sales:
    project: Finance
    tables:
      t: {files: x.csv, columns: {id: bigint}, csv: {delimiter: "\t"}}
store: /b
sites:
  prod: {server: "https://a.example", site: s, auth: {pat_name: "env:WHO", pat_secret: "env:PAT"}}
)";

TEST_F(SettingsLoad, OriginsFollowTheFileAndNameDefaults) {
  const auto settings = load(kTwins);
  std::vector<std::string> shown;
  for (const auto& origin : settings.origins) shown.push_back(without_folder(origin.key + " = " + origin.value + " "
      "[" + origin.source + "]"));
  EXPECT_THAT(shown, ::testing::ElementsAre(
                         "config = tabferry.yaml [-c]",
                         "backup.kinds = workbooks, datasources, flows, metadata [default]",
                         "backup.revisions = 0 [default]", "backup.scope = admin [default]",
                         "backup.incremental = reference [default]", "backup.full_every = 7d [default]",
                         "backup.concurrency = 32 [default]", "backup.max_failures = 10%, at least 20 [default]",
                         "memory = 512MiB [default]",
                             "datasources.sales.name = sales [default]",
                         "datasources.sales.package = auto [default]",
                         "datasources.sales.project = Finance [tabferry.yaml:3]",
                             "datasources.sales.tables.t.schema = public [default]",
                         "datasources.sales.tables.t.files = x.csv [tabferry.yaml:5]",
                             "datasources.sales.tables.t.columns.id = bigint [tabferry.yaml:5]",
                         "datasources.sales.tables.t.csv.quote = \" [default]",
                             "datasources.sales.tables.t.csv.header = true [default]",
                         "datasources.sales.tables.t.csv.delimiter = \\t [tabferry.yaml:5]",
                             "store = /b [tabferry.yaml:6]",
                         "sites.prod.server = https://a.example [tabferry.yaml:8]",
                             "sites.prod.site = s [tabferry.yaml:8]",
                         "sites.prod.auth.pat_name = env:WHO [tabferry.yaml:8]",
                             "sites.prod.auth.pat_secret = env:PAT [tabferry.yaml:8]"));
}

TEST_F(SettingsLoad, JsonTakesTheSameKeys) {
  const auto settings = load(R"({"tableau": {"server": "https://a.example", "site": "", "auth": {"pat_name": "p", "pat_secret": "env:X"}},
    "datasources": {"\uD83D\uDE00": {"project": "p", "tables": {"t": {"files": "*.csv", "columns": {"id": "bigint", "n": {"type": "text", "nullable": false}},
    "csv": {"header": false}}}}}})", "Config.JSON");
  EXPECT_FALSE(settings.from_sample);
  EXPECT_EQ(settings.datasources.at(0).name, "😀");
  EXPECT_EQ(settings.datasources[0].tables.at(0).columns.at(1).nullable, false);
  EXPECT_FALSE(settings.datasources[0].tables[0].dialect.header);
  EXPECT_EQ(origin_of(settings, "tableau.server"), "https://a.example (Config.JSON)");
  EXPECT_EQ(error_of(R"({"memory": "1MiB"})", "config.json"), "config.json: memory: '1MiB' is too little; at least 256MiB are needed");
  EXPECT_EQ(error_of(R"({"store": 7})", "config.json"), "config.json: store: 7 is a number to JSON, and text is wanted: quote it: \"7\"");
  EXPECT_THAT(error_of(R"({"store": "a", "store": "b"})", "config.json"), HasSubstr("the key 'store' stands twice"));
  EXPECT_THAT(error_of("{\"store\": \"a\",\n}", "config.json"), StartsWith("config.json:2:"));
  EXPECT_THAT(error_of(R"({"store": "a\u0000b"})", "config.json"), HasSubstr("NUL character"));
}

TEST(ProcessEnvironment, ReadsTheProcessOwn) {
  ::setenv("TABFERRY_TEST_VARIABLE", "here", 1);
  EXPECT_EQ(process_environment()("TABFERRY_TEST_VARIABLE"), "here");
  ::unsetenv("TABFERRY_TEST_VARIABLE");
  EXPECT_EQ(process_environment()("TABFERRY_TEST_VARIABLE"), std::nullopt);
}

}  // namespace
}  // namespace tabferry::app
