#include "backup/kept_documents.h"

#include "backup/json_fields.h"
#include "base/error.h"

namespace tabferry::backup {
namespace {

// Of several documents of a kind that an item has: "default_permissions/projects/LUID/workbooks" -> "workbooks".
std::string part_of(const Unit& unit) {
  const std::string common = unit.kind + "/" + unit.of_kind + "/" + unit.luid + "/";
  return unit.id.starts_with(common) ? unit.id.substr(common.size()) : "";
}

}  // namespace

KeptDocuments::KeptDocuments(const store::Store& store, const std::string& snapshot,
                             const std::filesystem::path& folder)
    : bodies_(folder),
      receipts_(
          read_receipts(store, snapshot, [&](const std::string& unit, std::string_view body) { keep(unit, body); })) {}

// Of several bodies of a unit the last one counts: the winner's.
void KeptDocuments::keep(const std::string& unit, std::string_view body) {
  places_.insert_or_assign(unit, Place{.offset = bodies_.size_bytes(), .length = body.size()});
  bodies_.write(body);
}

doc::Json KeptDocuments::body_of(const Unit& unit) {
  const auto place = places_.find(unit.id);
  if (place == places_.end())
    base::fail(base::ErrorKind::corrupt, "the receipt of {} says that it was read, and has no document", unit.id);
  return doc::parse_json(bodies_.read(place->second.offset, place->second.length), "the receipt of " + unit.id);
}

void merge(doc::Json& item, doc::Json document) {
  if (!item.is_object() || !document.is_object()) {
    item = std::move(document);
    return;
  }
  for (auto& [name, value] : document.items()) merge(item[name], std::move(value));
}

doc::Json owner_of(const Unit& unit) {
  doc::Json owner = {{"kind", unit.of_kind}};
  put(owner, "id", unit.luid);
  put(owner, "naturalKey", unit.natural_key);
  put(owner, "part", part_of(unit));
  return owner;
}

doc::Json entry_of(const Unit& unit, doc::Json document) {
  doc::Json entry = owner_of(unit);
  if (!document.is_object()) {
    entry["value"] = std::move(document);
    return entry;
  }
  for (auto& [name, value] : document.items()) {
    const bool taken = entry.contains(name) && entry[name] != value;
    entry[taken ? name + "Element" : name] = std::move(value);
  }
  return entry;
}

doc::Json gap_of(const Unit& unit, const Receipt& receipt) {
  doc::Json gap = owner_of(unit);
  gap["status"] = name_of(receipt.outcome);
  put(gap, "code", static_cast<uint64_t>(receipt.code));
  put(gap, "reason", receipt.reason);
  return gap;
}

}  // namespace tabferry::backup
