// The rules of publishing: what becomes of a site when a file is published to it. No requests, no files.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/desk.h"

namespace tabferry::sim {

// A publish that is still to be carried out, under the element of its kind: the fields that the item will have (name,
// project, owner, _file, _fileType, _sizeBytes, ...) as attributes; `_overwrite` says whether it may replace,
// `_skipConnectionCheck` that links to data sources may lead nowhere, `_appendedTo` names the file that it holds with
// more rows (no other may be there by now: 500000). Children: `views` (views_of.h), `connections`
// (connections.h), what the file says of itself and what the request adds to it.
using Draft = Node;

// May the draft's owner publish this? Refuses with 404005 (no such project), 403007 (no right to), the kind's code for
// a name that is taken, 403132 (a link to a data source that is not there).
void check_draft(const Desk& desk, Kind kind, const Draft& draft);
// Creates or overwrites. An overwrite keeps id, content URL, creation time and permissions, and the ids of views (by
// name) and connections; the publisher becomes the owner; what was there becomes a revision.
const Item& carry_out(Desk& desk, Kind kind, const Draft& draft);

// A name in a project is one name whatever its case; null where there is none.
const Item* find_content(const Site& site, Kind kind, std::string_view project_id, std::string_view name);
// Letters and digits, '-' and '_' of the name; with "_<number>" behind it where another of its kind has it already.
std::string free_content_url(Site& site, Kind kind, std::string_view name);
std::string letters_and_digits(std::string_view name);  // of those alone
// Sizes are whole megabytes, and nothing is 0 of them.
uint64_t megabytes(uint64_t size_bytes);

}  // namespace tabferry::sim
