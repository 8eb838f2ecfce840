#include "sim/content/opened.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace tabferry::sim {
namespace {

std::string names_of(const Opened& content) {
  std::string names;
  for (const auto& view : content.views)
    names += view.name + (view.hidden ? "(hidden)" : "") + " " + std::string(view.sheet_type) + ";";
  return names;
}

std::string workbook(const std::string& inside) { return "<workbook version='18.1'>" + inside + "</workbook>"; }

TEST(SimOpened, SheetsStandInTheOrderOfTheirTabs) {
  const Opened content = read_tableau_document(
      workbook("<worksheets><worksheet name='A'/><worksheet name='B'/><worksheet name='no window'/></worksheets>"
               "<dashboards><dashboard name='D'/><dashboard name='S' type='storyboard'/></dashboards>"
               "<windows><window class='dashboard' name='D'/><window class='worksheet' name='B' hidden='true'/>"
               "<window class='worksheet' name='A'/><window class='dashboard' name='S'/></windows>"),
      Kind::workbook);
  EXPECT_EQ(names_of(content), "D dashboard;B(hidden) worksheet;A worksheet;S story;no window worksheet;");
  EXPECT_FALSE(content.has_extracts);
  EXPECT_TRUE(content.connections.empty());
}

TEST(SimOpened, EachNamedConnectionIsOne) {
  const Opened content = read_tableau_document(
      "<datasource formatted-name='Sales' version='18.1'><connection class='federated'><named-connections>"
      "<named-connection name='a'>"
      "<connection class='postgres' server='db' port='5432' dbname='shop' username='u'/></named-connection>"
      "<named-connection name='b'><connection class='textscan' filename='x.csv' port='none'/></named-connection>"
      "</named-connections></connection>"
      "<extract enabled='true'><connection class='hyper' dbname='x.hyper'/></extract></datasource>",
      Kind::datasource);
  ASSERT_EQ(content.connections.size(), 2U);
  const OpenedConnection& first = content.connections[0];
  EXPECT_EQ(first.type + " " + first.server + " " + first.port, "postgres db 5432");
  EXPECT_EQ(first.database + " " + first.user + " " + first.datasource, "shop u Sales");
  EXPECT_EQ(content.connections[1].type, "textscan");
  EXPECT_EQ(content.connections[1].port, "");  // the schema wants a number
  EXPECT_TRUE(content.has_extracts);
}

TEST(SimOpened, FeatureMarkersCountAsTableauReadsThem) {
  const Opened content = read_tableau_document(
      "<datasource name='x'><_.fcp.New.false...connection class='old'/>"
      "<_.fcp.New.true...connection class='new' server='s'/>"
      "<_.fcp.New.true...extract _.fcp.New.true...enabled='true'/></datasource>",
      Kind::datasource);
  ASSERT_EQ(content.connections.size(), 1U);
  EXPECT_EQ(content.connections[0].type, "new");
  EXPECT_TRUE(content.has_extracts);
}

TEST(SimOpened, ALinkNamesThePublishedDataSource) {
  const Opened content =
      read_tableau_document(workbook("<datasources><datasource name='Parameters' hasconnection='false'/>"
                                     "<datasource caption='Linked' name='sqlproxy.1'>"
                                     "<connection class='sqlproxy' dbname='Sales_2' port='443' "
                                     "server='tableau.example.com'/></datasource></datasources>"),
                            Kind::workbook);
  ASSERT_EQ(content.connections.size(), 1U);
  EXPECT_EQ(content.connections[0].content_url, "Sales_2");
  EXPECT_EQ(content.connections[0].datasource, "Linked");
}

TEST(SimOpened, FlowsNameWhereTheyReadAPublishedDataSource) {
  const Opened content = read_flow_document(
      R"({"connections": {"c": {"name": "n",
                                "connectionAttributes": {"class": "sqlproxy", "server": "https://s", "port": 443}},
                          "odd": 3, "odder": {"connectionAttributes": []}},
          "dataConnections": {"d": {"baseConnectionId": "c", "modifiedConnectionAttributes": {"dbname": "Sales"}}}})");
  ASSERT_EQ(content.connections.size(), 1U);
  EXPECT_EQ(content.connections[0].content_url, "Sales");
  EXPECT_EQ(content.connections[0].port, "443");
}

TEST(SimOpened, AnotherDocumentIsRefused) {
  EXPECT_THROW(read_tableau_document("<datasource/>", Kind::workbook), base::Error);
  EXPECT_THROW(read_tableau_document("<workbook/>", Kind::datasource), base::Error);
  EXPECT_THROW(read_tableau_document("<workbook>", Kind::workbook), base::Error);
  EXPECT_THROW(read_tableau_document("<!DOCTYPE w [<!ENTITY a 'b'>]><workbook>&a;</workbook>", Kind::workbook),
               base::Error);
  EXPECT_THROW(read_flow_document("[]"), base::Error);
  EXPECT_THROW(read_flow_document("{"), base::Error);
}

}  // namespace
}  // namespace tabferry::sim
