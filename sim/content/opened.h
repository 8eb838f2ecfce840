// What a published file says of itself: a site opens what it gets.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/item.h"

namespace tabferry::sim {

struct OpenedView {
  std::string name;
  std::string_view sheet_type;  // "worksheet", "dashboard", "story"
  bool hidden = false;
};

// One connection of the document: to a database, a file, or (type "sqlproxy") to a data source on the site.
struct OpenedConnection {
  std::string type;  // the connection's class: "sqlserver", "hyper", "sqlproxy"
  std::string server, port, user, database;
  std::string datasource;   // what it belongs to, as people call it
  std::string content_url;  // of the published data source that it is a link to; "" for all others
  std::string authentication;
};

struct Opened {
  std::vector<OpenedView> views;              // in the order of the workbook's tabs
  std::vector<OpenedConnection> connections;  // in the document's order
  bool has_extracts = false;
};

// Opens a file of that type (twb, twbx, tds, tdsx, tfl, tflx; a bare hyper is looked at from outside alone). The file
// is hostile: its zip is checked as package/archive.h says, its document may have 64 MiB. Refuses with 400011 what is
// no whole file of its type, or holds no document or several.
Opened open_published(const std::filesystem::path& file, Kind kind, std::string_view file_type, std::string_view name);

// The parts of it that know their format; throw Error{corrupt}.
Opened read_tableau_document(std::string_view xml, Kind kind);
Opened read_flow_document(std::string_view json);

}  // namespace tabferry::sim
