#include <map>

#include "config_fixture.h"

namespace tabferry::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class SampleConfig : public ConfigFixture {
 protected:
  void SetUp() override { variables_["TABFERRY_S3_ENDPOINT"] = "file://" + (folder_.path() / "s3").string(); }

  // The sample's own example, with one key given another value ("" takes the key out).
  static std::string sample(const std::string& key = "", const std::string& json_value = "") {
    std::map<std::string, std::string> keys{{"hyper_name", "\"extract.hyper\""}, {"tdsx_name", "\"test.tdsx\""},
        {"table_name", "\"s3_data\""},
                                            {"server_address", "\"https://tableau.example\""},
                                                {"site_name", "\"sales\""}, {"project_name", "\"default\""},
                                            {"tableau_token_name", "\"token\""}, {"tableau_token", "\"env:PAT\""},
                                                {"header_file", "\"header.csv\""},
                                            {"name_format", "\"sales*.csv\""}, {"bucket_name", "\"landing\""},
                                                {"aws_cred_profile_name", "\"default\""},
                                            {"contains_header", "\"False\""}};
    if (!key.empty()) keys[key] = json_value;
    std::string text;
    for (const auto& [name, value] : keys)
      if (!value.empty()) text += fmt::format("{}\n  \"{}\": {}", text.empty() ? "{" : ",", name, value);
    return text + "\n}\n";
  }
  Settings read(const std::string& key = "",
      const std::string& value = "") { return load(sample(key, value), "config.json"); }
  std::string error_at(const std::string& key,
      const std::string& value) { return error_of(sample(key, value), "config.json"); }
};

TEST_F(SampleConfig, ThirteenKeysWorkUnchanged) {
  const auto settings = read();
  EXPECT_TRUE(settings.from_sample);
  EXPECT_THAT(settings.warnings, IsEmpty());
  EXPECT_EQ(settings.memory_bytes, uint64_t{512} << 20);
  const auto& site = settings.sites.at(0);
  EXPECT_EQ(site.name, "default");
  EXPECT_EQ(site.server, "https://tableau.example");
  EXPECT_EQ(site.content_url, "sales");
  EXPECT_EQ(site.auth.user, "token");
  EXPECT_EQ(site.auth.secret.reveal(), "env:PAT");
  ASSERT_EQ(settings.datasources.size(), 1U);
  const auto& spec = settings.datasources[0];
  EXPECT_EQ(spec.name, "test");
  EXPECT_EQ(spec.key, "test");
  EXPECT_EQ(spec.project, "default");
  EXPECT_EQ(spec.template_file, folder_.path() / "test.tdsx");
  EXPECT_EQ(spec.keep_hyper, folder_.path() / "extract.hyper");
  const auto& table = spec.tables.at(0);
  EXPECT_EQ(table.name, (table::TableName{"public", "s3_data"}));
  EXPECT_EQ(table.files.written, "s3://landing/sales*.csv");
  EXPECT_EQ(table.header_file.value().written, "s3://landing/header.csv");
  EXPECT_EQ(table.files.store, table.header_file->store);
  EXPECT_EQ(table.dialect.delimiter, ',');
  EXPECT_EQ(table.dialect.quote, '"');
  EXPECT_EQ(table.dialect.null_string, "NULL");
  EXPECT_FALSE(table.dialect.header);
  EXPECT_FALSE(table.dialect.check_header);
  EXPECT_EQ(table.file_column, "File Path");
}

TEST_F(SampleConfig, WildcardsCrossFoldersAsInFnmatch) {
  const auto files = read().datasources.at(0).tables.at(0).files;
  EXPECT_TRUE(files.keys.matches("sales/2024/jan.csv"));
  EXPECT_TRUE(files.keys.matches("sales1.csv"));
  EXPECT_FALSE(files.keys.matches("x/sales1.csv"));
  EXPECT_EQ(files.store->url("sales/1.csv"), "s3://landing/sales/1.csv");
}

TEST_F(SampleConfig, TheDatasourceIsNamedAfterTheTemplateDotsKept) {
  EXPECT_EQ(read("tdsx_name", "\"my.sales.tdsx\"").datasources.at(0).name, "my.sales");
  EXPECT_EQ(read("tdsx_name", "\"out/x.TDSX\"").datasources.at(0).name, "x");
  EXPECT_EQ(read("tdsx_name", "\"out/x.TDSX\"").datasources.at(0).template_file, folder_.path() / "out/x.TDSX");
  EXPECT_THAT(error_at("tdsx_name", "\".tdsx\""), HasSubstr("config.json: tdsx_name: has no name before .tdsx"));
  EXPECT_THAT(error_at("tdsx_name", "\"sales.zip\""), HasSubstr("'sales.zip' is no .tdsx"));
  EXPECT_THAT(error_at("hyper_name", "\"./test.tdsx\""), HasSubstr("hyper_name: must end in .hyper"));
}

