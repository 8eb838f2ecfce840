#include "backup/newer_forms.h"

#include "tableau/json_text.h"

namespace tabferry::backup {

bool NewerForms::is_first(const doc::Json& item) {
  const std::string id = tableau::text_at(item, id_path_);
  if (id.empty() || seen_.insert(id).second) return true;
  newer_.insert_or_assign(id, item);
  return false;
}

const doc::Json* NewerForms::of(const doc::Json& first) const {
  const auto found = newer_.find(tableau::text_at(first, id_path_));
  return found == newer_.end() ? nullptr : &found->second;
}

tableau::ListResult read_whole_list(tableau::Site& lane, const tableau::ListRequest& request, std::stop_token stop,
                                    std::vector<doc::Json>& items) {
  NewerForms newer(request.id_path);
  auto result = lane.list(request, stop, [&](doc::Json item) {
    if (newer.is_first(item)) items.push_back(std::move(item));
  });
  for (auto& item : items)
    if (const doc::Json* form = newer.of(item)) item = *form;
  return result;
}

}  // namespace tabferry::backup
