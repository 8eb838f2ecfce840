// Where objects live: S3, or a directory. All members are const and may be called by any thread.
//
// Errors: not_found, denied, conflict (the object is not the one that was listed, or is there already), io, transient;
// each names the URL.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "io/byte_sink.h"
#include "io/byte_source.h"
#include "store/lifecycle.h"

namespace tabferry::store {

struct Object {
  std::string key;
  uint64_t size_bytes = 0;
  std::string etag;   // opaque: equal as long as the object is the same
  // When it was made, by the store's own clock (Store::now()); WallTime{} where the store did not say. list() and
  // stat() say the same: S3 in whole seconds. What was just created or copied: only where the answer tells.
  base::WallTime modified_at{};
};

struct OpenOptions {
  std::string if_match;                  // an etag: another version of the object throws Error{conflict}, at open or at
                                         // any later read; its bytes are never mixed with those of the listed one
  std::optional<uint64_t> size_bytes;    // as listed: saves a request where the store is far away; read() checks it
  std::optional<uint64_t> read_ahead_bytes;   // of this object, held in memory at most; absent: the store's choice
};

// Where an object may not be written over: at most one of the two conditions. Where the way to the store loses an
// answer, a conflict may be with one's own write: who must know reads the object back, as put_text() does (small.h).
struct CreateOptions {
  bool if_absent = false;                // Error{conflict} where the key is taken
  std::string if_match;                  // an etag: Error{conflict} where the object is another one, or gone
  std::optional<uint64_t> size_bytes;    // exactly so many will be written (else commit() throws Error{bug}); a known
                                         // size of at most one part saves two requests
  std::optional<base::WallTime> locked_until;   // Object Lock in the store's mode; Error{config} where it has none
};

// An object being written. Nothing is visible under the key before commit(), which checks the condition and makes it
// durable. One that dies uncommitted leaves nothing behind (but what a killed process leaves: see each store).
class ObjectSink : public io::ByteSink {
 public:
  // The object that commit() made: its etag is for a later if_match. Only behind commit().
  virtual Object object() const = 0;
};

// How far ahead of its reader a store should be asked: a far one hides its way so, a near one gains nothing.
struct ReadAhead {
  size_t objects = 1;              // open at a time, at most
  uint64_t size_bytes = 0;         // of all of them together, held in memory
  uint64_t least_bytes = 0;        // of one object, where it is that large: less slows it down
};

// Of the objects that were read to their end: for how many the bytes were compared with a checksum that the store keeps.
struct Compared {
  uint64_t objects = 0;
  uint64_t with_checksum = 0;
};

// Of Store::locked_until().
inline constexpr base::WallTime kNeverUnlocked{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}};

// Throws the Error{conflict} of an object that is not the listed one any more.
[[noreturn]] void fail_changed(const std::string& url, bool deleted);

class Store {
 public:
  virtual ~Store() = default;

  // Calls `visit` for each object whose key starts with `prefix`, in the byte order of the keys, all pages.
  // "Folders" are no objects. What is listed and cannot be opened (a dangling link, a pipe) fails when it is opened.
  virtual void list(std::string_view prefix, const std::function<void(const Object&)>& visit) const = 0;
  // The folders right below `prefix` (empty, or ending with '/'): what stands between it and the next '/' of the keys that
  // begin with it, once each, in byte order. The mark that a console makes for an empty folder counts in S3. The default
  // goes through list(); the stores ask for no more than the names.
  virtual std::vector<std::string> list_folders(std::string_view prefix) const;
  // Absent where there is no such object.
  virtual std::optional<Object> stat(std::string_view key) const = 0;
  // Where the store is far away the data begins to come at once: opening the next object while this one is read hides
  // the way. read() throws Error{transient} where no byte comes for the stall time-out.
  virtual std::unique_ptr<io::ByteSource> open(std::string_view key, const OpenOptions& options = {}) const = 0;
  // Throws Error{conflict} early where the key is seen to be taken; commit() decides.
  virtual std::unique_ptr<ObjectSink> create(std::string_view key, const CreateOptions& options = {}) const = 0;
  // Any number of keys; one that is absent is none to remove. Throws with the first key that could not be removed, and
  // how many; the others are gone then.
  virtual void remove(std::span<const std::string> keys) const = 0;
  // Inside the store, without the bytes coming here. `from.etag` must still be its etag: else Error{conflict}.
  virtual Object copy(const Object& from, std::string_view to_key, const CreateOptions& options = {}) const = 0;
  virtual ReadAhead read_ahead() const { return {}; }
  // Since the store was made. A store that keeps no checksums has nothing to count.
  virtual Compared compared() const { return {}; }
  // The store's own clock, by which modified_at is told and a lease is judged: S3's, as its latest answer gave it (in
  // whole seconds) and aged by our steady clock since; a directory's is the machine's. May ask the store.
  virtual base::WallTime now() const = 0;
  // The most memory that one large object being written holds, sink and library together. A small one holds its own
  // size, and twice that at most as long as its size is not announced.
  virtual uint64_t write_memory_bytes() const { return 0; }
  // Until when the object cannot be deleted or replaced; absent where it can be at once, and where there is none.
  // kNeverUnlocked: as long as somebody holds it by hand.
  virtual std::optional<base::WallTime> locked_until(std::string_view) const { return std::nullopt; }
  // What the store does to objects by itself. Not readable, with the reason, where the right is missing; not offered
  // where the server does not know such a thing.
  virtual Lifecycle lifecycle_rules() const { return {}; }
  // Ends what writers who died have left of objects whose key begins with `prefix` and which are older than that by the
  // store's clock. Returns how many. It ends the writes of living ones, too, where they are as old.
  virtual uint64_t abort_uploads(std::string_view prefix, std::chrono::milliseconds older_than) const = 0;
  // What people (and the file column) call it: "s3://bucket/key" or "file:///path", not percent-encoded.
  virtual std::string url(std::string_view key) const = 0;
};

}  // namespace tabferry::store