TEST_F(SampleConfig, ContainsHeaderIsTextOrTruth) {
  for (const char* yes : {"\"True\"", "\"true\"", "\"TRUE\"", "true"})
      EXPECT_TRUE(read("contains_header", yes).datasources.at(0).tables.at(0).dialect.header) << yes;
  for (const char* no : {"\"False\"", "\"fALSE\"", "false"})
      EXPECT_FALSE(read("contains_header", no).datasources.at(0).tables.at(0).dialect.header) << no;
  EXPECT_EQ(error_at("contains_header", "\"yes\""),
      "config.json: contains_header: 'yes' is neither \"True\" nor \"False\"");
  EXPECT_THAT(error_at("contains_header", "1"), HasSubstr("1 is a number to JSON"));
}

TEST_F(SampleConfig, TheAddressIsTakenWithOrWithoutItsScheme) {
  EXPECT_EQ(read("server_address", "\"tableau.example\"").sites.at(0).server, "https://tableau.example");
  EXPECT_EQ(read("server_address", "\"https://tableau.example/\"").sites.at(0).server, "https://tableau.example");
  EXPECT_EQ(read("server_address", "\"http://127.0.0.1:8080\"").sites.at(0).server, "http://127.0.0.1:8080");
  EXPECT_THAT(read("server_address", "\"http://tableau.example\"").warnings, ElementsAre(HasSubstr("clear text")));
  EXPECT_EQ(error_at("server_address", "\"https://tableau.example/#/site/hr/home\""),
            "config.json: server_address: is an address of the browser; write server_address: https://tableau.example "
                "and site_name: \"hr\"");
  EXPECT_EQ(read("site_name", "\"\"").sites.at(0).content_url, "");
}

TEST_F(SampleConfig, AllThirteenAreNeeded) {
  EXPECT_EQ(error_at("name_format", ""),
      "config.json: missing: name_format. All thirteen keys of the s3-to-hyper sample are needed (or those of a "
      "tabferry.yaml: "
                                         "`tabferry init` shows them)");
  EXPECT_THAT(error_of(R"({"hyper_name": "x"})", "config.json"), HasSubstr("missing: tdsx_name, table_name, server_address"));
  EXPECT_THAT(error_at("tdsx_nam", "\"x\""),
      StartsWith("config.json: tdsx_nam: unknown key (did you mean tdsx_name?). Keys that may stand here: hyper_name, "));
  for (const char* key : {"hyper_name", "tdsx_name", "table_name", "server_address", "project_name",
      "tableau_token_name", "tableau_token", "header_file",
                          "name_format", "bucket_name"})
    EXPECT_EQ(error_at(key, "\"\""), fmt::format("config.json: {}: is empty", key));
  for (const char* key : {"hyper_name", "table_name", "site_name", "bucket_name", "aws_cred_profile_name"})
    EXPECT_THAT(error_at(key, "12"), StartsWith(fmt::format("config.json: {}: 12 is a number to JSON", key)));
  EXPECT_THAT(error_at("tableau_token", "{\"a\": 1}"), HasSubstr("tableau_token: is a map; text is wanted"));
}

TEST_F(SampleConfig, APlainTokenWarnsOnceAndIsNeverShown) {
  const auto settings = read("tableau_token", "\"s3cr3t\"");
  EXPECT_THAT(settings.warnings, ElementsAre("tableau_token is written in plain text; better: env:NAME or file:PATH"));
  EXPECT_EQ(origin_of(settings, "tableau_token"), "(hidden) (config.json)");
  for (const auto& origin : settings.origins) EXPECT_THAT(origin.value, Not(HasSubstr("s3cr3t")));
  EXPECT_THAT(error_at("tableau_token", "\"ssm:\""), HasSubstr("ssm: needs the name"));
}

TEST_F(SampleConfig, ConfigShowNamesAllThirteen) {
  const auto settings = read();
  for (const char* key : {"hyper_name", "tdsx_name", "table_name", "server_address", "site_name", "project_name",
      "tableau_token_name", "tableau_token", "header_file",
                          "name_format", "bucket_name", "contains_header"})
    EXPECT_THAT(origin_of(settings, key), HasSubstr("(config.json)")) << key;
  EXPECT_EQ(origin_of(settings, "aws_cred_profile_name"),
      "default (not used: a directory stands in for the bucket) (config.json)");
  EXPECT_EQ(origin_of(settings, "memory"), "512MiB (default)");
}

TEST_F(SampleConfig, ARealBucketIsReadWithTheProfile) {
  variables_.clear();
  const auto settings = load(sample(), "config.json");
  EXPECT_EQ(settings.buckets->settings_of("landing").profile, "default");
  EXPECT_EQ(origin_of(settings, "aws_cred_profile_name"), "default (config.json)");
}

TEST_F(SampleConfig, IsNoYaml) {
  EXPECT_THAT(error_of(sample(), "tabferry.yaml"), HasSubstr("unknown key"));
}

}  // namespace
}  // namespace tabferry::app
