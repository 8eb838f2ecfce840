// How an item of metadata is called, and what it calls other items. Pure functions. Private to this room.
#pragma once

#include <string>
#include <string_view>

#include "doc/json.h"

namespace tabferry::backup {

// What people call it: its natural key, name or subject, else what it belongs to ("datasource Finance/Orders, schedule
// Nightly"), else its id. A document: "workbook Finance/Sales"; its part behind it. One line.
std::string label_of_item(const doc::Json& item);
// The same of an element of one of its lists, which may have none of these: then the first thing that it says.
std::string label_of_element(const doc::Json& element);

// Its "id", else its "luid"; "" where it has none.
std::string own_id(const doc::Json& item);

// {"kind", "id", ...}: an entry of a file of documents (metadata_files.h).
bool is_document(const doc::Json& item);

// An object that stands for another item: "owner", "project", "workbook" ... with an id.
bool is_reference(std::string_view name, const doc::Json& value);
std::string name_of_reference(const doc::Json& value);  // its natural key, else its name, else its id

// A text as it is, null as "", all else as JSON.
std::string scalar_text(const doc::Json& value);

}  // namespace tabferry::backup
