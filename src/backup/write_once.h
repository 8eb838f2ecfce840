// No key of a snapshot is ever written twice: a taken name becomes NAME~2, then NAME~3. The extension stays at the end
// ("Sales~2.twbx"), for people open these files.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "backup/spool.h"
#include "store/store.h"

namespace tabferry::backup {

// "a/x.twbx": 1 is itself, 2 is "a/x~2.twbx".
std::string numbered(std::string_view key, unsigned n);

// For what is streamed, so that only commit() tells whether its name was free: hardly ever has a body to come twice,
// for one listing tells before what is taken. Any thread.
class WriteOnce {
 public:
  // Lists the folder ("SNAPSHOT/") once.
  WriteOnce(const store::Store& store, std::string_view folder, std::optional<base::WallTime> locked_until = {});

  // The first name of `key` that is free as far as is known; this WriteOnce does not give it out again.
  std::string name_for(std::string_view key);
  // A sink for that name; commit() throws Error{conflict} where another writer took it meanwhile. Who can write again
  // opens another one: that is the next name.
  std::unique_ptr<store::ObjectSink> open(std::string_view key, std::optional<uint64_t> size_bytes = {});

 private:
  const store::Store& store_;
  const std::optional<base::WallTime> locked_until_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> taken_;
};

// For what can be written again at will. Where a name is taken by the very same bytes, by an earlier run or another one
// at the same time, that object is the answer (but where it is to be locked: who knows until when that one is).
store::Object put_once(const store::Store& store, std::string_view key, Spool& bytes,
                       std::optional<base::WallTime> locked_until = {});

}  // namespace tabferry::backup
