// One file of metadata_tableau/, item by item, as two snapshots are compared. Private to this room.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "backup/item_facts.h"
#include "backup/manifest.h"
#include "doc/json.h"
#include "store/store.h"

namespace tabferry::backup {

// Valid during its visit.
struct KindItem {
  std::string key;  // the same in both snapshots; of an entry of a document its Unit::id: "permissions/workbooks/LUID"
  uint64_t hash = 0;                       // another one: it changed
  std::optional<std::vector<Fact>> facts;  // absent: too many to tell them apart; `hash` is of all that it says then
  const doc::Json& json;
};

// Hashes of the lines of a file, sorted: most lines are the same in both snapshots, and those need not be parsed.
using LineHashes = std::vector<uint64_t>;

class KindFile {
 public:
  // What it is given but the kind must outlive it.
  KindFile(const store::Store& store, const File& file, std::string kind, const std::stop_token& stop)
      : store_(store), file_(file), kind_(std::move(kind)), where_(store.url(file.key)), stop_(stop) {}

  // Reads the file, and gives each item to `visit` but those that stand on a line of `others`; without a visitor the
  // lines are only learnt. Returns why the file holds no whole list (what was visited does not count then), "" where it
  // does. ETags are not compared, for a store may have been copied. Throws Error{not_found} where the file is gone,
  // Error{corrupt} where it is not the one that the manifest names, Error{cancelled}, and what the store throws.
  using Visit = std::function<void(const KindItem&)>;
  std::string visit(const Visit& visit, const LineHashes& others);
  const LineHashes& lines() const { return lines_; }  // of the last visit

 private:
  bool is_read() const { return status_ == "read"; }
  std::string gap() const;
  std::unique_ptr<io::ByteSource> opened() const;
  void take_value(const std::string& name, const doc::Json& json, const Visit& visit);
  void take_item(std::string_view line, const Visit& visit, const LineHashes& others);

  const store::Store& store_;
  const File& file_;
  const std::string kind_, where_;
  const std::stop_token& stop_;
  std::string status_, why_not_, no_item_;
  LineHashes lines_;
};

}  // namespace tabferry::backup
