// An object being written. Private to this room. One thread at a time.
//
// Up to one part is kept, in memory in proportion to it, and goes out at commit() as one PUT of the house's HTTP client
// (measured: a sixth less CPU than by the runtime, no hop to its one thread, and a connection for each writer). What is
// longer becomes a multipart upload of the runtime, a few parts under way at a time. Every request carries its
// CRC64NVME, a multipart object that of the whole. Uncommitted: the upload is aborted. A killed process leaves an
// incomplete upload, which is never an object; abort_uploads() or a lifecycle rule (AbortIncompleteMultipartUpload)
// removes it.
#pragma once

#include "aws/transfers.h"
#include "store/store.h"

namespace tabferry::aws {

std::unique_ptr<store::ObjectSink> create_object(std::shared_ptr<const Transfers> transfers, std::string_view key,
                                                 const store::CreateOptions& options);

}  // namespace tabferry::aws
