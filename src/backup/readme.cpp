#include "backup/readme.h"

#include <fmt/format.h>

#include "backup/snapshot_name.h"
#include "backup/words.h"

namespace tabferry::backup {
namespace {

constexpr std::string_view kPartial = R"(
This one is PARTIAL: not all of the site is in it. What is missing, and why: report.html, and manifest.json ("missing",
"gaps", "notes", and the items whose "status" is "failed"). What is in it is whole.
)";

std::string left_out_of(const ManifestHead& head) {
  if (head.left_out == 0) return "";
  return fmt::format("\nOf the items of the site {} ({} in manifest.json): they are not in it.\n",
                     left_out_in_words(head.left_out), R"("asked")");
}

}  // namespace

std::string readme_of(const ManifestHead& head, const std::string& folder_url) {
  return fmt::format(
      R"(This folder is a backup of a Tableau site, made by {tool}.

  site       {site} on {server}
  as of      {as_of} (UTC: what changed later is in a later backup)
  signed in  {user}, {role}
  folder     {url}

The backup was finished when manifest.json is in it. Without that file it was not: do not rely on it.
{partial}{left_out}
What is in it
  workbooks/ published_data_sources/ prep_flows/   as downloaded, byte for byte: LUID_NAME.twbx, .tdsx, .tflx ...
  custom_views/ virtual_connections/ revisions/    where the site has them and they were asked for
  metadata_tableau/                                users, groups, permissions, schedules ...: one JSON file a kind
  index.csv                                        every item and the key of its file: opens in a spreadsheet
  report.html                                      what was saved, what changed, what failed and why: opens in a browser
  manifest.json                                    the same for programs, with the SHA-256 of every file

A file may stand in the folder of an earlier backup: what had not changed was not downloaded again. index.csv and
manifest.json name it by its key below the root of the store, the folder in which this folder stands. So do not move or
delete a backup folder by hand, and set no lifecycle rule that does: use 'tabferry prune'.

To get something back with tabferry
  tabferry ls {snapshot}
  tabferry get {snapshot} 'workbooks:PROJECT/NAME' -o DIR

To get something back without it
  1. Open index.csv and find the item: its key is in the column "key".
  2. Copy that object: 'aws s3 cp' for S3, 'cp' for a directory.
  3. 'sha256sum FILE' must say what the column "sha256" says.
  4. Open it in Tableau Desktop (workbooks, data sources) or Tableau Prep (flows), and publish it from there.

To check it
  tabferry verify {snapshot} --full
)",
      fmt::arg("tool", head.tool), fmt::arg("site", site_word(head.site.content_url)),
      fmt::arg("server", head.site.server), fmt::arg("as_of", head.as_of), fmt::arg("user", head.site.user),
      fmt::arg("role", head.site.role), fmt::arg("url", folder_url), fmt::arg("snapshot", head.snapshot),
      fmt::arg("partial", head.status == "complete" ? "" : kPartial), fmt::arg("left_out", left_out_of(head)));
}

}  // namespace tabferry::backup
