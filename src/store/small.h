// Small objects that are read and written whole: plans, receipts, leases, manifests. Any thread may call these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/store.h"

namespace tabferry::store {

inline constexpr uint64_t kSmallBytes = uint64_t{64} << 20;

struct Text {
  std::string text;
  Object object;  // the very version whose bytes these are: its etag is for a later if_match
};

// Absent where there is no such object. Throws Error{corrupt} where it is larger than `limit_bytes`, and what the store
// throws. An object that is replaced while it is read is read again.
std::optional<Text> read_text(const Store& store, std::string_view key, uint64_t limit_bytes = kSmallBytes);
// The same, of an object that was listed: one request less. Throws Error{conflict} where it is another one by now.
std::string read_text(const Store& store, const Object& listed, uint64_t limit_bytes = kSmallBytes);

// Writes `text`. Where the condition of `options` does not hold, or no answer came, what stands there is read back:
// exactly these bytes are one's own write whose answer was lost, and are answered as one; so who may not be taken for
// somebody else writes something of its own (a run's name) into the text. Else throws the Error of the write:
// Error{conflict} where another one stands there. A write with if_match whose answer is lost and whose bytes were there
// before is not known again by its etag where the store makes that of the bytes: it stays Error{transient}.
Object put_text(const Store& store, std::string_view key, std::string_view text, CreateOptions options = {});

}  // namespace tabferry::store
