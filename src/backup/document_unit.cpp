#include "backup/document_unit.h"

#include <fmt/format.h>

#include "backup/newer_forms.h"
#include "backup/refused.h"
#include "backup/words.h"
#include "base/text.h"
#include "tableau/redact.h"

namespace tabferry::backup {
namespace {

std::string doing(const Unit& unit) {
  return fmt::format("reading {} of {}", unit.kind, base::quoted(label_of(unit.natural_key, unit.luid), 200));
}

tableau::Document read(const Unit& unit, tableau::Site& site, std::stop_token stop) {
  if (unit.item.empty()) return site.get(doing(unit), unit.below, unit.path, unit.element, stop);
  const tableau::ListRequest request{.doing = doing(unit),
                                     .below = unit.below,
                                     .path = unit.path,
                                     .sort = {},
                                     .wrapper = unit.element,
                                     .item = unit.item};
  std::vector<doc::Json> items;
  const auto result = read_whole_list(site, request, stop, items);
  return {.body = {{unit.item, std::move(items)}}, .refusal = result.refusal, .as_of = result.as_of};
}

}  // namespace

Receipt do_document(const Unit& unit, tableau::Site& site, std::stop_token stop) {
  auto document = read(unit, site, stop);
  if (document.refusal) return receipt_of_refusal(unit, *document.refusal, doing(unit));
  tableau::redact(unit.kind, document.body);
  return {.unit = unit.id, .outcome = Receipt::Outcome::done, .body = doc::to_line(document.body)};
}

}  // namespace tabferry::backup
