// What a refusal of the site means for a unit. Private to this room.
#pragma once

#include <string>

#include "backup/unit.h"
#include "tableau/reading.h"

namespace tabferry::backup {

// gone: 404 of an item, or of what belongs to one. unavailable: what the site itself says no to by licence, version or
// policy: 403, a 404 of a document of the site, and 400, 405, 501 in its own words (with a code). The rest (a proxy's
// 413, a 409
// ...) is nobody's policy: thrown as Error{transient}, to be tried again.
Receipt receipt_of_refusal(const Unit& unit, const tableau::Refusal& refusal, const std::string& doing);

}  // namespace tabferry::backup
