// Answers that no S3 gives, or only on a bad day: a scripted server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "aws/multipart.h"
#include "aws/s3_store.h"
#include "base/error.h"
#include "support/fake_clock.h"
#include "support/scripted_server.h"

namespace tabferry::aws {
namespace {

using base::ErrorKind;
using testing::AllOf;
using testing::HasSubstr;

class Answers : public testing::Test {
 protected:
  Answers() {
    ::setenv("AWS_ACCESS_KEY_ID", "AK", 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", "the secret", 1);
  }

  S3Options options() const {
    S3Options options{.bucket = "bucket", .region = "eu-west-1", .endpoint = server_.url(), .path_style = true};
    options.credentials = std::make_shared<const Credentials>(CredentialsOptions{}, Connection{}, clock_);
    return options;
  }
  test::Step& list_is_asked(const std::string& more = "") { return server_.expect("GET", "/bucket/?list-type=2&encoding-type=url&prefix=p" + more); }

  std::vector<store::Object> list() const {
    std::vector<store::Object> found;
    S3Store(options(), clock_).list("p", [&](const auto& object) { found.push_back(object); });
    return found;
  }
  void expect_error(ErrorKind kind, const testing::Matcher<const char*>& words, const std::function<void()>& step) const {
    try {
      step();
      ADD_FAILURE() << "no error";
    } catch (const base::Error& error) {
      EXPECT_EQ(base::name_of(error.kind()), base::name_of(kind));
      EXPECT_THAT(error.what(), words);
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("the secret")));
    }
  }

