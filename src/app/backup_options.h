// Settings and command line -> what the backup trade is given. Private to this room.
#pragma once

#include "app/backup_command.h"
#include "backup/run.h"

namespace tabferry::app {

// `store` must outlive what is made. Throws Error{config} or Error{usage} for a selector that is none, with its place.
backup::BackupOptions backup_options(const BackupRequest& request, const Settings& settings, const SiteSettings& site,
                                     const store::Store& store);

}  // namespace tabferry::app
