// One document unit: a GET whose JSON goes into a metadata file. Private to this room.
#pragma once

#include <stop_token>

#include "backup/unit.h"
#include "tableau/site.h"

namespace tabferry::backup {

// One attempt. The receipt's body is the JSON, without what must stay secret (tableau::redact).
Receipt do_document(const Unit& unit, tableau::Site& site, std::stop_token stop);

}  // namespace tabferry::backup
