#include "backup/document.h"

#include <map>

#include "backup/refused.h"
#include "base/error.h"
#include "base/text.h"
#include "tableau/redact.h"

namespace tabferry::backup {
namespace {

std::string doing(const Unit& unit) {
  return fmt::format("reading {} of {}", unit.kind,
                     base::quoted(unit.natural_key.empty() ? unit.luid : unit.natural_key, 200));
}

// Where a list shows an item again it is the newer form of it.
class Items {
 public:
  void add(doc::Json item) {
    const auto id = item.is_object() ? item.value("id", "") : "";
    const auto [place, is_new] = places_.emplace(id, items_.size());
    if (id.empty() || is_new) items_.push_back(std::move(item));
    else items_[place->second] = std::move(item);
  }
  doc::Json take() { return std::move(items_); }

 private:
  doc::Json items_ = doc::Json::array();
  std::map<std::string, size_t> places_;
};

tableau::Document read(const Unit& unit, tableau::Site& site, std::stop_token stop) {
  if (unit.item.empty()) return site.get(doing(unit), unit.below, unit.path, unit.element, stop);
  Items items;
  const auto result = site.list({.doing = doing(unit),
                                 .below = unit.below,
                                 .path = unit.path,
                                 .sort = {},
                                 .wrapper = unit.element,
                                 .item = unit.item},
                                stop, [&](doc::Json item) { items.add(std::move(item)); });
  return {.body = {{unit.item, items.take()}}, .refusal = result.refusal, .as_of = result.as_of};
}

}  // namespace

Receipt do_document(const Unit& unit, tableau::Site& site, std::stop_token stop) {
  auto document = read(unit, site, stop);
  if (document.refusal) return receipt_of_refusal(unit, *document.refusal, doing(unit));
  tableau::redact(unit.kind, document.body);
  return {.unit = unit.id, .outcome = Receipt::Outcome::done, .body = doc::to_line(document.body)};
}

}  // namespace tabferry::backup
