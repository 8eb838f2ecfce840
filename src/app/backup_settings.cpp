#include "app/backup_settings.h"

#include <algorithm>

namespace tabferry::app {

bool BackupSettings::takes(std::string_view kind) const {
  if (kind == "revisions") return revisions > 0;
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool PruneSettings::keeps_any() const {
  return keep_last + keep_hourly + keep_daily + keep_weekly + keep_monthly + keep_yearly > 0;
}

}  // namespace tabferry::app
