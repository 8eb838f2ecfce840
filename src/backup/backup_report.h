// A snapshot as people read it (report.html, the end of a run) and as scripts do (--json): the report of `backup`,
// whose command a seal overwrites.
#pragma once

#include <string>

#include "backup/manifest.h"
#include "report/report.h"
#include "store/store.h"

namespace tabferry::backup {

// What was saved, by kind and project; what changed since `before` (nullptr: there is none, or it could not be read),
// in its metadata as well; what failed and why; what the site does not offer, with its code; what was taken over and by
// which rule; notes, requests. Its status is partial where something failed that nobody accepted, or the snapshot is
// partial for another reason. `now` may be a manifest that is not sealed yet: where `sealed` is empty no duration is
// told.
//
// The tables of every item and of every project are for the page only. `details` holds counts, failures, changes and
// what is unavailable, each with kind, luid and natural key; every item stands in manifest.json, which is its machine
// form.
report::Report report_of(const Manifest& now, const Manifest* before);
// With the base that `now` names as the one before, as far as it can be read: else what changed is not known.
report::Report report_of(const store::Store& store, const Manifest& now);

}  // namespace tabferry::backup
