// The one table of content: what a backup saves as files. A new kind is a row here, and its list in
// tableau/kinds_listed.cpp. Revisions are no kind of content but older files of one. Private to this room.
#pragma once

#include <span>
#include <string_view>

#include "tableau/reading.h"

namespace tabferry::backup {

struct Scope;

struct ContentKind {
  std::string_view kind;
  std::string_view folder;  // of its objects in a snapshot
  bool Scope::*taken_with;  // the switch that takes it
  int since = 0;            // version of the REST API: 321
  tableau::Below below = tableau::Below::site;
  std::string_view path;            // of the file; {} is the item's id
  std::string_view element = {};    // where the file is a child of a document: as in Unit
  std::string_view inner = {};      // the same
  std::string_view zip, other;      // its extension, by the file's bytes
  std::string_view other_zip = {};  // where zips are of two kinds: the list tells which, else the file's name
  bool may_have_extracts = false;
  bool has_revisions = false;

  bool is_json() const { return other == "json"; }  // where it is no zip
};

std::span<const ContentKind> content_kinds();
const ContentKind* content_kind(std::string_view kind);  // null where it is none

inline constexpr std::string_view kRevisions = "revisions";
// "workbooks", "prep_flows", "revisions": the folder in which the objects of such units are.
std::string_view folder_of(std::string_view kind);

}  // namespace tabferry::backup
