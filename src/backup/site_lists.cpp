#include "backup/site_lists.h"

#include "base/error.h"
#include "flow/for_each.h"
#include "io/copy.h"

namespace tabferry::backup {
namespace {

constexpr size_t kLanes = 8;

std::unique_ptr<Spool> fetched(const store::Store& store, const std::string& key, const std::filesystem::path& folder) {
  auto bytes = std::make_unique<Spool>(folder);
  const auto source = store.open(key);
  io::copy(*source, *bytes);
  bytes->commit();
  return bytes;
}

}  // namespace

SiteLists::SiteLists(const store::Store& store, const Plan& plan, const std::filesystem::path& folder,
                     std::stop_token stop)
    : stop_(std::move(stop)) {
  fetch(store, plan, folder);
  for (const auto& list : plan.lists) {
    auto& bytes = lists_.at(list.kind);
    const auto result = read(bytes, [&](const doc::Json& item) { keys_.learn(list.kind, item); });
    if (result.sha256 != list.sha256)
      base::fail(base::ErrorKind::corrupt, "{}: is not the list that the plan names: it was changed or damaged",
                 bytes.where);
    heads_.insert_or_assign(list.kind, result.head);
  }
}

void SiteLists::fetch(const store::Store& store, const Plan& plan, const std::filesystem::path& folder) {
  std::vector<std::unique_ptr<Spool>> spools(plan.lists.size());
  flow::for_each(plan.lists.size(), kLanes, stop_,
                 [&](size_t i, size_t, std::stop_token) { spools[i] = fetched(store, plan.lists[i].key, folder); });
  for (size_t i = 0; i < spools.size(); ++i)
    lists_.insert_or_assign(plan.lists[i].kind,
                            Fetched{.where = store.url(plan.lists[i].key), .bytes = std::move(spools[i])});
}

const ListHead* SiteLists::head_of(const std::string& kind) const {
  const auto found = heads_.find(kind);
  return found == heads_.end() ? nullptr : &found->second;
}

void SiteLists::visit(const std::string& kind, const std::function<void(doc::Json)>& take) {
  const auto found = lists_.find(kind);
  if (found != lists_.end()) read(found->second, take);
}

ReadList SiteLists::read(Fetched& list, const std::function<void(doc::Json)>& take) const {
  const auto source = list.bytes->source();
  return read_list(*source, list.where, [&](std::string_view line) {
    if (stop_.stop_requested()) base::fail_cancelled("writing the metadata");
    take(doc::parse_json(line, list.where));
  });
}

}  // namespace tabferry::backup
