#include "aws/objects.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "aws/checksum.h"
#include "aws/multipart.h"
#include "base/error.h"
#include "base/text.h"
#include "base/url.h"
#include "doc/xml.h"

using tabferry::base::ErrorKind;

namespace tabferry::aws {
namespace {

constexpr size_t kMostDeleted = 1000;                   // keys a DeleteObjects request takes
constexpr uint64_t kMostCopied = uint64_t{5} << 30;     // bytes a CopyObject request takes
constexpr uint64_t kLargestObject = uint64_t{1} << 50;  // far beyond what S3 holds; sums of sizes stay sums
constexpr uint64_t kCopiedPartBytes = uint64_t{1} << 30;

// encoding-type=url: keys may hold what XML cannot. A space comes as '+', a plus as %2B.
std::string key_of(std::string_view encoded) {
  std::string plain(encoded);
  std::replace(plain.begin(), plain.end(), '+', ' ');
  return base::percent_decoded(plain);
}

uint64_t number_of(std::string_view text, const std::string& url) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number > kLargestObject)
    base::fail(ErrorKind::corrupt, "{}: S3 gives the size {}, which is no size of an object", base::quoted(url, 400),
               base::quoted(text));
  return number;
}

// "2009-10-12T17:50:30.000Z", or the form of a header, in whole seconds as a header tells them.
base::WallTime time_of(std::string_view text) {
  const auto iso = base::parse_iso_time(text);
  return std::chrono::floor<std::chrono::seconds>(iso ? *iso : base::parse_http_date(text).value_or(base::WallTime{}));
}

