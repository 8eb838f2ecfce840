#include "app/backup_settings.h"

#include <algorithm>

namespace tabferry::app {

uint64_t FailureBound::of(uint64_t items) const {
  if (count) return *count;
  return std::max(at_least, items / 100 * percent + items % 100 * percent / 100);
}

bool BackupSettings::takes(std::string_view kind) const {
  if (kind == "revisions") return revisions > 0;
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool PruneSettings::keeps_any() const {
  return keep_last + keep_hourly + keep_daily + keep_weekly + keep_monthly + keep_yearly > 0;
}

}  // namespace tabferry::app
