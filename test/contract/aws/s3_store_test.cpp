// S3Store against a real S3 server: the suite of all stores.
#include "aws/s3_store.h"

#include <fstream>

#include "aws/bucket.h"
#include "contract/aws/gateway.h"
#include "contract/store/store_suite.h"
#include "doc/xml.h"

namespace tabferry::store {
namespace {

class S3Bench : public Bench {
 public:
  const Store& store() const override { return store_; }
  void put(const std::string& key, const std::string& bytes) override {
    const auto sink = stranger_.create(key);
    sink->write(bytes);
    sink->commit();
  }
  void put_many(const std::vector<std::string>& keys) override {  // as files, where the server keeps them
    for (const auto& key : keys) {
      const auto path = gateway_.bucket_folder() / key;
      std::filesystem::create_directories(path.parent_path());
      std::ofstream(path, std::ios::binary).flush();
    }
  }
  void remove(const std::string& key) override { stranger_.remove(std::vector{key}); }
  std::vector<std::string> unfinished() const override {
    const aws::Bucket bucket(gateway_.options(), base::system_clock());
    const auto response = bucket.ask_ok(
        {.doing = "listing the uploads of", .right = "s3:ListBucketMultipartUploads", .query = "?uploads="});
    const auto document = doc::XmlDocument::parse(response.body, "uploads");
    std::vector<std::string> found;
    for (const auto& upload : document.root().children("Upload")) found.push_back(upload.child("Key").text());
    return found;
  }
  size_t large_bytes() const override { return (size_t{12} << 20) + 17; }

 private:
  aws::Gateway gateway_;
  aws::S3Store store_{gateway_.options(), base::system_clock()};
  aws::S3Store stranger_{gateway_.options(), base::system_clock()};
};

class S3StoreTest : public testing::Test {
 protected:
  S3Bench bench_;
  const Store& store_ = bench_.store();
};

TEST_F(S3StoreTest, AbortsUploadsThatWereBegunLongAgo) {
  const auto dead = store_.create("folder/a b"), other = store_.create("other");
  for (const auto* sink : {&dead, &other}) (*sink)->write(std::string(bench_.large_bytes(), 'x'));
  ASSERT_EQ(bench_.unfinished().size(), 2U);
  EXPECT_EQ(store_.abort_uploads("folder/", std::chrono::hours(-1)), 1U);
  EXPECT_EQ(bench_.unfinished(), std::vector<std::string>{"other"});
  EXPECT_THROW(dead->commit(), base::Error) << "who was taken for dead is told";
  EXPECT_EQ(store_.stat("folder/a b"), std::nullopt);
  other->commit();
  EXPECT_EQ(store_.stat("other"), other->object());
}

TEST_F(S3StoreTest, SaysWhatWritingHolds) {
  EXPECT_EQ(store_.write_memory_bytes(), 9 * (uint64_t{5} << 20)) << "a part being filled, four under way, their copies";
}

TEST_F(S3StoreTest, SaysThatThisServerKnowsNoLifecycleRules) {
  const auto lifecycle = store_.lifecycle_rules();
  EXPECT_TRUE(lifecycle.readable && !lifecycle.offered && lifecycle.rules.empty());
}

INSTANTIATE_STORE_SUITE(S3, [] { return std::make_unique<S3Bench>(); });

}  // namespace
}  // namespace tabferry::store
