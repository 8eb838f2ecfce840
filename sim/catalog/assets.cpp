#include "sim/catalog/assets.h"

#include <array>

#include "base/text.h"
#include "sim/core/access.h"
#include "sim/core/kinds.h"

namespace tabferry::sim {
namespace {

constexpr std::array kAssets = {Kind::database, Kind::table,    Kind::column, Kind::datasource,
                                Kind::flow,     Kind::workbook, Kind::view,   Kind::virtual_connection};

}  // namespace

const Item& asset_at(const Desk& desk, std::string_view content_type, std::string_view id) {
  for (const Kind kind : kAssets) {
    if (!base::equal_ignoring_case(rule_of(kind).element, content_type)) continue;
    const Item& item = desk.site.at(kind, id);
    require(desk.site, *desk.user, item, "Read", 403004);
    return item;
  }
  refuse(400003, "'{}' is no type of asset.", content_type);
}

void require_say(const Desk& desk, const Item& asset) {
  require(desk.site, *desk.user, asset, asset.kind() == Kind::view ? "WebAuthoring" : "Write", 403004);
}

void sign(const Desk& desk, Item& said, const Item& asset, std::string_view content_type) {
  said.set("content", asset.id()).set("contentId", asset.id()).set("contentType", content_type);
  said.set("owner", desk.user->id()).set("userDisplayName", desk.user->get("fullName")).set("updatedAt", desk.now);
  if (!said.has("createdAt")) said.set("createdAt", desk.now);
}

}  // namespace tabferry::sim
