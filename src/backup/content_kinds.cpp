#include "backup/content_kinds.h"

#include <algorithm>
#include <iterator>

#include "backup/survey.h"

namespace tabferry::backup {
namespace {

using tableau::Below;

// Custom views: the path that tableauserverclient asks (custom_views_endpoint.py, expurl).
constexpr ContentKind kRows[] = {
    {.kind = "workbooks",
     .folder = "workbooks",
     .taken_with = &Scope::workbooks,
     .path = "workbooks/{}/content",
     .zip = "twbx",
     .other = "twb",
     .may_have_extracts = true,
     .has_revisions = true},
    {.kind = "datasources",
     .folder = "published_data_sources",
     .taken_with = &Scope::datasources,
     .path = "datasources/{}/content",
     .zip = "tdsx",
     .other = "tds",
     .may_have_extracts = true,
     .has_revisions = true},
    {.kind = "flows",
     .folder = "prep_flows",
     .taken_with = &Scope::flows,
     .since = 303,
     .path = "flows/{}/content",
     .zip = "tfl",
     .other = "tfl",
     .other_zip = "tflx"},
    {.kind = "custom_views",
     .folder = "custom_views",
     .taken_with = &Scope::metadata,
     .since = 321,
     .below = Below::experimental,
     .path = "customviews/{}/content",
     .zip = "zip",
     .other = "json"},
    {.kind = "virtual_connections",
     .folder = "virtual_connections",
     .taken_with = &Scope::metadata,
     .since = 323,
     .path = "virtualconnections/{}",
     .element = "virtualConnection",
     .inner = "content",
     .zip = "zip",
     .other = "json"},
};

}  // namespace

std::span<const ContentKind> content_kinds() { return kRows; }

const ContentKind* content_kind(std::string_view kind) {
  const auto* found =
      std::find_if(std::begin(kRows), std::end(kRows), [&](const auto& row) { return row.kind == kind; });
  return found == std::end(kRows) ? nullptr : found;
}

std::string_view folder_of(std::string_view kind) {
  const ContentKind* row = content_kind(kind);
  return row == nullptr ? kind : row->folder;
}

}  // namespace tabferry::backup
