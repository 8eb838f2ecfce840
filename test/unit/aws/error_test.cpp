#include "aws/error.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tabferry::aws {
namespace {

using base::ErrorKind;
using testing::HasSubstr;
using testing::Not;

std::string no_header(std::string_view) { return ""; }

Refusal refusal(int status, const std::string& body, const HeaderOf& header = no_header) { return refusal_of(status, body, header); }

std::string xml(const std::string& code, const std::string& more = "") {
  return fmt::format("<?xml version=\"1.0\"?>\n<Error><Code>{}</Code><Message>in S3's words</Message>{}<RequestId>R1</RequestId></Error>", code, more);
}

base::Error told(const Refusal& what) { return error_of(what, {.doing = "reading", .url = "s3://acme/a b", .right = "s3:GetObject", .region = "us-east-1"}); }

struct Case {
  int status;
  std::string code;
  ErrorKind kind;
  std::string cure;
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.code; }

class Codes : public testing::TestWithParam<Case> {};

TEST_P(Codes, SayWhatWasDoneWhatS3SaidAndTheCure) {
  const auto& one = GetParam();
  const auto error = told(refusal(one.status, xml(one.code)));
  EXPECT_EQ(error.kind(), one.kind);
  EXPECT_THAT(error.what(), HasSubstr(fmt::format("reading 's3://acme/a b': S3 answered {} {}: 'in S3's words' (request R1)", one.status, one.code)));
  EXPECT_THAT(error.what(), HasSubstr(one.cure));
  EXPECT_THAT(error.what(), Not(HasSubstr("{")));
}

INSTANTIATE_TEST_SUITE_P(Known, Codes, testing::Values(
  Case{404, "NoSuchBucket", ErrorKind::not_found, "is it spelled right?"},
  Case{404, "NoSuchKey", ErrorKind::not_found, ""},
  Case{403, "AccessDenied", ErrorKind::denied, "lack the right s3:GetObject"},
  Case{403, "InvalidAccessKeyId", ErrorKind::denied, "key of this account"},
  Case{403, "SignatureDoesNotMatch", ErrorKind::denied, "secret access key"},
  Case{400, "ExpiredToken", ErrorKind::denied, "aws sso login"},
  Case{400, "InvalidToken", ErrorKind::denied, "AWS_SESSION_TOKEN"},
  Case{403, "RequestTimeTooSkewed", ErrorKind::denied, "clock is wrong"},
  Case{503, "SlowDown", ErrorKind::transient, "slow down"},
  Case{403, "InvalidObjectState", ErrorKind::denied, "restore"},
  Case{412, "PreconditionFailed", ErrorKind::conflict, ""},
  Case{409, "ConditionalRequestConflict", ErrorKind::conflict, "same time"},
  Case{501, "NotImplemented", ErrorKind::refused, "does not know"},
  Case{500, "InternalError", ErrorKind::transient, ""},
  Case{400, "KMS.DisabledException", ErrorKind::config, "disabled"},
  Case{200, "InternalError", ErrorKind::transient, ""},       // behind a 200: of a copy, of a completion
  Case{200, "ServiceUnavailable", ErrorKind::transient, ""},
  Case{400, "SomethingNew", ErrorKind::denied, ""}));

TEST(Refusal, OfAHeadIsMadeOfItsStatus) {
  EXPECT_EQ(told(refusal(403, "")).kind(), ErrorKind::denied);
  EXPECT_THAT(told(refusal(403, "")).what(), HasSubstr("s3:GetObject"));
  EXPECT_EQ(told(refusal(404, "")).kind(), ErrorKind::not_found);
  EXPECT_EQ(told(refusal(412, "")).kind(), ErrorKind::conflict);
  EXPECT_EQ(told(refusal(503, "")).kind(), ErrorKind::transient);
}

TEST(Refusal, NamesTheRegionOfTheBucketFromHeaderOrBody) {
  const HeaderOf header = [](std::string_view name) { return name == "x-amz-bucket-region" ? "eu-north-1" : ""; };
  for (const auto& one : {refusal(301, xml("PermanentRedirect"), header), refusal(301, "", header), refusal(400, "", header),
                          refusal(400, xml("AuthorizationHeaderMalformed", "<Region>eu-north-1</Region>")),
                          refusal(400, xml("IllegalLocationConstraintException"), header)}) {
    EXPECT_TRUE(names_region(one, "us-east-1"));
    EXPECT_FALSE(names_region(one, "eu-north-1")) << "asked there already: no round trips for ever";
  }
  EXPECT_FALSE(names_region(refusal(403, xml("AccessDenied"), header), "us-east-1"));
  EXPECT_FALSE(names_region(refusal(301, xml("PermanentRedirect")), "us-east-1"));
  EXPECT_THAT(told(refusal(301, xml("PermanentRedirect"), header)).what(), HasSubstr("region: eu-north-1"));
}

TEST(Refusal, IsReadFromWhatIsNoXmlToo) {
  for (const std::string body : {"<!DOCTYPE html><html><body>502 Bad Gateway<br></body></html>", "<html>", "no xml", "{\"error\": 1}", "<", "\xFF\xFE"}) {
    const auto error = told(refusal(502, body));
    EXPECT_EQ(error.kind(), ErrorKind::transient) << body;
    EXPECT_THAT(error.what(), HasSubstr("S3 answered 502"));
  }
}

TEST(Refusal, OfSomeoneElseThanS3IsNotCalledAMissingRight) {
  const auto error = told(refusal(403, "<html><body>Blocked by the proxy of your company</body></html>"));
  EXPECT_EQ(error.kind(), ErrorKind::denied);
  EXPECT_THAT(error.what(), testing::AllOf(Not(HasSubstr("AccessDenied")), Not(HasSubstr("s3:GetObject"))));
}

TEST(Refusal, CannotPutLinesOrFloodsIntoMessages) {
  const auto error = told(refusal(403, "<Error><Code>X</Code><Message>a\nb\x1b[31m" + std::string(100'000, 'z') + "</Message></Error>"));
  EXPECT_LT(std::string(error.what()).size(), 1500U);
  EXPECT_THAT(error.what(), testing::AllOf(Not(HasSubstr("\n")), Not(HasSubstr("\x1b"))));
}

TEST(Refusal, OfExpiredKeysIsKnown) {
  EXPECT_TRUE(is_expired(refusal(400, xml("ExpiredToken"))));
  EXPECT_TRUE(is_expired(refusal(400, xml("TokenRefreshRequired"))));
  EXPECT_FALSE(is_expired(refusal(400, xml("InvalidToken"))));
}

}  // namespace
}  // namespace tabferry::aws
