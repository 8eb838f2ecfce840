// Faults of the item that a request is about: somebody else was faster.
#include "sim/content/content_type.h"
#include "sim/content/erase.h"
#include "sim/core/folder.h"
#include "sim/core/kinds.h"
#include "sim/faults/hooks.h"
#include "sim/faults/item_in_path.h"
#include "sim/faults/refreshed_file.h"

namespace tabferry::sim {
namespace {

// Times have whole seconds; what moves must be seen to.
std::string moved_on(const Simulator& simulator, const std::string& updated_at) {
  const auto before = base::parse_iso_time(updated_at);
  const auto now = simulator.now();
  return base::iso_time(before && *before + std::chrono::seconds(1) > now ? *before + std::chrono::seconds(1) : now);
}

void delete_first(Simulator& simulator, const Call& call, const Occasion& occasion, const Item& item) {
  const auto strike = simulator.faults.strike(FaultKind::delete_after_list, occasion);
  if (!strike) return;
  simulator.change([&](World& world) {
    Desk desk = desk_of(simulator, world, call);
    if (const Item* known = world.site.find(item.kind(), item.id())) erase_content(desk, *known);
  });
  simulator.faults.done(*strike, occasion, "deleted it: " + item.get("name"));
}

Item renamed(const Simulator& simulator, Item item, const std::string& name) {
  const std::string updated_at = moved_on(simulator, item.get("updatedAt"));
  return item.set("name", name).set("updatedAt", updated_at);
}

void rename_first(Simulator& simulator, const Occasion& occasion, const Item& item) {
  const auto strike = simulator.faults.strike(FaultKind::rename_after_list, occasion);
  if (!strike) return;
  const std::string& wanted = strike->fault->value;
  const std::string name = wanted.empty() ? item.get("name") + " (renamed)" : wanted;
  simulator.change([&](World& world) {
    const Item* known = world.site.find(item.kind(), item.id());
    if (known != nullptr) world.site.put(renamed(simulator, *known, name));
  });
  simulator.faults.done(*strike, occasion, fmt::format("renamed it from {} to {}", item.get("name"), name));
}

// The file is written without the lock; where the item has another one by then, that one stays.
bool replace_file(Simulator& simulator, const Item& item, NewContent& file, bool is_silent) {
  return simulator.change([&](World& world) {
    const Item* known = world.site.find(item.kind(), item.id());
    if (known == nullptr || known->get("_file") != item.get("_file")) return false;
    Item changed(*known);
    changed.set("_file", file.name()).set_number("_sizeBytes", io::size_of(file.path()));
    for (const char* time : {"_extractLastUpdateTime", "_extractLastRefreshTime"})
      changed.set(time, simulator.now_text());
    if (!is_silent) changed.set("updatedAt", moved_on(simulator, known->get("updatedAt")));
    world.site.put(std::move(changed));
    return true;
  });
}

void refresh_first(Simulator& simulator, const Occasion& occasion, const Item& item, FaultKind kind) {
  if (item.get("_file").empty()) return;
  const auto strike = simulator.faults.strike(kind, occasion);
  if (!strike) return;
  NewContent file(simulator.folder, "bin");
  const std::string mark = fmt::format("refreshed at {} by fault {}", simulator.now_text(), strike->number);
  const bool is_changed = write_refreshed(simulator.folder.path_of(item.get("_file")), mark,
                                          [&](std::string_view bytes) { file.write(bytes); });
  file.finish();
  if (!replace_file(simulator, item, file, kind == FaultKind::refresh_silent)) return;
  file.keep();
  simulator.faults.done(*strike, occasion,
                        is_changed ? "changed its content" : "left its content: neither zip nor XML");
}

int forbidding_code(const Fault& fault, const Call& call, Kind kind) {
  if (fault.number) return static_cast<int>(*fault.number);
  if (!call.route.ends_with("/content")) return 403004;
  for (const auto& type : content_types())
    if (type.kind == kind) return type.no_download;
  return 403004;
}

void forbid(Simulator& simulator, const Call& call, const Occasion& occasion, const Item& item) {
  const auto strike = simulator.faults.strike(FaultKind::forbid, occasion);
  if (!strike) return;
  const int code = forbidding_code(*strike->fault, call, item.kind());
  simulator.faults.done(*strike, occasion, fmt::format("answered {}", code));
  refuse(code, "User '{}' is not allowed to do that with {} '{}'.", call.user_id, rule_of(item.kind()).element,
         item.id());
}

}  // namespace

void faults_on_item(Simulator& simulator, const Call& call) {
  if (!simulator.faults.any()) return;
  const auto item = item_in_path(simulator, call);
  if (!item) return;
  const Occasion occasion = occasion_of(call, *item);
  forbid(simulator, call, occasion, *item);
  refresh_first(simulator, occasion, *item, FaultKind::refresh);
  refresh_first(simulator, occasion, *item, FaultKind::refresh_silent);
  rename_first(simulator, occasion, *item);
  delete_first(simulator, call, occasion, *item);
}

}  // namespace tabferry::sim
