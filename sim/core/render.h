// How an item looks in an answer, by the table of kinds.h.
#pragma once

#include <set>
#include <string>

#include "sim/core/call.h"
#include "sim/core/item.h"
#include "sim/core/site.h"

namespace tabferry::sim {

// How much of an item is asked for: a list's default, a list with fields=_all_ (or with names), one item.
enum class Detail { listed, full, single };

// The `fields` of a call: _default_, _all_, or names ("name,project.name").
class WantedFields {
 public:
  explicit WantedFields(const Call& call);
  Detail detail() const { return detail_; }
  // Takes away what was not named. The id stays, as on a real site [INF].
  void reduce(Node& node) const;

 private:
  Detail detail_ = Detail::listed;
  std::set<std::string, std::less<>> names_;  // empty: no choice among what `detail` shows
};

// The item's element, with what kinds.h shows of it. Fields that are not in its row are not shown.
Node rendered(const Site& site, const Item& item, Detail detail);
// `<element id="..." .../>` of what the item's field of that name refers to; attributes separated by spaces.
Node reference(const Site& site, Kind kind, std::string_view element, const std::string& id,
               std::string_view attributes);

}  // namespace tabferry::sim
