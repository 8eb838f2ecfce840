// One page of a list, out of an answer in XML or in JSON. Private to this room.
// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_concepts_paging.htm
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "doc/json.h"
#include "tableau/answer.h"
#include "tableau/reading.h"

namespace tabferry::tableau {

struct Page {
  std::vector<doc::Json> items;
  bool paginated = false;        // the answer tells of pages; without that it is the whole list
  std::optional<uint64_t> size;  // of a full page: the site may make it smaller than asked
  std::optional<uint64_t> total;
  std::string next_token;  // Pulse: what the next page is asked by
};

// Throws Error{corrupt} where the answer is no such list: a name that is not there must not look like an empty list.
Page page_of(const Answer& answer, const ListRequest& request);

}  // namespace tabferry::tableau
