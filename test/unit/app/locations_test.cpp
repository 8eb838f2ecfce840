#include "app/buckets.h"
#include "app/locations.h"

#include "config_fixture.h"

namespace tabferry::app {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class LocationsTest : public ConfigFixture {
 protected:
  static std::string text_of(const std::string& files, const std::string& s3 = "") {
    return s3 + "datasources: {d: {project: p, tables: {t: {columns: {a: int}, files: '" + files + "'}}}}\n";
  }
  publish::Objects objects(const std::string& files,
      const std::string& s3 = "") { return load(text_of(files, s3)).datasources.at(0).tables.at(0).files; }
  std::string error_at(const std::string& files, const std::string& s3 = "") { return error_of(text_of(files, s3)); }
  // The URLs of the objects that match, without the folder of the test.
  std::vector<std::string> urls(const publish::Objects& objects) {
    std::vector<std::string> found;
    objects.store->list(objects.keys.literal_prefix(), [&](const store::Object& object) {
      if (objects.keys.matches(object.key)) found.push_back(without_folder(objects.store->url(object.key)));
    });
    return found;
  }
};

TEST_F(LocationsTest, RelativePathsStartAtTheConfig) {
  put("data/a.csv", "1");
  put("data/b.csv", "1");
  put("data/deep/c.csv", "1");
  put("other/d.csv", "1");
  EXPECT_THAT(urls(objects("data/*.csv")), ::testing::ElementsAre("file://data/a.csv", "file://data/b.csv"));
  EXPECT_THAT(urls(objects("data/**.csv")), ::testing::SizeIs(3));
  EXPECT_THAT(urls(objects("**/*.csv")), ::testing::SizeIs(4));
  EXPECT_THAT(urls(objects("./data/../other/*.csv")), ::testing::ElementsAre("file://other/d.csv"));
  EXPECT_THAT(urls(objects("data/a.csv")), ::testing::ElementsAre("file://data/a.csv"));
  EXPECT_THAT(urls(objects("dat?/deep/*.csv")), ::testing::ElementsAre("file://data/deep/c.csv"));
}

TEST_F(LocationsTest, TheRootIsTheFolderBeforeTheFirstWildcard) {
  const auto found = objects("file:///srv//in/./x/../2024-*/orders?.csv");
  EXPECT_EQ(found.store->url("k"), "file:///srv/in/k");
  EXPECT_EQ(found.keys.pattern(), "2024-*/orders?.csv");
  EXPECT_EQ(found.written, "file:///srv//in/./x/../2024-*/orders?.csv");
  EXPECT_EQ(objects("/*.csv").store->url("k"), "file:///k");
  EXPECT_EQ(objects("/x.csv").keys.pattern(), "x.csv");
  EXPECT_EQ(objects("/a/b[1]/x.csv").store->url("k"), "file:///a/k");
  EXPECT_EQ(objects("/a/b[1]/x.csv").keys.pattern(), "b[1]/x.csv");
  EXPECT_EQ(objects("../up/*.csv").store->url("k"), "file://" + (folder_.path().parent_path() / "up/k").string());
}

TEST_F(LocationsTest, WildcardCharactersInTheConfigsOwnFolderAreNone) {
  put("[pro*j?]/data/a.csv", "1");
  const auto settings = load(text_of("data/*.csv"), "[pro*j?]/tabferry.yaml");
  EXPECT_THAT(urls(settings.datasources.at(0).tables.at(0).files),
      ::testing::ElementsAre("file://[pro*j?]/data/a.csv"));
}

TEST_F(LocationsTest, NamesAreNotDecoded) {
  put("d a%20t;a/50%.csv", "1");
  EXPECT_THAT(urls(objects("d a%20t;a/50%.csv")), ::testing::ElementsAre("file://d a%20t;a/50%.csv"));
  EXPECT_EQ(objects("file:///a%20b/*.csv").store->url("k"), "file:///a%20b/k");
}

TEST_F(LocationsTest, StoresOfOneRootAreOne) {
  const auto settings = load("datasources: {d: {project: p, tables: {t: {files: data/*.csv, header_file: data/h.csv}, "
      "u: {files: ./data/u.csv, header_file: h.csv}}}}\n");
  const auto& tables = settings.datasources.at(0).tables;
  EXPECT_EQ(tables[0].files.store, tables[0].header_file->store);
  EXPECT_EQ(tables[0].files.store, tables[1].files.store);
  EXPECT_NE(tables[0].files.store, tables[1].header_file->store);
}

TEST_F(LocationsTest, ABucketMayBeADirectory) {
  put("s3/acme/orders/1.csv", "1");
  put("s3/acme/orders/2.csv", "1");
  const std::string endpoint = "file://" + (folder_.path() / "s3").string();
  const std::string s3 = "s3: {buckets: {acme: {endpoint: '" + endpoint + "'}}}\n";
  const auto found = objects("s3://acme/orders/*.csv", s3);
  EXPECT_THAT(urls(found), ::testing::ElementsAre("s3://acme/orders/1.csv", "s3://acme/orders/2.csv"));
  EXPECT_EQ(found.keys.pattern(), "orders/*.csv");
  EXPECT_EQ(origin_of(load(s3), "s3.buckets.acme.endpoint"), without_folder(endpoint) + " (tabferry.yaml:1)");
  variables_["TABFERRY_S3_ENDPOINT"] = endpoint + "/";
  EXPECT_THAT(urls(objects("s3://acme/orders/*.csv")), ::testing::SizeIs(2));
  EXPECT_THAT(urls(objects("s3://other/orders/*.csv")), ::testing::IsEmpty());
}

TEST_F(LocationsTest, TheEnvironmentsEndpointStandsAboveTheFiles) {
  put("env/acme/x.csv", "1");
  variables_["TABFERRY_S3_ENDPOINT"] = "file://" + (folder_.path() / "env").string();
  const std::string s3 = "s3: {buckets: {acme: {endpoint: file:///nowhere}}}\n";
  EXPECT_THAT(urls(objects("s3://acme/*.csv", s3)), ::testing::ElementsAre("s3://acme/x.csv"));
  EXPECT_EQ(origin_of(load(s3), "s3.buckets.acme.endpoint"), "");
}

TEST_F(LocationsTest, ABucketIsInS3WhereNoDirectoryStandsInForIt) {
  const auto settings = load("s3: {region: eu-west-1, buckets: {acme: {endpoint: 'https://minio.example:9000', profile: p}, bare: {region: eu-north-1}}}\nmemory: 1GiB\n");
  auto& buckets = *settings.buckets;
  const auto acme = buckets.s3_options("acme");
  EXPECT_EQ(acme.endpoint + " " + acme.region, "https://minio.example:9000 eu-west-1");
  EXPECT_TRUE(acme.path_style);
  const auto bare = buckets.s3_options("bare");
  EXPECT_EQ(bare.endpoint + " " + bare.region, " eu-north-1");
  EXPECT_FALSE(bare.path_style);
  EXPECT_EQ(buckets.store("acme"), buckets.store("acme")) << "one store a bucket";
  EXPECT_EQ(buckets.store("acme")->url("a b"), "s3://acme/a b");
}

TEST_F(LocationsTest, AwsVariablesSayWhatTheFileDoesNot) {
  variables_ = {{"AWS_REGION", "eu-south-1"}, {"AWS_DEFAULT_REGION", "no"}, {"AWS_ENDPOINT_URL", "http://no"}, {"AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9000"}};
  const auto settings = load("s3: {buckets: {acme: {region: eu-west-1, path_style: false}}}\n");
  const auto other = settings.buckets->settings_of("other"), acme = settings.buckets->settings_of("acme");
  EXPECT_EQ(other.endpoint + " " + other.region, "http://127.0.0.1:9000 eu-south-1");
  EXPECT_EQ(acme.endpoint + " " + acme.region, "http://127.0.0.1:9000 eu-west-1");
  EXPECT_FALSE(settings.buckets->s3_options("acme").path_style);
}

TEST_F(LocationsTest, WhatCannotBeMeantIsRefused) {
  EXPECT_THAT(error_at("file://host/x.csv"),
      HasSubstr("names a host or no absolute path; write file:/// with three slashes"));
  EXPECT_THAT(error_at("file:/x.csv"), HasSubstr("write file:/// with three slashes"));
  EXPECT_THAT(error_at("https://a.example/x.csv"),
      HasSubstr("'https://a.example/x.csv' is of no form that is known here; write a path beside"));
  EXPECT_THAT(error_at("~/x.csv"), HasSubstr("'~' is not expanded here"));
  EXPECT_THAT(error_at("data/"), HasSubstr("'data/' names a folder; say which files in it, such as data/*.csv"));
  EXPECT_THAT(error_at("data/*/../x.csv"), HasSubstr("has the folder '..' in it, which matches nothing there"));
  EXPECT_THAT(error_at("data/*//x.csv"), HasSubstr("has '//' in it"));
  put("data/x.csv", "1");
  EXPECT_THAT(error_at("data"), HasSubstr("'data' is a folder; say which files in it, such as data/*.csv"));
  const std::string s3 = "s3: {buckets: {b: {endpoint: file:///s}, '..': {endpoint: file:///s}}}\n";
  EXPECT_THAT(error_at("s3://b", s3),
      HasSubstr("'s3://b' names a folder; say which files in it, such as s3://b/*.csv"));
  EXPECT_THAT(error_at("s3://b/", s3), HasSubstr("such as s3://b/*.csv"));
  EXPECT_THAT(error_at("s3:///x", s3), HasSubstr("names no bucket"));
  EXPECT_THAT(error_at("s3://../x", s3), HasSubstr("'..' is no name of a bucket"));
  EXPECT_THAT(error_at("s3://b*/x", s3), HasSubstr("'b*' is no name of a bucket"));
  EXPECT_THAT(error_at("s3://b/a/../x", s3), HasSubstr("has the folder '..' in it"));
  EXPECT_THAT(error_at("s3://b//x", s3), HasSubstr("has '//' in it"));
}

}  // namespace
}  // namespace tabferry::app
