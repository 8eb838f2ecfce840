// The revisions of a workbook, data source or flow. The newest one is the item itself; the older ones are items of
// their own, with their files.
#pragma once

#include "sim/core/desk.h"

namespace tabferry::sim {

// The number of what the item holds now, from 1.
uint64_t current_revision(const Item& content);
// Before an overwrite: what the item holds now becomes an old revision, where the site keeps a history; the oldest ones
// beyond the site's limit go (the newest one counts). Numbers `next`, which is what the item will be.
void keep_revision(Desk& desk, const Item& current, Item& next);
// The page of its revisions that the call asks for, oldest first; who may see them has been asked before.
Reply revisions_page(const Desk& desk, const Call& call, const Item& content);

}  // namespace tabferry::sim
