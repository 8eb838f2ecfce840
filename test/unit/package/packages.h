// Packages that the tests write themselves, in the shapes that Tableau Desktop writes.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/tempdir.h"
#include "package/package.h"
#include "unit/package/zip_bytes.h"

namespace tabferry::package::test {

inline constexpr const char* kExtractEntry = "Data/Extracts/sales.hyper";

inline std::string record(const std::string& table, const std::string& column, const std::string& local_type,
                          int remote_type) {
  return "<metadata-record class='column'><remote-name>" + column + "</remote-name><remote-type>" +
      std::to_string(remote_type) +
         "</remote-type><local-name>[" + column + "]</local-name><parent-name>[" + table +
         "]</parent-name><local-type>" +
         local_type + "</local-type></metadata-record>";
}

inline std::string table_relation(const std::string& name, const std::string& table,
                                  const std::string& connection = "hyper.a") {
  return "<relation connection='" + connection + "' name='" + name + "' table='" + table + "' type='table' />";
}

inline std::string named_connection(const std::string& name, const std::string& dbname) {
  return "<named-connection caption='c' name='" + name + "'><connection class='hyper' dbname='" + dbname +
      "' username='u' /></named-connection>";
}

inline std::string datasource(const std::string& attributes, const std::string& inside) {
  return "<datasource " + attributes + " inline='true' version='18.1' "
      "xmlns:user='http://www.tableausoftware.com/xml/user'>" +
         inside + "</datasource>";
}

inline std::string federated(const std::string& named, const std::string& rest) {
  return "<connection class='federated'><named-connections>" + named + "</named-connections>" + rest + "</connection>";
}

// Two tables in one extract.
inline std::string sales_document() {
  return "<?xml version='1.0' encoding='utf-8' ?>\r\n\r\n<!-- build 20243.25.0108.0948 -->\r\n" +
         datasource("formatted-name='Sales'",
                    federated(named_connection("hyper.a", kExtractEntry),
                              "<relation type='collection'>" + table_relation("orders", "[public].[orders]") +
                                  table_relation("customers", "[public].[customers]") +
                                  "</relation><metadata-records>" +
                                  record("orders", "id", "integer", 20) + record("orders", "amount", "real", 5) +
                                  record("customers", "id", "integer", 20) +
                                  record("customers", "name", "string", 129) +
                                  "</metadata-records>")) +
         "\r\n";
}

inline std::vector<Member> sales_members(const std::string& document = sales_document()) {
  return {Member{.name = "Sales.tds", .bytes = document, .method = 8, .flags = 0x806},
          Member{.name = kExtractEntry, .bytes = "the old extract", .method = 8, .flags = 0x806},
          Member{.name = "Image/logo.png", .bytes = std::string(2500, 'i'), .method = 8, .flags = 0x6}};
}

class PackageTest : public testing::Test {
 protected:
  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }

  std::filesystem::path write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

  std::filesystem::path write_package(const std::vector<Member>& members,
                                      const std::string& name = "sales.tdsx") const {
    return write(name, zip_of(members));
  }

  // A package of one document and the usual extract, read.
  Model read_with(const std::string& document) const { return read(write_package(sales_members(document))); }

  std::vector<std::string> names_in_folder() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      if (entry.path().filename() != ".lock") names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
  }

  base::TempDir folder_{base::default_temp_parent()};
};

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Runs `action`, which must throw Error{kind}; returns its message.
template <class Action>
std::string error_of(base::ErrorKind kind, const Action& action) {
  try {
    action();
  } catch (const base::Error& error) {
    EXPECT_EQ(base::name_of(error.kind()), base::name_of(kind)) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

}  // namespace tabferry::package::test
