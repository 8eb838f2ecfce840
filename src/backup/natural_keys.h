// Names for items that hold where every id differs, so that a snapshot can be read and restored elsewhere.
//
//   users, groups   "name"; "domain\name" where the domain is neither "local" nor "external" (Cloud's word for local)
//   projects        their path: "Finance/Daily"; '/' in a name is "\/"
//   content         "PROJECT PATH/NAME", in a personal space "Personal Space/OWNER/NAME": workbooks, data sources,
//                   flows, virtual connections, metrics
//   views           "WORKBOOK KEY/VIEW URL NAME"
//   custom views    "VIEW KEY/OWNER/NAME"
//   others          their name, where they have one
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "doc/json.h"

namespace tabferry::backup {

// Where items of this kind have their id (tableau/kinds.h); "" where this one has none.
std::string id_of(std::string_view kind, const doc::Json& item);

// Whether an item of a list lies in somebody's Personal Space.
bool is_personal(const doc::Json& item);

// "parentProjectId" -> "parentProjectNaturalKey", "user_id" -> "userNaturalKey"; absent for what names no other item's
// id.
std::optional<std::string> key_beside(std::string_view name);

// An index by id. Learning is one thread's; behind it any number may ask.
class NaturalKeys {
 public:
  // An item of a list, in any order of items and kinds. What has no id or no name is passed over.
  void learn(std::string_view kind, const doc::Json& item);
  // Of an item that was learnt; "" for another id. What stands above it and was not learnt is left out of its path, or
  // named by what the item itself says of it.
  std::string of(std::string_view id) const;
  // Puts keys beside the ids, everywhere in `json`: "naturalKey" behind an "id" or "luid", "<name>NaturalKey" behind a
  // "<name>Id", "<name>Luid" or "<name>_id", where of() knows one. Nothing else is changed, no key is replaced.
  void add(doc::Json& json) const;

 private:
  struct Record {
    enum class Form { plain, project, content, personal, view, custom_view } form = Form::plain;
    std::string name;
    std::string above;       // the id of the project, of the workbook of a view, of the view of a custom view
    std::string above_name;  // as the item says it
    std::string owner;       // the id
    std::string owner_name;
  };

  static Record record_of(std::string_view kind, const doc::Json& item);
  std::string key_of(const Record& record, int depth) const;
  std::string key_above(const Record& record, int depth) const;
  std::string key_of_owner(const Record& record) const;

  std::unordered_map<std::string, Record> records_;
};

}  // namespace tabferry::backup
