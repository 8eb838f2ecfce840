#include "aws/address.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace tabferry::aws {
namespace {

TEST(Address, IsVirtualHostedAtAws) {
  const BucketAddress address{.bucket = "acme", .region = "eu-west-1", .endpoint = ""};
  EXPECT_EQ(address.url("a/b.csv"), "https://acme.s3.eu-west-1.amazonaws.com/a/b.csv");
  EXPECT_EQ(address.host(), "acme.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(address.path("a/b.csv"), "/a/b.csv");
  EXPECT_TRUE(address.is_tls());
}

TEST(Address, IsByPathWhereTheNameHasDotsForCertificatesCoverOneLabel) {
  const BucketAddress address{.bucket = "www.acme.com", .region = "us-east-1", .endpoint = ""};
  EXPECT_EQ(address.url("a"), "https://s3.us-east-1.amazonaws.com/www.acme.com/a");
}

TEST(Address, OfChinaEndsInCn) {
  EXPECT_EQ((BucketAddress{.bucket = "b", .region = "cn-north-1", .endpoint = ""}.base_url()), "https://b.s3.cn-north-1.amazonaws.com.cn");
}

TEST(Address, TakesAnEndpointInBothStylesWithOrWithoutASlash) {
  for (const std::string endpoint : {"http://127.0.0.1:9000", "http://127.0.0.1:9000/"}) {
    EXPECT_EQ((BucketAddress{.bucket = "b", .region = "", .endpoint = endpoint, .path_style = true}.url("k")), "http://127.0.0.1:9000/b/k");
    EXPECT_EQ((BucketAddress{.bucket = "b", .region = "", .endpoint = "http://s3.local:9000", .path_style = false}.host()), "b.s3.local:9000");
  }
  EXPECT_FALSE((BucketAddress{.bucket = "b", .region = "", .endpoint = "http://s3.local"}.is_tls()));
}

TEST(Address, EncodesEveryByteOfAKeyButSlashesAsS3SignsIt) {
  const BucketAddress address{.bucket = "b", .region = "r", .endpoint = "http://h", .path_style = true};
  EXPECT_EQ(address.path("a b/c+d%e;f&g=h?i#j~k-l_m.n"), "/b/a%20b/c%2Bd%25e%3Bf%26g%3Dh%3Fi%23j~k-l_m.n");
  EXPECT_EQ(address.path("é\xF0\x9F\x9A\xA2"), "/b/%C3%A9%F0%9F%9A%A2");
  EXPECT_EQ(address.path("//a//"), "/b///a//") << "keys, not paths: nothing is tidied";
  EXPECT_EQ(address.path("../a"), "/b/../a");
  EXPECT_EQ(address.path("\xFF\n"), "/b/%FF%0A");
}

}  // namespace
}  // namespace tabferry::aws
