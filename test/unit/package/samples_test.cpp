// Real packages: files of Tableau Desktop and of tools that are in use. They are no part of the project;
// $TABFERRY_SHARED names the folder that holds them (default: "shared" beside the source folder).
#include <cstdlib>

#include "unit/package/packages.h"

using tabferry::base::ErrorKind;
using tabferry::table::Family;
using tabferry::table::TableName;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace tabferry::package::test {
namespace {

namespace fs = std::filesystem;

fs::path samples_folder() {
  const char* set = std::getenv("TABFERRY_SHARED");
  const fs::path source = fs::path(__FILE__).parent_path().parent_path().parent_path().parent_path();
  return (set != nullptr ? fs::path(set) : source.parent_path() / "shared") / "data/tds-samples/files";
}

class SamplesTest : public PackageTest {
 protected:
  void SetUp() override {
    if (!fs::exists(samples_folder())) GTEST_SKIP() << "not present: " << samples_folder() << " (set TABFERRY_SHARED "
        "to the folder that holds data/tds-samples)";
  }

  static fs::path sample(const std::string& name) { return samples_folder() / name; }

  // Swaps an extract of a sample for something else and looks at every member of the result.
  void expect_swap_keeps_all_else(const std::string& name, const std::string& choice) {
    const Model model = read(sample(name));
    const Extract& extract = choose(model, choice);
    swap(model, extract, write("new.hyper", "the new extract"), path("out"), {}, {});
    const FoundZip before = parse_zip(bytes_of(sample(name)));
    const FoundZip after = parse_zip(bytes_of(path("out")));
    ASSERT_EQ(after.members.size(), before.members.size());
    for (size_t i = 0; i < before.members.size(); ++i) {
      const Found &old = before.members[i], &now = after.members[i];
      EXPECT_EQ(now.central.name, old.central.name);
      EXPECT_EQ(now.central.dos_time, old.central.dos_time);
      EXPECT_EQ(now.external, old.external);
      EXPECT_EQ(now.packed, old.central.name == extract.entry ? "the new extract" : old.packed) << old.central.name;
    }
    EXPECT_EQ(read(path("out")).document, model.document);
  }
};

TEST_F(SamplesTest, DesktopsWorkbookWithSixExtracts) {
  const Model model = read(sample("logshark_Bridge.twbx"));
  EXPECT_EQ(model.document_entry, "Bridge.twb");
  std::vector<std::string> entries;
  for (const auto& extract : model.extracts) {
    entries.push_back(extract.entry);
    EXPECT_EQ(extract.entry, extract.dbname);
    ASSERT_EQ(extract.tables.size(), 1U) << extract.dbname;
    EXPECT_EQ(extract.tables[0].name.schema, "public");
    EXPECT_TRUE(extract.tables[0].columns.has_value());
  }
  EXPECT_THAT(entries, testing::UnorderedElementsAre("Data/Data/BridgeJobDetails.hyper",
                                                     "Data/Data/BridgeJobEnvironment.hyper",
                                                     "Data/hyper/BridgeClientEvents.hyper",
                                                     "Data/hyper 1/ProtocolQueryInfo.hyper",
                                                     "Data/hyper 2/LiveQueryMetrics.hyper",
                                                     "Data/hyper 1/BridgeClientWorkerEvents.hyper"));
  EXPECT_THAT(model.notes, IsEmpty());
  error_of(ErrorKind::config, [&] { choose(model, ""); });
  EXPECT_THAT(error_of(ErrorKind::config, [&] { choose(model, "bridgejobdetails+ (multiple connections)"); }),
              HasSubstr("fits 2"));
  expect_swap_keeps_all_else("logshark_Bridge.twbx", "Data/hyper 1/ProtocolQueryInfo.hyper");
}

TEST_F(SamplesTest, TheSampleOfS3ToHyper) {
  const Model model = read(sample("hyperapisamples_s3-to-hyper_test.tdsx"));
  const Extract& extract = choose(model, "");
  EXPECT_EQ(extract.entry, "Data/hyper-from-s3/extract.hyper");
  ASSERT_EQ(extract.tables.size(), 1U);
  EXPECT_EQ(extract.tables[0].name, (TableName{"public", "s3_data"}));
  EXPECT_FALSE(extract.tables[0].columns.has_value());
  const Fit fit = compare(extract, {{.name = {"public", "s3_data"}, .columns = {{.name = "x"}}}});
  EXPECT_THAT(fit.problems, IsEmpty());
  EXPECT_THAT(fit.notes, ElementsAre(HasSubstr("by its name only")));
  expect_swap_keeps_all_else("hyperapisamples_s3-to-hyper_test.tdsx", "");
}

TEST_F(SamplesTest, AJoinThatNamesItsColumns) {
  const Model model = read(sample("hyperapisamples_hyper-to-tdsx_test.tdsx"));
  const auto& tables = choose(model, "").tables;
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[0].name, (TableName{"public", "products"}));
  EXPECT_EQ(tables[1].name, (TableName{"public", "sales"}));
  EXPECT_EQ(tables[0].columns->size(), 3U);
  EXPECT_EQ(tables[1].columns->size(), 3U);
  expect_swap_keeps_all_else("hyperapisamples_hyper-to-tdsx_test.tdsx", "");
}

TEST_F(SamplesTest, ExtractsOfAnotherDatabase) {
  for (const auto* name : {"hover_no_folder.tdsx", "hover_one_folder.tdsx"}) {
    const Model model = read(sample(name));
    const Extract& extract = choose(model, "");
    EXPECT_EQ(extract.entry, "Data/Extracts/test_data_source.hyper");
    ASSERT_EQ(extract.tables.size(), 1U);
    EXPECT_EQ(extract.tables[0].name, (TableName{"Extract", "Extract"}));
    ASSERT_EQ(extract.tables[0].columns->size(), 4U);
    EXPECT_EQ(extract.tables[0].columns->at(2).name, "CREATED_AT");
    EXPECT_EQ(extract.tables[0].columns->at(2).family, Family::date);
    expect_swap_keeps_all_else(name, "");
  }
}

TEST_F(SamplesTest, APackageWhoseExtractLiesOutside) {
  const Model model = read(sample("hover_test_data_source.tdsx"));
  ASSERT_EQ(model.extracts.size(), 1U);
  EXPECT_EQ(model.extracts[0].entry, "");
  EXPECT_THAT(model.notes, Contains(AllOf(HasSubstr("test_data_source.tds Files/Data/Extracts/test_data_source.hyper"),
                                          HasSubstr("nothing in the document reads"))));
  EXPECT_THAT(error_of(ErrorKind::config, [&] { choose(model, ""); }),
              AllOf(HasSubstr("C:/Users/"), HasSubstr("not in the package")));
}

TEST_F(SamplesTest, PackagesWithoutAHyperExtractAreRefused) {
  for (const auto* name : {"hover_test_live_data_source.tdsx", "docapi_TABLEAU_10_TDSX.tdsx"})
    EXPECT_THAT(error_of(ErrorKind::config, [&] { read(sample(name)); }), HasSubstr("live connection")) << name;
  EXPECT_THAT(error_of(ErrorKind::config, [&] { read(sample("docapi_Cache.twbx")); }),
              HasSubstr("Data/en_US-US/Sales Target.tde"));
}

TEST_F(SamplesTest, BareDocumentsAreRefused) {
  for (const auto* name : {"docapi_TABLEAU_10_TDS.tds", "docapi_datasource_test.tds", "docapi_nested.tds",
                           "docapi_unicode.tds"})
    EXPECT_THAT(error_of(ErrorKind::config, [&] { read(sample(name)); }), HasSubstr("not a package")) << name;
}

}  // namespace
}  // namespace tabferry::package::test
