// The words of a notification (`notify`): at most 12 lines, plain text. What happened, why, what is on the site and in
// the store now, what to do.
#pragma once

#include <string>

#include "backup/manifest.h"
#include "base/error.h"

namespace tabferry::backup {

inline constexpr size_t kNoticeLines = 12;

// Of a sealed snapshot; `where` is its address: "s3://acme-backups/tableau/backup_...".
std::string notice_of(const Manifest& manifest, const std::string& where);

// Of a run that threw. `site`: "site sales"; `newest`: the newest complete snapshot, which is still there; "" where
// none is.
std::string notice_of_failure(const std::string& site, const base::Error& error, const std::string& newest);

}  // namespace tabferry::backup
