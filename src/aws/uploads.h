// ListMultipartUploads: what writers who died have left. Private to this room.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
#pragma once

#include "aws/bucket.h"

namespace tabferry::aws {

// Aborts the uploads of keys that begin with `prefix` and were begun before `before`; one that is gone meanwhile is
// none. How many were aborted. Throws with the first that could not be.
uint64_t abort_uploads(const Bucket& bucket, std::string_view prefix, base::WallTime before);

}  // namespace tabferry::aws
