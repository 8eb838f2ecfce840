#include "backup/shard_list.h"

#include <algorithm>

#include "backup/plan.h"
#include "backup/snapshot_name.h"
#include "base/error.h"
#include "doc/json.h"
#include "store/small.h"

namespace tabferry::backup {
namespace {

std::string list_of(const std::string& snapshot, unsigned shards) {
  doc::Json list = doc::Json::array();
  for (unsigned shard = 0; shard < shards; ++shard)
    list.push_back({{"snapshot", snapshot}, {"shard", shard}, {"of", shards}});
  return doc::to_line(list) + "\n";
}

}  // namespace

std::string shard_list_key(std::string_view snapshot) { return work_folder(snapshot) + "shards.json"; }

std::string put_shard_list(const store::Store& store, const std::string& snapshot, unsigned shards) {
  auto key = shard_list_key(snapshot);
  const auto text = list_of(snapshot, shards);
  const auto there = store::read_text(store, key);
  if (!there || there->text != text) store::put_text(store, key, text);
  return key;
}

unsigned planned_shards(const store::Store& store, const std::string& snapshot) {
  const auto key = shard_list_key(snapshot);
  const auto there = store::read_text(store, key);
  if (!there) return std::max(1U, need_plan(store, snapshot).plan.shards);
  const auto list = doc::parse_json(there->text, store.url(key));
  if (!list.is_array() || list.empty() || there->text != list_of(snapshot, static_cast<unsigned>(list.size())))
    base::fail(base::ErrorKind::corrupt, "{}: is no list of shards that backup-plan wrote", store.url(key));
  return static_cast<unsigned>(list.size());
}

}  // namespace tabferry::backup
