// Site::list() shows an item again where its list moved and it came in a newer form. Who reads a list keeps the first
// form of each item, where it stood, and puts the newer one in its place at the end. Private to this room.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "doc/json.h"
#include "tableau/site.h"

namespace tabferry::backup {

// One list's: the ids that were seen, and the few newer forms.
class NewerForms {
 public:
  explicit NewerForms(std::string_view id_path) : id_path_(id_path) {}

  bool is_first(const doc::Json& item);  // false: a newer form, kept here. What has no id is always a first one
  bool none() const { return newer_.empty(); }
  const doc::Json* of(const doc::Json& first) const;  // null where the first form is the only one

 private:
  const std::string id_path_;
  std::unordered_set<std::string> seen_;
  std::unordered_map<std::string, doc::Json> newer_;
};

// The whole list in memory, each item in its newest form, in the order of their first sight.
tableau::ListResult read_whole_list(tableau::Site& lane, const tableau::ListRequest& request, std::stop_token stop,
                                    std::vector<doc::Json>& items);

}  // namespace tabferry::backup
