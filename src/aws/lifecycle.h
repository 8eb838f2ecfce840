// GetBucketLifecycleConfiguration. Private to this room.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html
#pragma once

#include "aws/bucket.h"
#include "store/lifecycle.h"

namespace tabferry::aws {

// Not readable, with what S3 said, where the right is missing; not offered where the server answers 501 (versitygw).
// Throws what may pass, and Error{corrupt} for an answer that is none.
store::Lifecycle lifecycle_of(const Bucket& bucket);

}  // namespace tabferry::aws
