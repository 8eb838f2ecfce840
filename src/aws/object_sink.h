// An object being written. Private to this room. One thread at a time.
//
// Up to one part is kept and goes out as a single PUT at commit(); what is longer becomes a multipart upload, a few
// parts under way at a time. Every request carries its CRC64NVME, a multipart object that of the whole. Uncommitted:
// the upload is aborted. A killed process leaves an incomplete upload, which is never an object; a lifecycle rule
// (AbortIncompleteMultipartUpload) removes it.
#pragma once

#include "aws/transfers.h"
#include "store/store.h"

namespace tabferry::aws {

std::unique_ptr<store::ObjectSink> create_object(std::shared_ptr<const Transfers> transfers, std::string_view key,
                                                 const store::CreateOptions& options);

}  // namespace tabferry::aws