  test::FakeClock clock_;
  test::ScriptedServer server_;
};

const std::string kNoList = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";

TEST_F(Answers, ThatAreNoListsAreCorrupt) {
  for (const std::string body : {"<!DOCTYPE html><html><body>Welcome<br></body></html>", "<html><body>Welcome</body></html>", "{}", "", "<ListBucketResult>"}) {
    list_is_asked().reply(200, body);
    expect_error(ErrorKind::corrupt, HasSubstr("s3://bucket/p"), [&] { list(); });
  }
}

TEST_F(Answers, OfAWebServerNameTheEndpoint) {
  list_is_asked().reply(200, "<html><body>Welcome</body></html>");
  expect_error(ErrorKind::corrupt, AllOf(HasSubstr("<html>"), HasSubstr("is the endpoint an S3 server?")), [&] { list(); });
}

TEST_F(Answers, WithSizesThatAreNoNumbersAreCorrupt) {
  for (const std::string size : {"", "12x", "-1", "1e3", " 1", "99999999999999999999", "0x10"}) {
    list_is_asked().reply(200, "<ListBucketResult><Contents><Key>p/1</Key><Size>" + size + "</Size></Contents></ListBucketResult>");
    expect_error(ErrorKind::corrupt, AllOf(HasSubstr("s3://bucket/p/1"), HasSubstr("no size of an object")), [&] { list(); });
  }
}

TEST_F(Answers, ThatAreCutAndDoNotSayHowToGoOnAreCorrupt) {
  list_is_asked().reply(200, "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>");
  expect_error(ErrorKind::corrupt, HasSubstr("not how to go on"), [&] { list(); });
}

TEST_F(Answers, ThatRepeatTheirTokenEnd) {
  const std::string page = "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>a+b/c=</NextContinuationToken></ListBucketResult>";
  list_is_asked().reply(200, page);
  list_is_asked("&continuation-token=a%2Bb%2Fc%3D").reply(200, page);
  expect_error(ErrorKind::corrupt, HasSubstr("not how to go on"), [&] { list(); });
}

TEST_F(Answers, WithEncodedKeysAreDecodedAndPlainOnesAreNot) {
  list_is_asked().reply(200, "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>p/a+b%2Bc%2525</Key><Size>1</Size></Contents></ListBucketResult>");
  EXPECT_EQ(list().at(0).key, "p/a b+c%25");
  list_is_asked().reply(200, "<ListBucketResult><Contents><Key>p/a+b%2B &amp;</Key><Size>1</Size></Contents></ListBucketResult>");
  EXPECT_EQ(list().at(0).key, "p/a+b%2B &");
}

TEST_F(Answers, ThatAskToSlowDownAreWaitedFor) {
  list_is_asked().times(2).reply(503, "<Error><Code>SlowDown</Code></Error>");
  list_is_asked().reply(200, kNoList);
  EXPECT_TRUE(list().empty());
  EXPECT_EQ(clock_.slept().size(), 2U);
  list_is_asked().times(5).reply(503, "<Error><Code>SlowDown</Code></Error>");
  expect_error(ErrorKind::transient, HasSubstr("slow down"), [&] { list(); });
}

TEST_F(Answers, ThatRefuseNameTheRight) {
  list_is_asked().reply(403, "<Error><Code>AccessDenied</Code></Error>");
  expect_error(ErrorKind::denied, HasSubstr("s3:ListBucket"), [&] { list(); });
  server_.expect("PUT", "/bucket/b").with_header("x-amz-copy-source", "/bucket/a").reply(403, "<Error><Code>AccessDenied</Code></Error>");
  expect_error(ErrorKind::denied, HasSubstr("s3:GetObject, s3:PutObject"), [&] { S3Store(options(), clock_).copy({.key = "a", .size_bytes = 1, .etag = "\"1\""}, "b"); });
}

TEST_F(Answers, OfACopyMayBeAFailureBehindA200) {
  server_.expect("PUT", "/bucket/b").reply(200, "<?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>try again</Message></Error>");
  expect_error(ErrorKind::transient, AllOf(HasSubstr("copying"), HasSubstr("InternalError")), [&] { S3Store(options(), clock_).copy({.key = "a", .size_bytes = 1, .etag = "\"1\""}, "b"); });
}

TEST_F(Answers, OfACompletionMayBeAFailureBehindA200AndTheUploadIsAborted) {
  server_.expect("POST", "/bucket/k?uploads=").reply(200, "<InitiateMultipartUploadResult><UploadId>u/1+</UploadId></InitiateMultipartUploadResult>");
  server_.expect("POST", "/bucket/k?uploadId=u%2F1%2B").with_body("<PartNumber>1</PartNumber>").reply(200, "<Error><Code>SlowDown</Code></Error>");
  server_.expect("DELETE", "/bucket/k?uploadId=u%2F1%2B").reply(204);
  const Bucket bucket(options(), clock_);
  expect_error(ErrorKind::transient, AllOf(HasSubstr("completing"), HasSubstr("s3://bucket/k")), [&] {
    Multipart upload(bucket, "k", {}, Multipart::Parts::sent);
    upload.add(1, "\"e\"");
    upload.complete("");
  });
}

TEST_F(Answers, ToAnUploadWithoutAnIdAreCorrupt) {
  server_.expect("POST", "/bucket/k?uploads=").reply(200, "<InitiateMultipartUploadResult/>");
  const Bucket bucket(options(), clock_);
  expect_error(ErrorKind::corrupt, HasSubstr("no id"), [&] { Multipart(bucket, "k", {}, Multipart::Parts::sent); });
}

TEST_F(Answers, OfADeletionNameWhatIsStillThere) {
  server_.expect("POST", "/bucket/?delete=").with_body("<Key>a&amp;b</Key>").reply(200, "<DeleteResult><Error><Key>a&amp;b</Key><Code>AccessDenied</Code></Error>"
                                                                                       "<Error><Key>c</Key><Code>AccessDenied</Code></Error></DeleteResult>");
  expect_error(ErrorKind::denied, AllOf(HasSubstr("s3://bucket/a&b"), HasSubstr("s3:DeleteObject"), HasSubstr("2 objects")), [&] { S3Store(options(), clock_).remove(std::vector<std::string>{"a&b", "c", "d"}); });
}

TEST_F(Answers, ToAnotherRegionAreSignedForItFromThenOn) {
  list_is_asked().reply(301, "<Error><Code>PermanentRedirect</Code></Error>", {{"x-amz-bucket-region", "sa-east-1"}});
  list_is_asked().times(2).reply(200, kNoList);
  const S3Store store(options(), clock_);
  for (int i = 0; i < 2; ++i) store.list("p", [](const auto&) {});
  std::vector<std::string> scopes;
  for (const auto& request : server_.seen()) scopes.push_back(request.header("authorization"));
  EXPECT_THAT(scopes, testing::ElementsAre(HasSubstr("/eu-west-1/s3/aws4_request"), HasSubstr("/sa-east-1/s3/aws4_request"), HasSubstr("/sa-east-1/s3/aws4_request")));
}

}  // namespace
}  // namespace tabferry::aws
