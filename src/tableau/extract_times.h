// When the extracts of workbooks and data sources were made, which the REST API does not tell: from the Metadata API.
// https://help.tableau.com/current/api/metadata_api/en-us/reference/ (extractLastRefreshTime, extractLastUpdateTime,
// extractLastIncrementalUpdateTime; a workbook's stand on its embeddedDatasources).
//
// The Metadata API can be off, be still filling its store, or cut its answers. Whatever is not as expected means that
// nothing is known: who asks must then take every extract for a new one.
#pragma once

#include <stop_token>
#include <string>
#include <unordered_map>

#include "tableau/site.h"

namespace tabferry::tableau {

struct ExtractTimes {
  std::unordered_map<std::string, std::string> newest;  // luid -> "2026-11-22T10:15:00Z"; absent where it is not known
  std::string unavailable;  // why there are none at all; empty where the Metadata API answered
};

// A few requests, on this lane. Throws Error{cancelled} and Error{denied} (the session is gone) only.
ExtractTimes extract_times(Site& site, std::stop_token stop);

}  // namespace tabferry::tableau
