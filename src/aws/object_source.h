// The bytes of one object, pulled. Private to this room.
//
// The runtime pushes, on its own thread: its callback puts what came into a queue and never waits; it may have as many
// bytes under way as the window is open, and read() opens the window by what it took. One thread at a time.
#pragma once

#include "aws/transfers.h"
#include "io/byte_source.h"
#include "store/store.h"

namespace tabferry::aws {

std::unique_ptr<io::ByteSource> open_object(std::shared_ptr<const Transfers> transfers, std::string_view key,
                                            const store::OpenOptions& options);

}  // namespace tabferry::aws
