// gzip on the way (RFC 1952): packed bytes in, plain bytes out, a block at a time.
#pragma once

#include <memory>
#include <string>

#include "io/byte_source.h"

namespace tabferry::io {

// The plain bytes of `packed`: all members one after the other (pigz, bgzip and Firehose write many), each checked by
// its CRC and length. Zero bytes behind the last one are padding, as for gzip(1); anything else there is not.
// Holds 64 KiB of packed bytes and zlib's window, whatever comes; how much comes is for the reader to bound, for a byte
// of gzip can become a thousand.
//
// read() throws Error{corrupt} with `name` for what is no gzip, is cut, or fails a check: a member whose end was not
// seen and checked never looks finished. The block in which that is found out is not handed out; those before were.
// What `packed` throws comes through.
std::unique_ptr<ByteSource> gunzip(std::unique_ptr<ByteSource> packed, std::string name);

}  // namespace tabferry::io
