// The lists of a plan, as the seal reads them: brought to the local disk once, over several lanes, for they are gone
// through twice (natural keys need all of them before the first file is written). Private to this room.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "backup/list_file.h"
#include "backup/natural_keys.h"
#include "backup/plan.h"
#include "backup/spool.h"
#include "doc/json.h"
#include "store/store.h"

namespace tabferry::backup {

class SiteLists {
 public:
  // Throws Error{corrupt} for a list that is not the one that the plan names. Keeps the token.
  SiteLists(const store::Store& store, const Plan& plan, const std::filesystem::path& folder, std::stop_token stop);

  const ListHead* head_of(const std::string& kind) const;  // null where the plan has no such list
  const std::map<std::string, ListHead>& heads() const { return heads_; }
  const NaturalKeys& keys() const { return keys_; }
  // Its items, in their order.
  void visit(const std::string& kind, const std::function<void(doc::Json)>& take);

 private:
  struct Fetched {
    std::string where;
    std::unique_ptr<Spool> bytes;
  };
  void fetch(const store::Store& store, const Plan& plan, const std::filesystem::path& folder);
  ReadList read(Fetched& list, const std::function<void(doc::Json)>& take) const;

  const std::stop_token stop_;
  std::map<std::string, Fetched> lists_;
  std::map<std::string, ListHead> heads_;
  NaturalKeys keys_;
};

}  // namespace tabferry::backup
