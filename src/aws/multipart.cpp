#include "aws/multipart.h"

#include "base/error.h"
#include "base/text.h"
#include "base/url.h"
#include "doc/xml.h"

using tabferry::base::ErrorKind;

namespace tabferry::aws {
namespace {

constexpr auto kAbortLimit = std::chrono::seconds(5);

bool is_condition(const std::string& name) { return name == "If-Match" || name == "If-None-Match"; }

bool is_replacement(const Headers& conditions) { return !conditions.empty() && conditions.front().first == "If-Match"; }

}  // namespace

Multipart::Multipart(const Bucket& bucket, std::string_view key, const Headers& headers, Parts parts)
    : bucket_(bucket), key_(key) {
  BucketCall call{
      .doing = "beginning the upload of", .right = "s3:PutObject", .method = "POST", .key = key_, .query = "?uploads="};
  for (const auto& header : headers) (is_condition(header.first) ? conditions_ : call.headers).push_back(header);
  if (parts == Parts::sent) {
    call.headers.emplace_back("x-amz-checksum-algorithm", "CRC64NVME");
    call.headers.emplace_back("x-amz-checksum-type", "FULL_OBJECT");
  }
  const auto response = bucket_.ask_ok(call);
  const auto document = doc::XmlDocument::parse(response.body, call.doing);
  id_ = document.root().child("UploadId").text();
  if (id_.empty())
    base::fail(ErrorKind::corrupt, "beginning the upload of {}: S3 gave it no id",
               base::quoted(bucket_.url(key_), 400));
  open_ = true;
}

Multipart::~Multipart() {
  if (!open_) return;
  try {
    bucket_.ask({.doing = "aborting the upload of",
                 .right = "s3:AbortMultipartUpload",
                 .method = "DELETE",
                 .key = key_,
                 .query = "?uploadId=" + base::percent_encoded(id_),
                 .limit = kAbortLimit,
                 .despite_stop = true});
  } catch (const base::Error&) {  // the failure that led here is the one to tell
  }
}

std::string Multipart::query(size_t part) const {
  return fmt::format("?partNumber={}&uploadId={}", part, base::percent_encoded(id_));
}

std::string Multipart::body() const {
  doc::XmlWriter writer("CompleteMultipartUpload");
  writer.attribute("xmlns", "http://s3.amazonaws.com/doc/2006-03-01/");
  for (const auto& [number, part] : parts_) {
    writer.open("Part").open("ETag").text(part.etag).close().open("PartNumber").text(std::to_string(number)).close();
    if (!part.crc64nvme.empty()) writer.open("ChecksumCRC64NVME").text(part.crc64nvme).close();
    writer.close();
  }
  return writer.str();
}

std::string Multipart::complete(const std::string& crc64nvme) {
  BucketCall call{.doing = "completing the upload of",
                  .right = "s3:PutObject",
                  .method = "POST",
                  .key = key_,
                  .query = "?uploadId=" + base::percent_encoded(id_),
                  .headers = conditions_,
                  .body = body()};
  call.headers.emplace_back("content-type", "application/xml");
  if (!crc64nvme.empty()) {
    call.headers.emplace_back("x-amz-checksum-crc64nvme", crc64nvme);
    call.headers.emplace_back("x-amz-checksum-type", "FULL_OBJECT");
  }
  const auto response = bucket_.ask(call);
  if (response.status == 404 && !crc64nvme.empty())
    if (auto etag = etag_of_own_object(bucket_, key_, crc64nvme); !etag.empty()) {
      open_ = false;
      return etag;
    }
  if (response.status == 404 && is_replacement(conditions_))
    base::fail(ErrorKind::conflict, "writing {}: the object that was to be replaced is gone",
               base::quoted(bucket_.url(key_), 400));
  if (response.status >= 300) bucket_.fail(call, response);
  const auto document = doc::XmlDocument::parse(response.body, call.doing);
  if (document.root().name() == "Error") bucket_.fail(call, response);  // it may fail behind a 200
  open_ = false;
  return bucket_.etag_in(document.root().child("ETag").text(), key_);
}

std::string etag_of_own_object(const Bucket& bucket, std::string_view key, const std::string& crc64nvme) {
  const auto response = bucket.ask({.doing = "looking at",
                                    .right = "s3:GetObject",
                                    .method = "HEAD",
                                    .key = std::string(key),
                                    .headers = {{"x-amz-checksum-mode", "ENABLED"}}});
  return response.status == 200 && response.header("x-amz-checksum-crc64nvme") == crc64nvme ? response.header("etag")
                                                                                            : "";
}

}  // namespace tabferry::aws
