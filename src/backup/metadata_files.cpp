#include "backup/metadata_files.h"

#include <algorithm>
#include <unordered_map>

#include "backup/json_fields.h"
#include "backup/lines.h"
#include "backup/metadata_kinds.h"
#include "backup/site_lists.h"
#include "backup/snapshot_name.h"
#include "backup/write_once.h"
#include "base/error.h"
#include "flow/for_each.h"
#include "tableau/kinds.h"

namespace tabferry::backup {
namespace {

constexpr std::string_view kSite = "site";
constexpr size_t kLanes = 8;

// The files of a snapshot: those of the catalogue in its order, then whatever else the plan has.
std::vector<std::string> file_kinds(const Plan& plan) {
  const auto known = metadata_kinds();
  std::vector<std::string> kinds(known.begin(), known.end());
  const auto add = [&](std::string_view kind) {
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.emplace_back(kind);
  };
  for (const auto& list : plan.lists) add(list.kind);
  for (const auto& unit : plan.units)
    if (unit.verb == Unit::Verb::read) add(unit.kind);
  return kinds;
}

// Without metadata only what natural keys and content need is listed.
bool is_for_content_alone(const Plan& plan) {
  const auto is_metadata = [](const std::string& kind) {
    const auto* listed = tableau::listed_kind(kind);
    return listed == nullptr || listed->use == tableau::ListedKind::Use::metadata;
  };
  return std::none_of(plan.lists.begin(), plan.lists.end(), [&](const auto& list) { return is_metadata(list.kind); }) &&
         std::none_of(plan.gaps.begin(), plan.gaps.end(), [&](const auto& gap) { return is_metadata(gap.kind); }) &&
         std::none_of(plan.units.begin(), plan.units.end(),
                      [](const auto& unit) { return unit.verb == Unit::Verb::read; });
}

bool is_merged(const Unit& unit) { return unit.kind == unit.of_kind; }

class Composer {
 public:
  Composer(const store::Store& store, const Plan& plan, KeptDocuments& documents, const std::filesystem::path& folder,
           std::optional<base::WallTime> locked_until, std::stop_token stop)
      : store_(store),
        plan_(plan),
        documents_(documents),
        folder_(folder),
        locked_until_(locked_until),
        stop_(stop),
        lists_(store, plan, folder, std::move(stop)) {
    for (const auto& unit : plan.units)
      if (unit.verb == Unit::Verb::read) units_[unit.kind].push_back(&unit);
  }

  MetadataFiles write() {
    const auto kinds = file_kinds(plan_);
    std::vector<std::unique_ptr<Spool>> files;
    for (const auto& kind : kinds) files.push_back(composed(kind));
    written_.files.resize(kinds.size());
    flow::for_each(kinds.size(), kLanes, stop_,
                   [&](size_t i, size_t, std::stop_token) { written_.files[i] = put(kinds[i], *files[i]); });
    for (const auto& [kind, head] : lists_.heads()) count(kind, head);
    for (const auto& [kind, units] : units_)
      if (!written_.counts.contains(kind)) written_.counts[kind] = read_of(units);
    return std::move(written_);
  }

 private:
  const std::vector<const Unit*>& units_of(const std::string& kind) {
    static const std::vector<const Unit*> none;
    const auto found = units_.find(kind);
    return found == units_.end() ? none : found->second;
  }

  uint64_t read_of(const std::vector<const Unit*>& units) const {
    const auto is_read = [&](const Unit* unit) { return documents_.is_done(*unit); };
    return static_cast<uint64_t>(std::count_if(units.begin(), units.end(), is_read));
  }

  void count(const std::string& kind, const ListHead& head) {
    written_.counts[kind] = head.seen;
    if (head.refusal)
      written_.gaps.push_back(
          {.kind = kind, .failed = false, .code = head.refusal->code, .reason = head.refusal->words});
    if (!head.failure.empty()) written_.gaps.push_back({.kind = kind, .failed = true, .reason = head.failure});
  }

  std::unique_ptr<Spool> composed(const std::string& kind) {
    auto bytes = std::make_unique<Spool>(folder_);
    LineWriter out(*bytes);
    if (kind == kSite)
      write_site(out);
    else
      write_kind(kind, out);
    out.end();
    bytes->commit();
    return bytes;
  }

  File put(const std::string& kind, Spool& bytes) const {
    const std::string key = plan_.snapshot + "/" + std::string(kMetadataFolder) + kind + ".json";
    const auto object = put_once(store_, key, bytes, locked_until_);
    return {.key = object.key, .size_bytes = bytes.size_bytes(), .etag = object.etag, .sha256 = bytes.sha256()};
  }

  void write_kind(const std::string& kind, LineWriter& out) {
    write_head(kind, out);
    out.begin_list(kind);
    write_items(kind, out);
    for (const Unit* unit : units_of(kind))
      if (!is_merged(*unit)) out.item(doc::to_line(entry(*unit)));
    out.end_list();
    write_incomplete(kind, out);
  }