// XML 1.0 cannot carry them: such a key would arrive as another one.
bool has_controls(const std::string& key) {
  return std::any_of(key.begin(), key.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

void delete_one(const Bucket& bucket, const std::string& key) {
  const BucketCall call{.doing = "deleting", .right = "s3:DeleteObject", .method = "DELETE", .key = key};
  const auto response = bucket.ask(call);
  if (response.status >= 300 && response.status != 404) bucket.fail(call, response);
}

std::string delete_request(std::span<const std::string> keys) {
  doc::XmlWriter writer("Delete");
  writer.attribute("xmlns", "http://s3.amazonaws.com/doc/2006-03-01/");
  writer.open("Quiet").text("true").close();
  for (const auto& key : keys) writer.open("Object").open("Key").text(key).close().close();
  return writer.str();
}

// Throws for the keys that S3 would not delete.
void check_deleted(const Bucket& bucket, const http::Response& response) {
  if (base::trim(response.body).empty()) return;
  const auto document = doc::XmlDocument::parse(response.body, "deleting objects");
  const auto errors = document.root().children("Error");
  if (errors.empty()) return;
  const auto& first = errors.front();
  const Refusal refusal{.status = 200, .code = first.child("Code").text(), .message = first.child("Message").text()};
  const auto error = error_of(refusal, bucket.asked("deleting", first.child("Key").text(), "s3:DeleteObject"));
  base::fail(error.kind(), "{}{}", error.what(),
             errors.size() == 1 ? "" : fmt::format(" ({} objects were not deleted)", errors.size()));
}

// "/bucket/key", as x-amz-copy-source wants it.
std::string copy_source(const Bucket& bucket, std::string_view key) {
  return BucketAddress{.bucket = bucket.options().bucket, .region = "", .endpoint = "http://s3", .path_style = true}
      .path(key);
}

// 404 NoSuchKey and 412 are about the source: what a target must be is a condition of completing an upload.
[[noreturn]] void fail_copying(const Bucket& bucket, const store::Object& from, const BucketCall& call,
                               const http::Response& response) {
  const auto refusal = refusal_in(response);
  if (refusal.code == "NoSuchKey") store::fail_changed(bucket.url(from.key), true);
  if (response.status == 412) store::fail_changed(bucket.url(from.key), false);
  bucket.fail(call, response);
}

// One request that copies from `from`, a PUT on `key`: its ETag and its time.
store::Object copy_request(const Bucket& bucket, const store::Object& from, BucketCall call) {
  call.doing = fmt::format("copying {} to", base::quoted(bucket.url(from.key), 400));
  call.right = "s3:GetObject, s3:PutObject";
  call.method = "PUT";
  call.headers.emplace_back("x-amz-copy-source", copy_source(bucket, from.key));
  call.headers.emplace_back("x-amz-copy-source-if-match", from.etag);
  const auto response = bucket.ask(call);
  if (response.status >= 300) fail_copying(bucket, from, call, response);
  const auto document = doc::XmlDocument::parse(response.body, call.doing);
  if (document.root().name() == "Error") bucket.fail(call, response);  // a copy may fail behind a 200
  return {.key = call.key,
          .size_bytes = from.size_bytes,
          .etag = bucket.etag_in(document.root().child("ETag").text(), call.key),
          .modified_at = time_of(document.root().child("LastModified").text())};
}

store::Object copy_whole(const Bucket& bucket, const store::Object& from, std::string_view to_key,
                       const Headers& headers) {
  return copy_request(bucket, from, {.doing = "", .right = "", .key = std::string(to_key), .headers = headers});
}

store::Object copy_in_parts(const Bucket& bucket, const store::Object& from, std::string_view to_key,
                          const Headers& headers) {
  Multipart upload(bucket, to_key, headers, Multipart::Parts::copied);
  size_t part = 0;
  for (uint64_t begin = 0; begin < from.size_bytes; begin += kCopiedPartBytes) {
    const uint64_t end = std::min(from.size_bytes, begin + kCopiedPartBytes);
    BucketCall call{.doing = "",
                    .right = "",
                    .key = std::string(to_key),
                    .query = upload.query(++part),
                    .headers = {{"x-amz-copy-source-range", fmt::format("bytes={}-{}", begin, end - 1)}}};
    upload.add(part, copy_request(bucket, from, std::move(call)).etag);
  }
  return {.key = std::string(to_key), .size_bytes = from.size_bytes, .etag = upload.complete("")};
}

// What asks for the page behind this one; "" behind the last one.
std::string next_token(const Bucket& bucket, std::string_view prefix, const std::string& token,
                       const doc::Element& root) {
  const std::string truncated = root.child("IsTruncated").text();
  const std::string next = root.child("NextContinuationToken").text();
  const bool more = truncated == "true";
  if (!more && ((truncated != "false" && !truncated.empty()) ||
                !next.empty()))  // to guess would be to leave objects out in silence
    base::fail(ErrorKind::corrupt, "listing {}: S3 does not say clearly whether there is more (IsTruncated is {})",
               base::quoted(bucket.url(prefix), 400), base::quoted(truncated));
  if (more && (next.empty() || next == token))
    base::fail(ErrorKind::corrupt, "listing {}: S3 says that there is more and not how to go on",
               base::quoted(bucket.url(prefix), 400));
  return more ? next : "";
}

// The root of an answer to ListObjectsV2.
doc::Element list_root(const doc::XmlDocument& document, const Bucket& bucket, std::string_view prefix) {
  const auto root = document.root();
  if (root.name() != "ListBucketResult")
    base::fail(ErrorKind::corrupt,
               "listing {}: the answer is a <{}>, not S3's list of objects: is the endpoint an S3 server?",
               base::quoted(bucket.url(prefix), 400), root.name());
  return root;
}

}  // namespace

std::string list_page(const Bucket& bucket, std::string_view prefix, const std::string& token,
                      const std::function<void(const store::Object&)>& visit, std::chrono::milliseconds limit) {
  BucketCall call{.doing = "listing",
                  .right = "s3:ListBucket",
                  .query = "?list-type=2&encoding-type=url&prefix=" + base::percent_encoded(prefix),
                  .limit = limit};
  if (!token.empty()) call.query += "&continuation-token=" + base::percent_encoded(token);
  const auto response = bucket.ask_ok(call);
  const auto document = doc::XmlDocument::parse(response.body, fmt::format("listing {}", bucket.url(prefix)));
  const auto root = list_root(document, bucket, prefix);
  const bool encoded = root.child("EncodingType").text() == "url";  // not every server does what it was asked for
  for (const auto& content : root.children("Contents")) {
    const std::string key = content.child("Key").text();
    store::Object object{.key = encoded ? key_of(key) : key,
                         .etag = content.child("ETag").text(),
                         .modified_at = time_of(content.child("LastModified").text())};
    object.size_bytes = number_of(content.child("Size").text(), bucket.url(object.key));
    if (!object.key.ends_with('/') || object.size_bytes > 0) visit(object);  // what consoles make for a folder
  }
  return next_token(bucket, prefix, token, root);
}

void list_objects(const Bucket& bucket, std::string_view prefix,
                  const std::function<void(const store::Object&)>& visit) {
  std::string token, last;
  const auto in_order = [&](const store::Object& object) {  // so that pages that go round in circles end, too
    if (object.key <= last)
      base::fail(ErrorKind::corrupt, "listing {}: S3 names {} behind {}: twice, or not in the order of keys",
                 base::quoted(bucket.url(prefix), 400), base::quoted(object.key, 200), base::quoted(last, 200));
    last = object.key;
    visit(object);
  };
  do token = list_page(bucket, prefix, token, in_order);
  while (!token.empty());
}

std::vector<std::string> list_folders(const Bucket& bucket, std::string_view prefix) {
  std::set<std::string> folders;
  std::string token;
  do {
    const size_t before = folders.size();
    BucketCall call{.doing = "listing the folders of",
                    .right = "s3:ListBucket",
                    .query = "?list-type=2&encoding-type=url&delimiter=%2F&prefix=" + base::percent_encoded(prefix)};
    if (!token.empty()) call.query += "&continuation-token=" + base::percent_encoded(token);
    const auto document =
        doc::XmlDocument::parse(bucket.ask_ok(call).body, fmt::format("listing {}", bucket.url(prefix)));
    const auto root = list_root(document, bucket, prefix);
    const bool encoded = root.child("EncodingType").text() == "url";
    for (const auto& common : root.children("CommonPrefixes")) {
      const std::string text = common.child("Prefix").text();
      const std::string folder = encoded ? key_of(text) : text;
      if (folder.size() > prefix.size() + 1)
        folders.insert(folder.substr(prefix.size(), folder.size() - prefix.size() - 1));
    }
    const std::string next = next_token(bucket, prefix, token, root);
    if (!next.empty() && folders.size() == before)  // pages that go round in circles
      base::fail(ErrorKind::corrupt, "listing the folders of {}: a page of S3's list tells nothing new",
                 base::quoted(bucket.url(prefix), 400));
    token = next;
  } while (!token.empty());
  return {folders.begin(), folders.end()};
}

std::optional<store::Object> head_object(const Bucket& bucket, std::string_view key) {
  const BucketCall call{.doing = "looking at", .right = "s3:GetObject", .method = "HEAD", .key = std::string(key)};
  auto response = bucket.ask(call);
  if (response.status == 404) {
    bucket.look();  // the key is not there, or the bucket is not: a HEAD has no body that would tell
    return std::nullopt;
  }
  if (response.status == 400) {  // what is wrong (expired keys?) is said, and mended, where an answer has a body
    bucket.look();
    response = bucket.ask(call);
  }
  if (response.status >= 300) bucket.fail(call, response);
  return store::Object{.key = std::string(key),
                       .size_bytes = number_of(response.header("content-length"), bucket.url(key)),
                       .etag = response.header("etag"),
                       .modified_at = time_of(response.header("last-modified"))};
}

void delete_objects(const Bucket& bucket, std::span<const std::string> all) {
  std::vector<std::string> keys;
  for (const auto& key : all) {
    if (has_controls(key))
      delete_one(bucket, key);
    else
      keys.push_back(key);
  }
  for (size_t begin = 0; begin < keys.size(); begin += kMostDeleted) {
    const auto some = std::span(keys).subspan(begin, std::min(kMostDeleted, keys.size() - begin));
    BucketCall call{.doing = "deleting objects of",
                    .right = "s3:DeleteObject",
                    .method = "POST",
                    .query = "?delete=",
                    .body = delete_request(some)};
    call.headers = {{"content-type", "application/xml"},
                    {"x-amz-checksum-crc32", crc32_base64(call.body)},
                    {"x-amz-sdk-checksum-algorithm", "CRC32"}};
    check_deleted(bucket, bucket.ask_ok(call));
  }
}

store::Object copy_object(const Bucket& bucket, const store::Object& from, std::string_view to_key,
                          const Headers& headers) {
  // CopyObject knows no condition on its target everywhere, and takes 5 GiB at most; the parts of an upload can be
  // copied, too, and completing it knows conditions. An empty object has no parts.
  const bool conditional =
      std::any_of(headers.begin(), headers.end(), [](const auto& header) { return header.first.starts_with("If-"); });
  return (conditional && from.size_bytes > 0) || from.size_bytes > kMostCopied
             ? copy_in_parts(bucket, from, to_key, headers)
             : copy_whole(bucket, from, to_key, headers);
}

Headers creation_headers(const S3Options& options, const store::CreateOptions& create) {
  Headers headers;
  if (create.if_absent) headers.emplace_back("If-None-Match", "*");
  if (!create.if_match.empty()) headers.emplace_back("If-Match", create.if_match);
  if (!options.sse_kms_key_id.empty()) {
    headers.emplace_back("x-amz-server-side-encryption", "aws:kms");
    headers.emplace_back("x-amz-server-side-encryption-aws-kms-key-id", options.sse_kms_key_id);
  }
  if (!options.storage_class.empty()) headers.emplace_back("x-amz-storage-class", options.storage_class);
  if (create.locked_until) {
    if (options.lock_mode.empty())
      base::fail(ErrorKind::config,
                 "the bucket {} is to hold locked objects, but no lock mode is set for it (GOVERNANCE or COMPLIANCE)",
                 base::quoted(options.bucket));
    headers.emplace_back("x-amz-object-lock-mode", options.lock_mode);
    headers.emplace_back("x-amz-object-lock-retain-until-date", base::iso_time(*create.locked_until));
  }
  return headers;
}

}  // namespace tabferry::aws
