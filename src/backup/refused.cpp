#include "backup/refused.h"

#include "base/error.h"

namespace tabferry::backup {
namespace {

bool is_of_the_site(const Unit& unit) { return unit.verb == Unit::Verb::read && unit.of_kind.empty(); }

bool is_a_policy(const tableau::Refusal& refusal) {
  switch (refusal.status) {
    case 403:
    case 404:
      return true;
    case 400:
    case 405:
    case 501:
      return refusal.code != 0;
    default:
      return false;
  }
}

}  // namespace

Receipt receipt_of_refusal(const Unit& unit, const tableau::Refusal& refusal, const std::string& doing) {
  if (!is_a_policy(refusal)) base::fail(base::ErrorKind::transient, "{}: {}", doing, refusal.words);
  const bool gone = refusal.status == 404 && !is_of_the_site(unit);
  return {.unit = unit.id,
          .outcome = gone ? Receipt::Outcome::gone : Receipt::Outcome::unavailable,
          .code = refusal.code,
          .reason = refusal.words};
}

}  // namespace tabferry::backup