  void write_head(const std::string& kind, LineWriter& out) {
    out.value("kind", kind);
    if (const auto* head = lists_.head_of(kind)) return write_list_head(*head, out);
    write_head_of_documents(kind, out);
  }

  void write_head_of_documents(const std::string& kind, LineWriter& out) {
    const auto is_it = [&](const Gap& one) { return one.kind == kind; };
    const auto gap = std::find_if(plan_.gaps.begin(), plan_.gaps.end(), is_it);
    if (gap != plan_.gaps.end()) return write_status(gap->failed, gap->code, gap->reason, out);
    if (units_of(kind).empty() && (only_content_ || tableau::listed_kind(kind) != nullptr))
      return write_status(false, 0, "this backup did not ask for it", out);
    write_documents_read(kind, out);
  }

  void write_list_head(const ListHead& head, LineWriter& out) {
    if (head.refusal)
      write_status(false, head.refusal->code, head.refusal->words, out);
    else if (!head.failure.empty())
      write_status(true, 0, head.failure, out);
    else
      out.value("status", "read");
    out.value("asOf", head.as_of);
    out.value("announced", head.announced);
    out.value("seen", head.seen);
    out.value("passes", static_cast<uint64_t>(head.passes));
  }

  void write_documents_read(const std::string& kind, LineWriter& out) {
    const auto& units = units_of(kind);
    out.value("status", "read");
    out.value("asOf", plan_.as_of);
    out.value("announced", static_cast<uint64_t>(units.size()));
    out.value("seen", read_of(units));
    out.value("passes", uint64_t{1});
  }

  static void write_status(bool failed, int code, const std::string& reason, LineWriter& out) {
    out.value("status", failed ? "failed" : "unavailable");
    if (code != 0) out.value("code", static_cast<uint64_t>(code));
    out.value("reason", reason);
  }

  // What the list says, each item with the documents that tell it in full; behind them the documents of items that the
  // list has not (it may have failed in the middle).
  void write_items(const std::string& kind, LineWriter& out) {
    std::unordered_multimap<std::string, const Unit*> documents;
    for (const Unit* unit : units_of(kind))
      if (is_merged(*unit) && documents_.is_done(*unit)) documents.emplace(unit->luid, unit);
    lists_.visit(kind, [&](doc::Json item) {
      const auto [from, to] = documents.equal_range(id_of(kind, item));
      for (auto one = from; one != to; ++one) merge(item, documents_.body_of(*one->second));
      documents.erase(from, to);
      lists_.keys().add(item);
      out.item(doc::to_line(item));
    });
    for (const Unit* unit : units_of(kind))
      if (is_merged(*unit) && documents.contains(unit->luid)) out.item(doc::to_line(entry(*unit)));
  }

  // Merged documents that could not be read: their items are as the list has them.
  void write_incomplete(const std::string& kind, LineWriter& out) {
    const auto& units = units_of(kind);
    const auto is_lacking = [&](const Unit* unit) { return is_merged(*unit) && !documents_.is_done(*unit); };
    if (std::none_of(units.begin(), units.end(), is_lacking)) return;
    out.begin_list("incomplete");
    for (const Unit* unit : units)
      if (is_lacking(unit)) out.item(doc::to_line(gap_of(*unit, documents_.receipt_of(*unit))));
    out.end_list();
  }

  doc::Json entry(const Unit& unit) {
    if (stop_.stop_requested()) base::fail_cancelled("writing the metadata");
    if (!documents_.is_done(unit)) return gap_of(unit, documents_.receipt_of(unit));
    doc::Json document = documents_.body_of(unit);
    lists_.keys().add(document);
    return entry_of(unit, std::move(document));
  }

  void write_site(LineWriter& out) {
    out.value("kind", kSite);
    write_head_of_documents(std::string(kSite), out);
    doc::Json site = doc::Json::object();
    for (const Unit* unit : units_of(std::string(kSite))) {
      doc::Json document = documents_.is_done(*unit) ? documents_.body_of(*unit) : without_owner(*unit);
      if (documents_.is_done(*unit)) lists_.keys().add(document);
      site[unit->name.empty() ? unit->id : unit->name] = std::move(document);
    }
    out.value(kSite, site);
  }
  doc::Json without_owner(const Unit& unit) const {
    doc::Json gap = gap_of(unit, documents_.receipt_of(unit));
    gap.erase("kind");
    return gap;
  }

  const store::Store& store_;
  const Plan& plan_;
  KeptDocuments& documents_;
  const std::filesystem::path folder_;
  const std::optional<base::WallTime> locked_until_;
  const std::stop_token stop_;
  const bool only_content_ = is_for_content_alone(plan_);
  std::unordered_map<std::string, std::vector<const Unit*>> units_;  // documents by the file they go into
  SiteLists lists_;
  MetadataFiles written_;
};

}  // namespace

MetadataFiles write_metadata(const store::Store& store, const Plan& plan, KeptDocuments& documents,
                             const std::filesystem::path& folder, std::optional<base::WallTime> locked_until,
                             std::stop_token stop) {
  return Composer(store, plan, documents, folder, locked_until, std::move(stop)).write();
}

}  // namespace tabferry::backup
