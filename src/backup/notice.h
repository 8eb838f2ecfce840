// The words of a notification (`notify`): at most kNoticeLines, plain text. What happened, why, what is on the site and
// in the store now, what to do.
#pragma once

#include <string>
#include <vector>

#include "backup/manifest.h"
#include "base/error.h"
#include "store/store.h"

namespace tabferry::backup {

inline constexpr size_t kNoticeLines = 12;

// Of a sealed snapshot; `where` is its address: "s3://acme-backups/tableau/backup_...".
std::vector<std::string> notice_of(const Manifest& manifest, const std::string& where);

// What a store has of a site, for who reads that its backup failed.
struct Standing {
  bool known = false;  // else the store could not be read, and nothing is said of it
  std::string newest;  // the newest complete snapshot, which is still there; "" where none is
  bool begun = false;  // there is a run that the next one goes on with, if it comes within kResumable
  std::string unfinished{};  // that run's snapshot; "" where there is none
};
// `content_url`: of the site, "" is the default one. Throws what the store throws.
Standing standing_of(const store::Store& store, const std::string& content_url);

// Of a run that threw. `site`: "site sales".
std::vector<std::string> notice_of_failure(const std::string& site, const base::Error& error, const Standing& standing);

}  // namespace tabferry::backup
