#include "backup/plan.h"

#include <algorithm>

#include "backup/json_fields.h"
#include "backup/lines.h"
#include "backup/snapshot_name.h"
#include "io/copy.h"
#include "tableau/scopes.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

constexpr uint64_t kPlanFormat = 1;
constexpr uint64_t kBytesPerRequest = 64 << 10;  // what a request costs beside its bytes, for the balance of shards

void write(const Plan& plan, LineWriter& out) {
  out.value("format", kPlanFormat);
  out.value("snapshot", plan.snapshot);
  out.value("run", plan.run);
  out.value("started", plan.started);
  out.value("as_of", plan.as_of);
  out.value("site", to_json(plan.site));
  out.value("scope", plan.scope);
  out.value("asked", plan.asked);
  out.value("incremental", plan.incremental);
  out.value("tags", plan.tags);
  out.value("base", plan.base);
  out.value("full", plan.full);
  out.value("last_full", plan.last_full);
  out.value("shards", plan.shards);
  out.value("list_requests", plan.list_requests);
  out.value("notes", plan.notes);
  out.value("limits", plan.limits);
  out.value("left_out", plan.left_out);
  out.begin_list("gaps");
  for (const auto& gap : plan.gaps) out.item(doc::to_line(to_json(gap)));
  out.end_list();
  out.begin_list("lists");
  for (const auto& list : plan.lists)
    out.item(doc::to_line({{"kind", list.kind}, {"key", list.key}, {"sha256", list.sha256}}));
  out.end_list();
  out.begin_list("units");
  for (const auto& unit : plan.units) out.item(doc::to_line(to_json(unit)));
  out.end_list();
  out.end();
}

std::string sha256_of(const Plan& plan) {
  io::NoSink nowhere;
  LineWriter out(nowhere);
  write(plan, out);
  return out.sha256();
}

void take_value(Plan& plan, const std::string& name, const doc::Json& value, const std::string& where) {
  const doc::Json json = {{name, value}};
  const auto text = [&](std::string& into) { into = text_in(json, name, where); };
  if (name == "format" && number_in(json, name, where) != kPlanFormat)
    base::fail(ErrorKind::corrupt, "{}: is of another format; a newer tabferry made it", where);
  if (name == "snapshot") text(plan.snapshot);
  if (name == "run") text(plan.run);
  if (name == "started") text(plan.started);
  if (name == "as_of") text(plan.as_of);
  if (name == "site") plan.site = site_facts_of(value, where);
  if (name == "scope") text(plan.scope);
  if (name == "asked") text(plan.asked);
  if (name == "incremental") text(plan.incremental);
  if (name == "tags") plan.tags = texts_in(json, name, where);
  if (name == "base") text(plan.base);
  if (name == "full") plan.full = flag_in(json, name, where);
  if (name == "last_full") text(plan.last_full);
  if (name == "shards") plan.shards = static_cast<unsigned>(number_in(json, name, where));
  if (name == "list_requests") plan.list_requests = number_in(json, name, where);
  if (name == "notes") plan.notes = texts_in(json, name, where);
  if (name == "limits") plan.limits = texts_in(json, name, where);
  if (name == "left_out") plan.left_out = number_in(json, name, where);
}

void take_item(Plan& plan, const std::string& list, const doc::Json& json, const std::string& where) {
  if (list == "units") plan.units.push_back(unit_of(json, where));
  if (list == "lists")
    plan.lists.push_back({.kind = text_in(json, "kind", where),
                          .key = text_in(json, "key", where),
                          .sha256 = text_in(json, "sha256", where)});
  if (list == "gaps") plan.gaps.push_back(gap_of(json, where));
}

}  // namespace

doc::Json to_json(const SiteFacts& site) {
  return {{"server", site.server},
          {"luid", site.luid},
          {"content_url", site.content_url},
          {"product_version", site.product_version},
          {"build", site.build},
          {"rest_api_version", site.rest_api_version},
          {"user", site.user},
          {"user_luid", site.user_luid},
          {"role", site.role}};
}

SiteFacts site_facts_of(const doc::Json& json, const std::string& where) {
  const auto text = [&](const char* name) { return text_in(json, name, where); };
  return {.server = text("server"),
          .luid = text("luid"),
          .content_url = text("content_url"),
          .product_version = text("product_version"),
          .build = text("build"),
          .rest_api_version = text("rest_api_version"),
          .user = text("user"),
          .user_luid = text("user_luid"),
          .role = text("role")};
}

doc::Json to_json(const Gap& gap) {
  doc::Json json = {{"kind", gap.kind}, {"failed", gap.failed}, {"reason", gap.reason}};
  put(json, "code", static_cast<uint64_t>(gap.code));
  return json;
}

Gap gap_of(const doc::Json& json, const std::string& where) {
  return {.kind = text_in(json, "kind", where),
          .failed = flag_in(json, "failed", where),
          .code = static_cast<int>(number_in(json, "code", where)),
          .reason = text_in(json, "reason", where)};
}

std::optional<std::string> claim(const store::Store& store, const Plan& plan) {
  const auto sha256 = sha256_of(plan);
  try {
    const auto sink = store.create(plan_key(plan.snapshot), {.if_absent = true});
    LineWriter out(*sink);
    write(plan, out);
    sink->commit();
    return sha256;
  } catch (const base::Error& error) {
    if (error.kind() != ErrorKind::conflict) throw;
  }
  const auto there = read_plan(store, plan.snapshot);  // a conflict may be with our own write, whose answer was lost
  return there && there->sha256 == sha256 ? std::optional(sha256) : std::nullopt;
}

std::optional<StoredPlan> read_plan(const store::Store& store, const std::string& snapshot) {
  const auto key = plan_key(snapshot);
  const auto found = store.stat(key);
  if (!found) return std::nullopt;
  const std::string where = store.url(key);
  const auto source = store.open(key, {.if_match = found->etag, .size_bytes = found->size_bytes});
  StoredPlan stored;
  const auto read = read_lines(
      *source, where,
      {.value = [&](const std::string& name, const doc::Json& value) { take_value(stored.plan, name, value, where); },
       .item = [&](const std::string& list,
                   std::string_view line) { take_item(stored.plan, list, doc::parse_json(line, where), where); }});
  stored.sha256 = read.sha256;
  return stored;
}

StoredPlan need_plan(const store::Store& store, const std::string& snapshot) {
  if (auto stored = read_plan(store, snapshot)) return std::move(*stored);
  base::fail(ErrorKind::not_found, "there is no plan {}: make one with backup-plan", store.url(plan_key(snapshot)));
}

bool is_closed_to_apps(const Unit& unit) { return !tableau::closed_to_apps(unit.path).empty(); }

// The largest first, each to the shard that has least: within a third of the best there is.
std::vector<unsigned> shards_of(const std::vector<Unit>& units, unsigned n) {
  std::vector<unsigned> shards(units.size());
  std::vector<size_t> order;
  for (size_t i = 0; i < units.size(); ++i)
    if (!is_closed_to_apps(units[i])) order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return units[a].listed_bytes > units[b].listed_bytes; });
  std::vector<uint64_t> load(std::max(n, 1U));
  for (const size_t i : order) {
    const auto least = std::min_element(load.begin(), load.end());
    *least += units[i].listed_bytes + kBytesPerRequest;
    shards[i] = static_cast<unsigned>(least - load.begin());
  }
  return shards;
}

}  // namespace tabferry::backup
