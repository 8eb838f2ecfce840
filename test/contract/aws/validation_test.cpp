// Which bytes the runtime compares with a checksum of S3: what docs/s3.md says of it was seen here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "aws/checksum.h"
#include "aws/s3_store.h"
#include "aws/transfers.h"
#include "base/error.h"
#include "contract/aws/gateway.h"
#include "support/scripted_server.h"

namespace tabferry::aws {
namespace {

enum class Way { one_get, ranges };   // as objects of a known small size are read, and all others

struct Outcome {
  bool validated;
  int error;
  std::string bytes;
};

struct Body : Exchange {
  std::string bytes;
  void take(std::string some) override { bytes += some; }
};

Outcome read(const S3Options& options, Way way, const std::string& key = "k") {
  const Transfers transfers(std::make_shared<const Bucket>(options, base::system_clock()));
  const auto body = std::make_shared<Body>();
  const auto message = transfers.message("GET", key, {});
  aws_s3_checksum_config checksum{};
  checksum.validate_response_checksum = true;
  aws_s3_meta_request_options request{};
  request.type = way == Way::one_get ? AWS_S3_META_REQUEST_TYPE_DEFAULT : AWS_S3_META_REQUEST_TYPE_GET_OBJECT;
  request.operation_name = aws_byte_cursor_from_c_str("GetObject");
  request.message = message.get();
  request.checksum_config = &checksum;
  const auto running = transfers.start(request, body);
  aws_s3_meta_request_increment_read_window(running.get(), uint64_t{1} << 30);
  std::unique_lock lock(body->mutex);
  transfers.wait(lock, *body, {}, [] { return false; });
  return {.validated = body->validated, .error = body->error, .bytes = body->bytes};
}

void write(const S3Options& options, const std::string& bytes) {
  const S3Store store(options, base::system_clock());
  const auto sink = store.create("k");
  sink->write(bytes);
  sink->commit();
}

TEST(Validation, ComparesWhatOneRequestBringsWithTheChecksumOfTheObject) {
  const Gateway gateway;
  write(gateway.options(), "small");
  EXPECT_TRUE(read(gateway.options(), Way::one_get).validated);
  EXPECT_TRUE(read(gateway.options(), Way::ranges).validated);
}

TEST(Validation, ComparesManyRangesWithTheChecksumOfTheObject) {
  const Gateway gateway;
  const std::string bytes((size_t{17} << 20) + 3, 'x');
  write(gateway.options(), bytes);
  const auto outcome = read(gateway.options(), Way::ranges);
  EXPECT_EQ(outcome.error, 0);
  EXPECT_EQ(outcome.bytes, bytes);
  EXPECT_TRUE(outcome.validated);
  EXPECT_TRUE(read(gateway.options(), Way::one_get).validated);
}

TEST(Validation, ComparesRangesWithAnyChecksumOfTheWhole) {
  const Gateway gateway;
  const Bucket bucket(gateway.options(), base::system_clock());
  const std::string bytes(size_t{11} << 20, 'x');
  for (const auto& header : Headers{{"x-amz-checksum-crc32", crc32_base64(bytes)}, {"x-amz-checksum-sha256", "08xiPNDfjIFYBhBKdDg+YW9/wmxMhxCujXh4Cd6Ia+o="}}) {
    bucket.ask_ok({.doing = "writing", .right = "s3:PutObject", .method = "PUT", .key = "k", .headers = {header}, .body = bytes});
    const auto outcome = read(gateway.options(), Way::ranges);
    EXPECT_EQ(outcome.bytes, bytes) << header.first;
    EXPECT_TRUE(outcome.validated) << header.first;
    EXPECT_TRUE(read(gateway.options(), Way::one_get).validated) << header.first;
  }
}

class OneGet : public testing::Test {
 protected:
  Outcome answered(const std::string& body, const test::HeaderList& headers) {
    server_.expect("GET", "/bucket/?list-type=2&max-keys=0").reply(200, "<ListBucketResult/>");
    server_.expect("GET", "/bucket/k").with_header("x-amz-checksum-mode", "enabled").reply(200, body, headers);
    S3Options options{.bucket = "bucket", .endpoint = server_.url(), .path_style = true};
    ::setenv("AWS_ACCESS_KEY_ID", "AK", 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
    options.credentials = std::make_shared<const Credentials>(CredentialsOptions{}, Connection{}, base::system_clock());
    return read(options, Way::one_get);
  }
  test::ScriptedServer server_;
};

TEST_F(OneGet, WithItsChecksumIsCompared) {
  for (const auto& header : test::HeaderList{{"x-amz-checksum-crc64nvme", "rosUhgp5mIg="}, {"x-amz-checksum-crc32", "y/Q5Jg=="}, {"x-amz-checksum-crc32c", "4waSgw=="},
                                             {"x-amz-checksum-sha1", "98O8HYCOBHMq32eZZczDTKeuNEE="}, {"x-amz-checksum-sha256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="}}) {
    const auto outcome = answered("123456789", {header});
    EXPECT_TRUE(outcome.validated) << header.first;
    EXPECT_EQ(outcome.error, 0) << header.first;
  }
}

TEST_F(OneGet, WithAnotherChecksumFails) {
  for (const std::string name : {"x-amz-checksum-crc64nvme", "x-amz-checksum-crc32"}) {
    const auto outcome = answered("123456780", {{name, name.ends_with("nvme") ? "rosUhgp5mIg=" : "y/Q5Jg=="}});
    EXPECT_EQ(outcome.error, AWS_ERROR_S3_RESPONSE_CHECKSUM_MISMATCH) << name;
  }
}

TEST_F(OneGet, WithoutAChecksumIsNotCompared) {
  const auto outcome = answered("123456789", {});
  EXPECT_FALSE(outcome.validated);
  EXPECT_EQ(outcome.error, 0);
}

// "-2": of the checksums of two parts, which one request does not bring.
TEST_F(OneGet, WithACompositeChecksumIsNotCompared) {
  const auto outcome = answered("123456789", {{"x-amz-checksum-crc32", "y/Q5Jg==-2"}, {"x-amz-checksum-type", "COMPOSITE"}});
  EXPECT_FALSE(outcome.validated);
  EXPECT_EQ(outcome.error, 0);
}

}  // namespace
}  // namespace tabferry::aws
