// For the interfaces that speak JSON alone: /api/-/... and the Metadata API.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/core/desk.h"

namespace tabferry::sim {

// The text of a JSON answer.
Reply json_reply(std::string text, int status = 200);

// Pages that are told by a token: which items are on the page, and the next page's token ("" on the last one). Items
// stand in the order of their ids; a token is the last id of the page before, so that new and deleted items do no harm
// [INF].
struct TokenPage {
  std::vector<const Item*> items;
  std::string next;
  size_t offset = 0;
  size_t total = 0;
};
// `page_size` (1 to 1000; 100 where it is not said) and `page_token` of the call. Refuses with 400003 what is neither.
TokenPage token_page(const Call& call, const std::vector<const Item*>& items);

}  // namespace tabferry::sim
