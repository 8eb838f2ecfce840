// What a document says about its extracts.
#include "package/document.h"
#include "package/plain_xml.h"
#include "unit/package/packages.h"

using tabferry::base::ErrorKind;
using tabferry::table::Family;
using tabferry::table::TableName;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace tabferry::package::test {
namespace {

std::vector<std::string> column_names(const ModelTable& table) {
  std::vector<std::string> names;
  if (table.columns)
    for (const auto& column : *table.columns) names.push_back(column.name);
  return names;
}

std::vector<TableName> table_names(const std::vector<ModelTable>& tables) {
  std::vector<TableName> names;
  for (const auto& table : tables) names.push_back(table.name);
  return names;
}

class ModelTest : public PackageTest {};

TEST_F(ModelTest, TablesAndColumnsOfACollection) {
  const auto extract = read_with(sales_document()).extracts.at(0);
  ASSERT_THAT(table_names(extract.tables), ElementsAre(TableName{"public", "orders"},
                                                       TableName{"public", "customers"}));
  const auto& orders = *extract.tables[0].columns;
  ASSERT_EQ(orders.size(), 2U);
  EXPECT_EQ(orders[0].name, "id");
  EXPECT_EQ(orders[0].family, Family::integer);
  EXPECT_EQ(orders[0].remote_type, 20);
  EXPECT_EQ(orders[1].family, Family::real);
  EXPECT_EQ((*extract.tables[1].columns)[1].family, Family::string);
}

TEST_F(ModelTest, EveryLocalType) {
  std::string records;
  const std::pair<const char*, Family> types[] = {{"boolean", Family::boolean}, {"integer", Family::integer},
                                                  {"real", Family::real},
                                                  {"string", Family::string},   {"date", Family::date},
                                                      {"datetime", Family::datetime},
                                                  {"spatial", Family::spatial}, {"tomorrow", Family::other}};
  for (const auto& [word, family] : types) records += record("t", word, word, 1);
  const auto model = read_with(datasource("name='n'", federated(named_connection("hyper.a", kExtractEntry),
                                                                table_relation("t", "[t]") + "<metadata-records>" +
                                                                records + "</metadata-records>")));
  const auto& columns = *model.extracts.at(0).tables.at(0).columns;
  ASSERT_EQ(columns.size(), std::size(types));
  for (size_t i = 0; i < columns.size(); ++i) EXPECT_EQ(columns[i].family, types[i].second) << columns[i].name;
}

TEST_F(ModelTest, AnExtractHasItsOwnRelationsAndHidesWhatItWasMadeFrom) {
  const auto document = datasource(
      "caption='Snow' name='federated.1'",
      federated("<named-connection name='snow'><connection class='snowflake' dbname='DB'/></named-connection>" +
                    named_connection("hyper.b", "C:\\temp\\origin.hyper"),
                table_relation("T", "[S].[T]", "snow") + table_relation("O", "[public].[O]", "hyper.b") +
                "<metadata-records>" +
                    record("T", "x", "string", 129) + "</metadata-records>") +
          "<extract count='-1' enabled='true'><connection class='hyper' dbname='Data/Extracts/sales.hyper' "
          "schema='Extract' tablename='Extract'>"
          "<relation name='Extract' table='[Extract].[Extract]' type='table'/><metadata-records>" +
          record("Extract", "amount1", "real", 5) + "</metadata-records></connection></extract>");
  const auto model = read_with(document);
  ASSERT_EQ(model.extracts.size(), 1U);
  EXPECT_EQ(model.extracts[0].datasource, "Snow");
  EXPECT_THAT(model.extracts[0].names, ElementsAre("Snow", "federated.1"));
  EXPECT_THAT(table_names(model.extracts[0].tables), ElementsAre(TableName{"Extract", "Extract"}));
  EXPECT_THAT(column_names(model.extracts[0].tables[0]), ElementsAre("amount1"));
}

TEST_F(ModelTest, ALiveConnectionBesideAnUnusedExtractStaysAndTheNoteSaysSo) {
  const auto document = datasource("caption='Both'", federated(named_connection("hyper.a", "Data/live.hyper"),
                                                               table_relation("t", "[public].[t]")) +
                                                         "<extract enabled='false'><connection class='hyper' "
                                                         "dbname='Data/Extracts/sales.hyper'/></extract>");
  const auto model = read_with(document);
  EXPECT_THAT(model.extracts, ElementsAre(Field(&Extract::dbname, kExtractEntry),
                                          Field(&Extract::dbname, "Data/live.hyper")));
  EXPECT_THAT(model.notes, Contains(AllOf(HasSubstr("'Both'"), HasSubstr("does not use it"))));
}

TEST_F(ModelTest, AnExtractWithoutRelationsSaysItsTableInAttributes) {
  const auto model = read_with(datasource("caption='Old'", "<connection class='hyper' "
                                          "dbname='Data/Extracts/sales.hyper' schema='Extract' tablename='Extract'>"
                                                           "<metadata-records>" + record("Extract", "a", "date", 133) +
                                                           "</metadata-records></connection>"));
  ASSERT_THAT(table_names(model.extracts.at(0).tables), ElementsAre(TableName{"Extract", "Extract"}));
  EXPECT_THAT(column_names(model.extracts[0].tables[0]), ElementsAre("a"));
}

TEST_F(ModelTest, MarkersOfFeaturesAreReadAsTableauDoes) {
  const std::string on = "_.fcp.ObjectModelEncapsulateLegacy.true...",
      off = "_.fcp.ObjectModelEncapsulateLegacy.false...";
  const auto document = datasource(
      "_.fcp.A.true...caption='New' _.fcp.A.false...name='never'",
      federated(named_connection("hyper.a", kExtractEntry),
                "<" + off + "relation connection='hyper.a' name='wrong' table='[public].[wrong]' type='table'/><" +
                on + "relation type='collection'>" +
                    table_relation("orders", "[public].[orders]") + "<_.fcp.B.true..._.fcp.C.true...relation "
                        "connection='hyper.a' name='x' _.fcp.D.true...table='[public].[x]' type='table'/>" +
                    "<_.fcp.B.true..._.fcp.C.false...relation connection='hyper.a' name='y' table='[public].[y]' "
                    "type='table'/></" + on + "relation>"));
  const auto model = read_with(document);
  EXPECT_EQ(model.extracts.at(0).datasource, "New");
  EXPECT_THAT(model.extracts[0].names, ElementsAre("New"));
  EXPECT_THAT(table_names(model.extracts[0].tables), ElementsAre(TableName{"public", "orders"},
                                                                 TableName{"public", "x"}));
}

TEST(PlainName, TakesMarkersOff) {
  EXPECT_EQ(plain_name("relation"), "relation");
  EXPECT_EQ(plain_name("_.fcp.A.true...relation"), "relation");
  EXPECT_EQ(plain_name("_.fcp.A.false...relation"), std::nullopt);
  EXPECT_EQ(plain_name("_.fcp.A.true..._.fcp.B.false...relation"), std::nullopt);
  EXPECT_EQ(plain_name("_.fcp.A.false..._.fcp.B.true...relation"), std::nullopt);
  EXPECT_EQ(plain_name("_.fcp.A.true..._.fcp.B.true...a.b"), "a.b");
  EXPECT_EQ(plain_name("_.fcp.relation"), "_.fcp.relation");
  EXPECT_EQ(plain_name("_.fcp.A.maybe...relation"), "_.fcp.A.maybe...relation");
}

TEST(PlainName, AMarkedAttributeGoesBeforeAPlainOne) {
  const auto document = doc::XmlDocument::parse("<a _.fcp.F.true...x='new' x='old' y='1' _.fcp.F.false...y='2'/>",
                                                "test");
  EXPECT_EQ(plain_attribute(document.root(), "x"), "new");
  EXPECT_EQ(plain_attribute(document.root(), "y"), "1");
  EXPECT_EQ(plain_attribute(document.root(), "z"), "");
}

TEST_F(ModelTest, AJoinWithoutMetadataRecordsStillNamesItsColumns) {
  const auto document = datasource("formatted-name='j'", federated(named_connection("hyper.a", kExtractEntry),
                                   "<relation join='inner' type='join'><clause type='join'/>" +
                                   table_relation("products", "[public].[products]") +
                                       table_relation("sales", "[public].[sales]") +
                                       "</relation><cols><map key='[Product Key (sales)]' value='[sales].[Product "
                                       "Key]'/>"
                                       "<map key='[Product Key]' value='[products].[Product Key]'/><map key='[S]' "
                                       "value='[sales].[S]]x]'/><map key='x' value='[nowhere].[x]'/></cols>"));
  const auto tables = read_with(document).extracts.at(0).tables;
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_THAT(column_names(tables[0]), ElementsAre("Product Key"));
  EXPECT_THAT(column_names(tables[1]), ElementsAre("Product Key", "S]x"));
  EXPECT_EQ((*tables[0].columns)[0].family, Family::other);
}

TEST_F(ModelTest, ATableWithoutAnyColumnsHasNone) {
  const auto model = read_with(datasource("name='n'", federated(named_connection("hyper.a", kExtractEntry),
                                                                table_relation("t", "[public].[t]"))));
  EXPECT_FALSE(model.extracts.at(0).tables.at(0).columns.has_value());
}

TEST_F(ModelTest, ATableReadTwiceIsOneWithTheColumnsOfBoth) {
  const auto document = datasource("name='n'", federated(named_connection("hyper.a", kExtractEntry),
                                   "<relation type='collection'>" + table_relation("orders", "[public].[orders]") +
                                   table_relation("orders1", "[public].[orders]") +
                                       "</relation><metadata-records>" + record("orders", "a", "integer", 20) +
                                       record("orders1", "a", "integer", 20) +
                                       record("orders1", "b", "integer", 20) + "</metadata-records>"));
  const auto tables = read_with(document).extracts.at(0).tables;
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_THAT(column_names(tables[0]), ElementsAre("a", "b"));
}

TEST_F(ModelTest, UnionsGiveTheirTablesAndCustomSqlGivesANote) {
  const auto document = datasource("name='n'", federated(named_connection("hyper.a", kExtractEntry),
                                   "<relation type='collection'><relation all='true' name='Union' type='union'>" +
                                   table_relation("a", "[public].[a]") +
                                       table_relation("b", "[public].[b]") +
                                       "</relation><relation connection='hyper.a' name='Custom SQL Query' "
                                       "type='text'>SELECT 1</relation>" +
                                       "</relation><metadata-records>" + record("Union", "x", "integer", 20) +
                                       record("Custom SQL Query", "y", "integer", 20) + "</metadata-records>"));
  const auto model = read_with(document);
  ASSERT_THAT(table_names(model.extracts.at(0).tables), ElementsAre(TableName{"public", "a"},
                                                                    TableName{"public", "b"}));
  EXPECT_FALSE(model.extracts[0].tables[0].columns.has_value());
  EXPECT_THAT(model.notes, Contains(AllOf(HasSubstr("custom SQL"), HasSubstr("Custom SQL Query"))));
}

TEST_F(ModelTest, NamesWithEveryKindOfCharacter) {
  const std::string parent = "<parent-name>[a]]b]</parent-name>";
  const auto records = "<metadata-records><metadata-record class='column'><remote-name>x]y &lt;z&gt;</remote-name>" + parent +
                       "<local-type>real</local-type></metadata-record><metadata-record class='capability'>"
                       "<remote-name>no</remote-name>" + parent + "</metadata-record></metadata-records>";
  const auto table = table_relation("a]b", "[my ]]schema].[Ördérs &amp; &apos;&apos;&quot;%;.]]]");
  const auto model = read_with(datasource("caption='Ünï &amp; &lt;&quot;&apos;]%;'",
                                          federated(named_connection("hyper.a", kExtractEntry), table + records)));
  EXPECT_EQ(model.extracts.at(0).datasource, "Ünï & <\"']%;");
  ASSERT_THAT(table_names(model.extracts[0].tables), ElementsAre(TableName{"my ]schema", "Ördérs & ''\"%;.]"}));
  EXPECT_THAT(column_names(model.extracts[0].tables[0]), ElementsAre("x]y <z>"));
}

TEST(BracketedParts, AsTableauQuotesNames) {
  EXPECT_THAT(bracketed_parts("[Extract].[Orders]"), ElementsAre("Extract", "Orders"));
  EXPECT_THAT(bracketed_parts("[a]]b].[]]]"), ElementsAre("a]b", "]"));
  EXPECT_THAT(bracketed_parts("[db].[s].[t]"), ElementsAre("db", "s", "t"));
  EXPECT_THAT(bracketed_parts("[a.b]"), ElementsAre("a.b"));
  EXPECT_THAT(bracketed_parts("plain"), ElementsAre("plain"));
  EXPECT_THAT(bracketed_parts(""), ElementsAre(""));
  for (const auto* broken : {"[a", "[a]b", "[a].b", "[a][b]", "["}) EXPECT_THAT(bracketed_parts(broken),
      ElementsAre(broken));
}

TEST_F(ModelTest, AnUnqualifiedTableIsInPublic) {
  const auto model = read_with(datasource("name='n'", federated(named_connection("hyper.a", kExtractEntry),
                                                                table_relation("t", "[t]"))));
  EXPECT_THAT(table_names(model.extracts.at(0).tables), ElementsAre(TableName{"public", "t"}));
}

TEST_F(ModelTest, TwoFilesInOneDataSourceAreTwoExtracts) {
  const auto document = datasource("caption='Two'", federated(named_connection("hyper.a", kExtractEntry) +
                                                              named_connection("hyper.b", "Data/hyper/b.hyper"),
                                   "<relation type='collection'>" + table_relation("a", "[public].[a]") +
                                   table_relation("b", "[public].[b]", "hyper.b") +
                                       "</relation><metadata-records>" + record("a", "x", "integer", 20) +
                                       record("b", "y", "integer", 20) + "</metadata-records>"));
  auto members = sales_members(document);
  members.push_back({.name = "Data/hyper/b.hyper", .bytes = "b"});
  const auto model = read(write_package(members));
  ASSERT_THAT(model.extracts, ElementsAre(Field(&Extract::entry, kExtractEntry),
                                          Field(&Extract::entry, "Data/hyper/b.hyper")));
  EXPECT_THAT(table_names(model.extracts[1].tables), ElementsAre(TableName{"public", "b"}));
  EXPECT_THAT(column_names(model.extracts[1].tables[0]), ElementsAre("y"));
}

TEST_F(ModelTest, TwoDataSourcesThatReadOneFileAreOneExtract) {
  const auto one = [](const std::string& caption, const std::string& table) {
    return datasource("caption='" + caption + "'", federated(named_connection("hyper.a", kExtractEntry),
                                                             table_relation(table, "[public].[" + table + "]")));
  };
  const auto model = read_with("<workbook><datasources><datasource name='Parameters' inline='true' version='1'/>" +
                               one("One", "a") + one("Two", "b") +
                               "</datasources><worksheets><datasource caption='not here'/></worksheets></workbook>");
  ASSERT_EQ(model.extracts.size(), 1U);
  EXPECT_EQ(model.extracts[0].datasource, "One, Two");
  EXPECT_THAT(model.extracts[0].names, ElementsAre("One", "Two"));
  EXPECT_THAT(table_names(model.extracts[0].tables), ElementsAre(TableName{"public", "a"}, TableName{"public", "b"}));
}

class DbnameTest : public PackageTest {
 protected:
  Model with_dbname(const std::string& dbname, std::vector<Member> more = {}) const {
    auto members = sales_members(datasource("caption='D'", federated(named_connection("hyper.a", dbname),
                                                                     table_relation("t", "[public].[t]"))));
    members.insert(members.end(), more.begin(), more.end());
    return read(write_package(members));
  }
};

TEST_F(DbnameTest, BackslashesAndCaseAreForgivenWithANote) {
  const auto slashed = with_dbname("Data\\Extracts\\sales.hyper");
  EXPECT_EQ(slashed.extracts.at(0).entry, kExtractEntry);
  EXPECT_EQ(slashed.extracts[0].dbname, "Data\\Extracts\\sales.hyper");
  EXPECT_THAT(slashed.notes, ElementsAre(HasSubstr("'\\' for '/'")));
  const auto cased = with_dbname("data\\extracts\\SALES.hyper");
  EXPECT_EQ(cased.extracts.at(0).entry, kExtractEntry);
  EXPECT_THAT(cased.notes, ElementsAre(AllOf(HasSubstr("in another case"), HasSubstr(kExtractEntry))));
}

TEST_F(DbnameTest, AnAmbiguousCaseIsNotGuessed) {
  const auto model = with_dbname("DATA/extracts/sales.hyper", {{.name = "data/Extracts/Sales.hyper", .bytes = "x"}});
  EXPECT_EQ(model.extracts.at(0).entry, "");
  EXPECT_THAT(model.notes, Contains(HasSubstr("2 entries")));
}

TEST_F(DbnameTest, AnExactNameGoesBeforeOthersInAnotherCase) {
  EXPECT_EQ(with_dbname(kExtractEntry, {{.name = "data/Extracts/Sales.hyper", .bytes = "x"}}).extracts.at(0).entry,
            kExtractEntry);
}

TEST_F(DbnameTest, OutsideOfThePackageThereIsNoEntry) {
  const auto model = with_dbname("C:/Users/x/sales.hyper");
  EXPECT_EQ(model.extracts.at(0).entry, "");
  EXPECT_THAT(model.notes, ElementsAre(AllOf(HasSubstr(kExtractEntry), HasSubstr("nothing in the document reads"))));
}

TEST_F(DbnameTest, JunkIsNoExtract) {
  EXPECT_EQ(with_dbname("__MACOSX/x.hyper", {{.name = "__MACOSX/x.hyper", .bytes = "x"}}).extracts.at(0).entry, "");
}

}  // namespace
}  // namespace tabferry::package::test
