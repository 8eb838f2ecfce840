// What was not saved, and why.
#include <fmt/format.h>

#include <map>
#include <tuple>

#include "backup/changes.h"
#include "backup/report_parts.h"
#include "base/text.h"

namespace tabferry::backup {
namespace {

using Outcome = Receipt::Outcome;
using report::Section;
using report::Status;

std::string last_good_of(const Entry& entry) {
  if (!entry.last_good) return "none";
  return fmt::format("{}, {}", time_in_words(entry.last_good->as_of), base::human_bytes(entry.last_good->size_bytes));
}

std::string document_of(const Missing& one) {
  return one.of_kind.empty() ? in_words(one.kind)
                             : fmt::format("{} of a {}", in_words(one.kind), singular(one.of_kind));
}

doc::Json json_of(const Entry& entry) {
  doc::Json json = {
      {"unit", entry.unit}, {"kind", entry.kind},     {"luid", entry.luid},  {"natural_key", entry.natural_key},
      {"code", entry.code}, {"reason", entry.reason}, {"tries", entry.tries}};
  json["last_good"] = entry.last_good ? to_json(*entry.last_good) : doc::Json();
  return json;
}

doc::Json json_of(const Missing& one) {
  return {{"unit", one.unit},
          {"kind", one.kind},
          {"of_kind", one.of_kind},
          {"luid", one.luid},
          {"natural_key", one.natural_key},
          {"code", one.code},
          {"reason", one.reason},
          {"tries", one.tries}};
}

// Items and documents that failed; accepted ones, or those that count.
void add_failures(const Manifest& now, bool accepted, Section& section, doc::Json& json) {
  report::Table items{.caption = "Items", .header = {"Kind", "Item", "Why", "Last good copy"}};
  report::Table documents{.caption = "Metadata", .header = {"What", "Of", "Why"}};
  for (const auto& entry : now.entries) {
    if (entry.outcome != Outcome::failed || entry.accepted != accepted) continue;
    items.rows.push_back(
        {singular(entry.kind), label_of(entry), with_code(entry.code, reason_of(entry)), last_good_of(entry)});
    json.push_back(json_of(entry));
  }
  for (const auto& one : now.missing) {
    if (one.outcome != Outcome::failed || one.accepted != accepted) continue;
    documents.rows.push_back({document_of(one), label_of(one), with_code(one.code, reason_of(one))});
    json.push_back(json_of(one));
  }
  for (auto* table : {&items, &documents})
    if (!table->rows.empty()) section.tables.push_back(std::move(*table));
}

report::Table gaps_of(const ManifestHead& head, bool failed, doc::Json& json) {
  report::Table table{.caption = "Whole kinds", .header = {"Kind", "Why"}};
  for (const auto& gap : head.gaps) {
    if (gap.failed != failed) continue;
    table.rows.push_back({in_words(gap.kind), with_code(gap.code, gap.reason)});
    json.push_back(to_json(gap));
  }
  return table;
}

// "... on '96636720-11ad-...'" is said of each item anew.
std::string without_luid(std::string reason, const std::string& luid) {
  const auto at = luid.empty() ? std::string::npos : reason.find(luid);
  return at == std::string::npos ? reason : reason.replace(at, luid.size(), "...");
}

// The site says the same of many: one row for each thing that it says.
using Refusals = std::map<std::tuple<std::string, int, std::string>, std::vector<std::string>>;

Refusals refusals_of(const Manifest& now, doc::Json& json) {
  Refusals refusals;
  for (const auto& entry : now.entries) {
    if (entry.outcome != Outcome::unavailable) continue;
    refusals[{singular(entry.kind), entry.code, without_luid(reason_of(entry), entry.luid)}].push_back(label_of(entry));
    json.push_back(json_of(entry));
  }
  for (const auto& one : now.missing) {
    if (one.outcome != Outcome::unavailable) continue;
    refusals[{document_of(one), one.code, without_luid(reason_of(one), one.luid)}].push_back(label_of(one));
    json.push_back(json_of(one));
  }
  return refusals;
}

std::string few_of(const std::vector<std::string>& names) {
  constexpr size_t kNamed = 5;
  std::vector<std::string> first(names.begin(),
                                 names.begin() + static_cast<std::ptrdiff_t>(std::min(kNamed, names.size())));
  return base::join(first, ", ") +
         (names.size() > kNamed ? fmt::format(" and {} more", base::human_count(names.size() - kNamed)) : "");
}

}  // namespace

Section failure_section(const Manifest& now, doc::Json& details) {
  Section section{.heading = "Failed", .status = Status::failed};
  auto& json = details["failed"] = doc::Json::array();
  if (auto gaps = gaps_of(now.head, true, json); !gaps.rows.empty()) section.tables.push_back(std::move(gaps));
  add_failures(now, false, section, json);
  if (!section.tables.empty())
    section.next_steps = {
        "Run the backup again: what is saved is not downloaded a second time.",
        "A failure that stays and is known can be named in backup.accept_missing, with a reason and a day until when."};
  return section;
}

Section accepted_section(const Manifest& now, doc::Json& details) {
  Section section{.heading = "Failed, and accepted as known", .status = Status::partial};
  add_failures(now, true, section, details["accepted_failures"] = doc::Json::array());
  return section;
}

Section unavailable_section(const Manifest& now, doc::Json& details) {
  Section section{.heading = "Not on offer"};
  auto& json = details["unavailable"] = doc::Json::array();
  if (auto gaps = gaps_of(now.head, false, json); !gaps.rows.empty()) section.tables.push_back(std::move(gaps));
  report::Table table{.caption = "Items and their metadata",
                      .header = {"What", "Count", "Why", "Which"},
                      .right_aligned = {false, true}};
  for (const auto& [what, names] : refusals_of(now, json))
    table.rows.push_back({std::get<0>(what), base::human_count(names.size()),
                          with_code(std::get<1>(what), std::get<2>(what)), few_of(names)});
  if (!table.rows.empty()) section.tables.push_back(std::move(table));
  if (!section.tables.empty())
    section.facts = {
        {"Meaning", "licence, version or policy of the site do not give it out; nothing of it went wrong"}};
  return section;
}

}  // namespace tabferry::backup
