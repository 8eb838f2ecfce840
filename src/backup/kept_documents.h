// The documents that the receipts of a plan carry: found by unit, merged into the items that they tell in full. Their
// JSON waits on the local disk: a site has tens of thousands. Private to this room.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>

#include "backup/receipts.h"
#include "backup/spool.h"
#include "backup/unit.h"
#include "doc/json.h"

namespace tabferry::backup {

class KeptDocuments {
 public:
  // Reads all receipts of the snapshot; the folder is for the bodies.
  KeptDocuments(const store::Store& store, const std::string& snapshot, const std::filesystem::path& folder);

  const Receipts& receipts() const { return receipts_; }
  const Receipt& receipt_of(const Unit& unit) const { return receipts_.at(unit.id); }
  bool is_done(const Unit& unit) const { return receipt_of(unit).outcome == Receipt::Outcome::done; }
  doc::Json body_of(const Unit& unit);  // of one that is done

 private:
  struct Place {
    uint64_t offset;
    size_t length;
  };
  void keep(const std::string& unit, std::string_view body);

  Spool bodies_;
  std::unordered_map<std::string_view, Place> places_;  // by the keys of the receipts
  Receipts receipts_;
};

// All fields of both: where both have one the document's, for it is the fuller and the later answer; objects in them
// are merged in the same way.
void merge(doc::Json& item, doc::Json document);

// {"kind", "id", "naturalKey", "part"}: whose document it is, and which of several ("workbooks" of default
// permissions); fields that it has not are left out.
doc::Json owner_of(const Unit& unit);
// The above and the document's fields; one of the same name gets "Element" behind its own (as json_of.h has it), and
// what is no object stands under "value".
doc::Json entry_of(const Unit& unit, doc::Json document);
// The above with "status" (a word of Receipt::Outcome), "code" and "reason": what could not be read.
doc::Json gap_of(const Unit& unit, const Receipt& receipt);

}  // namespace tabferry::backup
