// The views of a workbook: one for each of its sheets.
#pragma once

#include "sim/core/desk.h"

namespace tabferry::sim {

// Makes the workbook's views those of `views` (children <view name sheetType hidden/>, in the order of the tabs). A
// view whose name was there before keeps its id, its tags and all that refers to it; what is not there any more is
// erased with what refers to it. Sets the workbook's sheetCount and defaultViewId; `workbook` need not be on the site
// yet.
void put_views(Desk& desk, Item& workbook, const Node& views);
// Gives the views the workbook's owner, project and location.
void follow_workbook(Desk& desk, const Item& workbook);
// Those that people see (with `hidden` all), in the order of the tabs.
std::vector<const Item*> views_of(const Site& site, const Item& workbook, bool hidden);

}  // namespace tabferry::sim
