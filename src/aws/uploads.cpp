#include "aws/uploads.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "base/url.h"
#include "doc/xml.h"

using tabferry::base::ErrorKind;

namespace tabferry::aws {
namespace {

struct Upload {
  std::string key, id;
  base::WallTime begun;
};

// Where the next page begins; both empty for the first one, and behind the last one.
struct Mark {
  std::string key, id;
  bool operator==(const Mark&) const = default;
};

std::string decoded(const doc::Element& element, std::string_view name, bool encoded) {
  std::string text = element.child(name).text();
  if (!encoded) return text;
  std::replace(text.begin(), text.end(), '+', ' ');
  return base::percent_decoded(text);
}

Mark uploads_page(const Bucket& bucket, std::string_view prefix, const Mark& mark, std::vector<Upload>& found) {
  BucketCall call{.doing = "listing the uploads of",
                  .right = "s3:ListBucketMultipartUploads",
                  .query = "?uploads=&encoding-type=url&prefix=" + base::percent_encoded(prefix)};
  if (!mark.key.empty()) call.query += "&key-marker=" + base::percent_encoded(mark.key);
  if (!mark.id.empty()) call.query += "&upload-id-marker=" + base::percent_encoded(mark.id);
  const auto response = bucket.ask_ok(call);
  const auto document = doc::XmlDocument::parse(response.body, fmt::format("the uploads of {}", bucket.url(prefix)));
  const auto root = document.root();
  if (root.name() != "ListMultipartUploadsResult")
    base::fail(ErrorKind::corrupt, "listing the uploads of {}: the answer is a <{}>",
               base::quoted(bucket.url(prefix), 400), root.name());
  const bool encoded = root.child("EncodingType").text() == "url";
  for (const auto& upload : root.children("Upload"))
    found.push_back({.key = decoded(upload, "Key", encoded),
                     .id = upload.child("UploadId").text(),
                     .begun = base::parse_iso_time(upload.child("Initiated").text()).value_or(base::WallTime::max())});
  if (root.child("IsTruncated").text() != "true") return {};
  return {.key = decoded(root, "NextKeyMarker", encoded), .id = root.child("NextUploadIdMarker").text()};
}

bool is_aborted(const Bucket& bucket, const Upload& upload) {
  const BucketCall call{.doing = "aborting the upload of",
                        .right = "s3:AbortMultipartUpload",
                        .method = "DELETE",
                        .key = upload.key,
                        .query = "?uploadId=" + base::percent_encoded(upload.id)};
  const auto response = bucket.ask(call);
  if (response.status >= 300 && response.status != 404) bucket.fail(call, response);
  return response.status < 300;
}

}  // namespace

uint64_t abort_uploads(const Bucket& bucket, std::string_view prefix, base::WallTime before) {
  std::vector<Upload> found;
  Mark mark;
  do {
    const Mark next = uploads_page(bucket, prefix, mark, found);
    if (next == mark && !next.key.empty())
      base::fail(ErrorKind::corrupt, "listing the uploads of {}: S3 says that there is more and not how to go on",
                 base::quoted(bucket.url(prefix), 400));
    mark = next;
  } while (!mark.key.empty());
  uint64_t aborted = 0;
  for (const auto& upload : found)
    if (upload.begun < before && upload.key.starts_with(prefix) && is_aborted(bucket, upload)) ++aborted;
  return aborted;
}

}  // namespace tabferry::aws
