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

TEST_F(Answers, TellTheTimeWhichGoesOnByOurClock) {
  list_is_asked().reply(200, kNoList, {{"Date", "Wed, 03 Aug 2016 20:34:04 GMT"}});
  const S3Store store(options(), clock_);
  store.list("p", [](const auto&) {});
  EXPECT_EQ(base::iso_time(store.now()), "2016-08-03T20:34:04Z");
  clock_.sleep_for(std::chrono::minutes(59), {});
  EXPECT_EQ(base::iso_time(store.now()), "2016-08-03T21:33:04Z");
  clock_.sleep_for(std::chrono::minutes(1), {});
  server_.expect("GET", "/bucket/?list-type=2&max-keys=0").reply(200, kNoList, {{"Date", "Wed, 03 Aug 2016 21:35:00 GMT"}});
  EXPECT_EQ(base::iso_time(store.now()), "2016-08-03T21:35:00Z") << "an hour is long: it is asked again";
}

TEST_F(Answers, WithoutADateTellNoTime) {
  server_.expect("GET", "/bucket/?list-type=2&max-keys=0").reply(200, kNoList);
  expect_error(ErrorKind::corrupt, HasSubstr("no Date"), [&] { (void)S3Store(options(), clock_).now(); });
}

TEST_F(Answers, SayWhenAnObjectWasMade) {
  list_is_asked().reply(200, "<ListBucketResult><Contents><Key>p/1</Key><Size>1</Size><LastModified>2009-10-12T17:50:30.999Z</LastModified></Contents>"
                             "<Contents><Key>p/2</Key><Size>1</Size><LastModified>soon</LastModified></Contents></ListBucketResult>");
  const auto found = list();
  EXPECT_EQ(found.at(0).modified_at, base::parse_iso_time("2009-10-12T17:50:30Z")) << "in whole seconds, as HEAD tells it";
  EXPECT_EQ(found.at(1).modified_at, base::WallTime{}) << "not said";
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

TEST_F(Answers, OfLifecycleRulesAreReadInAllTheirForms) {
  server_.expect("GET", "/bucket/?lifecycle=").reply(200, R"(<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
    <Rule><ID>tidy &amp; clean</ID><Filter><Prefix>tmp/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule>
    <Rule><ID>cold</ID><Filter><And><Prefix>a/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag><ObjectSizeGreaterThan>500</ObjectSizeGreaterThan></And></Filter>
      <Status>Enabled</Status><Transition><Days>0</Days><StorageClass>STANDARD_IA</StorageClass></Transition><Transition><Date>2027-01-01T00:00:00.000Z</Date><StorageClass>GLACIER</StorageClass></Transition></Rule>
    <Rule><Prefix>old/</Prefix><Status>Disabled</Status><Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>
      <NoncurrentVersionExpiration><NoncurrentDays>7</NoncurrentDays></NoncurrentVersionExpiration><AbortIncompleteMultipartUpload><DaysAfterInitiation>3</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>
    <Rule><Filter/><Status>Enabled</Status><Expiration><Days>soon</Days></Expiration></Rule></LifecycleConfiguration>)");
  const auto lifecycle = S3Store(options(), clock_).lifecycle_rules();
  ASSERT_TRUE(lifecycle.readable);
  ASSERT_EQ(lifecycle.rules.size(), 4U);
  const auto& [tidy, cold, old, all] = std::tie(lifecycle.rules[0], lifecycle.rules[1], lifecycle.rules[2], lifecycle.rules[3]);
  EXPECT_EQ(tidy.id + " " + tidy.prefix, "tidy & clean tmp/");
  EXPECT_TRUE(tidy.enabled && !tidy.tagged_only && !tidy.sized_only && tidy.expires.after_days == 30U);
  EXPECT_EQ(cold.prefix, "a/");
  EXPECT_TRUE(cold.tagged_only && cold.sized_only && !cold.expires.ever());
  ASSERT_EQ(cold.transitions.size(), 2U);
  EXPECT_EQ(cold.transitions[0].when.after_days, 0U);
  EXPECT_EQ(cold.transitions[1].storage_class, "GLACIER");
  EXPECT_EQ(cold.transitions[1].when.on, base::parse_iso_time("2027-01-01T00:00:00Z"));
  EXPECT_EQ(old.prefix, "old/");
  EXPECT_TRUE(!old.enabled && !old.expires.ever() && old.noncurrent_expires_after_days == 7U && old.aborts_uploads_after_days == 3U);
  EXPECT_TRUE(all.prefix.empty() && all.expires.ever()) << "a number that cannot be read does not make a rule harmless";
}

TEST_F(Answers, ThatThereAreNoLifecycleRulesAreNoFailure) {
  server_.expect("GET", "/bucket/?lifecycle=").reply(404, "<Error><Code>NoSuchLifecycleConfiguration</Code></Error>");
  const auto none = S3Store(options(), clock_).lifecycle_rules();
  EXPECT_TRUE(none.readable && none.rules.empty() && none.why_not.empty());
  server_.expect("GET", "/bucket/?lifecycle=").reply(403, "<Error><Code>AccessDenied</Code></Error>");
  const auto denied = S3Store(options(), clock_).lifecycle_rules();
  EXPECT_FALSE(denied.readable);
  EXPECT_THAT(denied.why_not, HasSubstr("s3:GetLifecycleConfiguration"));
  server_.expect("GET", "/bucket/?lifecycle=").reply(404, "<Error><Code>NoSuchBucket</Code></Error>");
  EXPECT_FALSE(S3Store(options(), clock_).lifecycle_rules().readable);
  server_.expect("GET", "/bucket/?lifecycle=").times(5).reply(503, "<Error><Code>SlowDown</Code></Error>");
  expect_error(ErrorKind::transient, HasSubstr("slow down"), [&] { (void)S3Store(options(), clock_).lifecycle_rules(); });
}

TEST_F(Answers, OfUploadsAreReadPageByPageAndTheOldOnesAborted) {
  server_.expect("GET", "/bucket/?list-type=2&max-keys=0").reply(200, kNoList, {{"Date", "Wed, 03 Aug 2016 20:00:00 GMT"}});
  server_.expect("GET", "/bucket/?uploads=&encoding-type=url&prefix=p%2F").reply(200, "<ListMultipartUploadsResult><EncodingType>url</EncodingType>"
    "<Upload><Key>p/a+b%2B</Key><UploadId>1+</UploadId><Initiated>2016-08-02T19:00:00.000Z</Initiated></Upload>"
    "<Upload><Key>p/young</Key><UploadId>2</UploadId><Initiated>2016-08-03T19:00:00.000Z</Initiated></Upload>"
    "<Upload><Key>p/whenever</Key><UploadId>3</UploadId></Upload>"
    "<IsTruncated>true</IsTruncated><NextKeyMarker>p/young+</NextKeyMarker><NextUploadIdMarker>2</NextUploadIdMarker></ListMultipartUploadsResult>");
  server_.expect("GET", "/bucket/?uploads=&encoding-type=url&prefix=p%2F&key-marker=p%2Fyoung%20&upload-id-marker=2").reply(200, "<ListMultipartUploadsResult>"
    "<Upload><Key>p/gone</Key><UploadId>4</UploadId><Initiated>2016-08-01T19:00:00.000Z</Initiated></Upload>"
    "<Upload><Key>q/stranger</Key><UploadId>5</UploadId><Initiated>2016-08-01T19:00:00.000Z</Initiated></Upload><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>");
  server_.expect("DELETE", "/bucket/p/a%20b%2B?uploadId=1%2B").reply(204);
  server_.expect("DELETE", "/bucket/p/gone?uploadId=4").reply(404, "<Error><Code>NoSuchUpload</Code></Error>");
  EXPECT_EQ(S3Store(options(), clock_).abort_uploads("p/", std::chrono::hours(24)), 1U);
}

TEST_F(Answers, OfALockSayUntilWhen) {
  const S3Store store(options(), clock_);
  server_.expect("GET", "/bucket/?object-lock=").reply(200, "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>", {{"Date", "Wed, 03 Aug 2016 20:00:00 GMT"}});
  server_.expect("GET", "/bucket/a?retention=").reply(200, "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2016-08-04T20:00:00.000Z</RetainUntilDate></Retention>");
  EXPECT_EQ(store.locked_until("a"), base::parse_iso_time("2016-08-04T20:00:00Z"));
  server_.expect("GET", "/bucket/b?retention=").reply(200, "<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2016-08-03T19:00:00.000Z</RetainUntilDate></Retention>");
  server_.expect("GET", "/bucket/b?legal-hold=").reply(200, "<LegalHold><Status>OFF</Status></LegalHold>");
  EXPECT_EQ(store.locked_until("b"), std::nullopt) << "its time is over";
  server_.expect("GET", "/bucket/c?retention=").reply(404, "<Error><Code>NoSuchObjectLockConfiguration</Code></Error>");
  server_.expect("GET", "/bucket/c?legal-hold=").reply(200, "<LegalHold><Status>ON</Status></LegalHold>");
  EXPECT_EQ(store.locked_until("c"), store::kNeverUnlocked);
  server_.expect("GET", "/bucket/d?retention=").reply(403, "<Error><Code>AccessDenied</Code></Error>");
  expect_error(ErrorKind::denied, AllOf(HasSubstr("s3://bucket/d"), HasSubstr("s3:GetObjectRetention")), [&] { (void)store.locked_until("d"); });
}

TEST_F(Answers, OfABucketThatLocksNothingSpareTheQuestions) {
  const S3Store store(options(), clock_);
  server_.expect("GET", "/bucket/?object-lock=").reply(404, "<Error><Code>ObjectLockConfigurationNotFoundError</Code></Error>");
  for (const char* key : {"a", "b"}) EXPECT_EQ(store.locked_until(key), std::nullopt);
}

TEST_F(Answers, ToASmallWriteThatFailsNameTheRight) {
  server_.expect("PUT", "/bucket/k").with_header("x-amz-checksum-crc64nvme", "rosUhgp5mIg=").with_header("x-amz-content-sha256", "UNSIGNED-PAYLOAD").with_body("123456789")
    .reply(403, "<Error><Code>AccessDenied</Code></Error>");
  expect_error(ErrorKind::denied, AllOf(HasSubstr("writing 's3://bucket/k'"), HasSubstr("s3:PutObject")), [&] {
    const S3Store store(options(), clock_);
    const auto sink = store.create("k");
    sink->write("123456789");
    sink->commit();
  });
}

}  // namespace
}  // namespace tabferry::aws
