// One thing that a backup does, and what became of it. Values; plan.json and the receipts hold them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "doc/json.h"
#include "tableau/reading.h"

namespace tabferry::backup {

// An object that stands in the store already and holds an item as it was at a time.
struct Earlier {
  std::string key;  // below the store's root
  uint64_t size_bytes = 0;
  std::string etag;
  std::string sha256;
  std::string as_of;  // when the site listed it so: "2026-11-22T10:15:00Z"
};

// Most units have none, and there are hundreds of thousands: a pointer's room then. Copies share one, for none changes.
class MaybeEarlier {
 public:
  MaybeEarlier() = default;
  MaybeEarlier(Earlier earlier) : it_(std::make_shared<const Earlier>(std::move(earlier))) {}

  explicit operator bool() const { return it_ != nullptr; }
  const Earlier& operator*() const { return *it_; }
  const Earlier* operator->() const { return it_.get(); }
  void reset() { it_.reset(); }

 private:
  std::shared_ptr<const Earlier> it_;
};

struct Unit {
  enum class Verb {
    download,   // its bytes become an object of this snapshot
    reference,  // unchanged: the earlier object is named again
    copy,       // unchanged: the earlier object is copied within the store
    leave,      // unchanged since the site refused it: its answer is known
    read,       // a document of the site; its JSON goes into a metadata file
  };

  std::string id;  // unique in the plan: "workbooks/LUID", "workbooks/LUID/revisions/3", "permissions/workbooks/LUID"
  Verb verb = Verb::download;
  std::string kind;     // content: "workbooks" "datasources" "flows" "custom_views" "virtual_connections" "revisions";
                        // a document: the metadata file it goes into, "permissions"
  std::string of_kind;  // a document or a revision: the kind of the item it belongs to
  std::string luid;     // of the item
  std::string name;
  std::string natural_key;
  std::string updated_at;      // as listed; "" where the list tells none
  uint64_t listed_bytes = 0;   // as listed: Tableau rounds to megabytes
  std::string extension_hint;  // "tfl": where the bytes do not tell it
  std::string fingerprint;     // of what the list says of it, less what moves by itself (views counted ...): takeover.h
  bool has_extracts = false;   // or the list does not say
  bool is_personal = false;    // in somebody's Personal Space
  int code = 0;                // of leave: what the site answered, 403157; `rule` has its words
  std::string extract_at;      // when its newest extract was made, by the Metadata API; "" where that is not to be had

  tableau::Below below = tableau::Below::site;
  std::string path;     // of the REST API: "workbooks/LUID/content"
  std::string element;  // below the answer's root; empty: all of it
  std::string inner;  // not empty: the object's bytes are the text of this child of that element (virtual connections)
  std::string item;   // a document that is a list: of `element`, all pages of its children of this name (Site::list);
                      // its JSON is {item: [...]}
  std::string content_type;  // of default permissions: for which content, "workbooks"

  std::string rule;      // why this verb: "new", "updatedAt moved", "unchanged: ..."
  MaybeEarlier earlier;  // of reference and copy: what to take over; else the last good one, if any
};

struct Receipt {
  enum class Outcome {
    done,
    referenced,   // taken over: key names the earlier object
    gone,         // the site says that it is not there any more
    unavailable,  // licence, version or policy forbid it
    failed,       // after all tries
  };

  std::string unit;
  Outcome outcome = Outcome::failed;
  std::string key;  // of the object; empty for documents and what has none
  uint64_t size_bytes = 0;
  std::string etag;
  std::string sha256;
  int code = 0;        // the site's, of unavailable and gone: 403157
  std::string reason;  // of all that is not done: in words
  std::string rule;    // where it is another one than the plan's: what a prune took was downloaded after all
  int tries = 1;
  std::string body;  // a document's JSON, on one line; empty else
};

inline constexpr Receipt::Outcome kOutcomes[] = {Receipt::Outcome::done, Receipt::Outcome::referenced,
                                                 Receipt::Outcome::gone, Receipt::Outcome::unavailable,
                                                 Receipt::Outcome::failed};

std::string_view name_of(Unit::Verb verb);
std::string_view name_of(Receipt::Outcome outcome);
bool is_saved(Receipt::Outcome outcome);  // there are bytes, or a document

doc::Json to_json(const Unit& unit);
Unit unit_of(const doc::Json& json, const std::string& where);  // Error{corrupt} for what is none
doc::Json to_json(const Earlier& earlier);
Earlier earlier_of(const doc::Json& json, const std::string& where);
std::string to_line(const Receipt& receipt);
Receipt receipt_of(std::string_view line, const std::string& where);

}  // namespace tabferry::backup
