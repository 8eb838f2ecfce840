// What `tabferry-sim make` puts into files: documents, packages, names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "base/error.h"
#include "base/hash.h"
#include "base/tempdir.h"
#include "base/text.h"
#include "doc/json.h"
#include "doc/xml.h"
#include "hyper/engine.h"
#include "io/file.h"
#include "package/package.h"
#include "sim/make/documents.h"
#include "sim/make/extracts.h"
#include "sim/make/filler.h"
#include "sim/make/flows.h"
#include "sim/make/names.h"
#include "sim/make/packages.h"

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

namespace tabferry::sim::make {
namespace {

constexpr const char* kEvil = "\"A\" & 'B' <c> ]]> 売上/2 🚀\nline";
constexpr size_t kEvery = 200;

size_t characters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

SourceOrder source(Connects connects, size_t shape, uint64_t seed = 7) {
  return {.name = kEvil,
          .connects = connects,
          .shape = shape,
          .extract_entry = "Data/Extracts/x.hyper",
          .place = {.site = "demo", .content_url = "Sales"},
          .seed = seed};
}

WorkbookOrder workbook(uint64_t seed = 7) {
  return {.place = {.site = "demo", .content_url = "Report"},
          .sources = {source(Connects::published, 0, seed), source(Connects::extract_of_live, 2, seed + 1),
                      source(Connects::live, 1, seed + 2)},
          .sheets = {kEvil, "Two", "Three"},
          .dashboards = {"<Board> & \"co\""},
          .parameters = true,
          .seed = seed};
}

TEST(MakeNames, EachIsItsOwnInMoreThanCase) {
  for (const Named kind : {Named::project, Named::workbook, Named::group, Named::sheet}) {
    std::set<std::string> seen;
    for (uint64_t number = 0; number < 2000; ++number) seen.insert(base::lower(name_of(kind, number)));
    EXPECT_EQ(seen.size(), 2000u);
  }
  std::set<std::string> users;
  for (uint64_t number = 0; number < 2000; ++number) users.insert(base::lower(person(number).user));
  EXPECT_EQ(users.size(), 2000u);
}

TEST(MakeNames, HoldWhatBreaksProgramsAndNothingThatTableauRefuses) {
  std::string all;
  size_t longest = 0;
  for (uint64_t number = 0; number < kEvery; ++number) {
    const std::string name = name_of(Named::workbook, number);
    EXPECT_TRUE(base::is_utf8(name)) << name;
    EXPECT_TRUE(std::none_of(name.begin(), name.end(), [](unsigned char byte) { return byte < 0x20; })) << name;
    EXPECT_EQ(base::trim(name), name);
    longest = std::max(longest, characters(name));
    all += name + "\n";
  }
  EXPECT_EQ(longest, 60u);
  for (const char* odd : {"]]>", "🚀", "\"", "'", "/", "\\", "%", ",", "売上", "&", "<"})
    EXPECT_THAT(all, HasSubstr(odd));
}

TEST(MakeNames, AFileNameHasNoSeparators) { EXPECT_EQ(file_name_of("A/B\\C: \"d\" <e>|?*"), "A_B_C_ _d_ _e____"); }

TEST(MakeNames, TheOtherCaseIsTheSameNameToTableau) {
  EXPECT_EQ(other_case("Sales Größe 7"), "sALES gRößE 7");
  EXPECT_TRUE(base::equal_ignoring_case(other_case("Sales Report 0"), "Sales Report 0"));
}

TEST(MakeDocuments, AreWellFormedAndKeepEveryCharacterOfANameInWhateverPlace) {
  const auto xml = doc::XmlDocument::parse(workbook_document(workbook()), "twb");
  const auto sheets = xml.root().child("worksheets").children("worksheet");
  ASSERT_EQ(sheets.size(), 3u);
  EXPECT_EQ(sheets[0].attribute("name"), kEvil);
  EXPECT_EQ(xml.root().child("dashboards").child("dashboard").attribute("name"), "<Board> & \"co\"");
  EXPECT_EQ(xml.root().child("datasources").children("datasource").at(1).attribute("caption"), kEvil);
  EXPECT_EQ(xml.root().child("dashboards").descendants("zone").at(1).attribute("name"), kEvil);
}

TEST(MakeDocuments, NameThePublishedDataSourceTwiceAsARestoreMustRewriteIt) {
  const auto xml = doc::XmlDocument::parse(workbook_document(workbook()), "twb");
  const auto published = xml.root().child("datasources").children("datasource").at(1);
  EXPECT_EQ(published.child("repository-location").attribute("id"), "Sales");
  EXPECT_EQ(published.child("repository-location").attribute("path"), "/t/demo/datasources");
  EXPECT_EQ(published.child("connection").attribute("class"), "sqlproxy");
  EXPECT_EQ(published.child("connection").attribute("dbname"), "Sales");
}

TEST(MakeDocuments, AreTheSameForOneSeedAndOthersForAnother) {
  EXPECT_EQ(workbook_document(workbook(1)), workbook_document(workbook(1)));
  EXPECT_NE(workbook_document(workbook(1)), workbook_document(workbook(2)));
  EXPECT_EQ(datasource_document(source(Connects::live, 0, 1)), datasource_document(source(Connects::live, 0, 1)));
  EXPECT_NE(datasource_document(source(Connects::live, 0, 1)), datasource_document(source(Connects::live, 0, 2)));
}

TEST(MakeDocuments, OfEveryShapeAndConnectionAreWellFormed) {
  for (size_t shape = 0; shape < shapes().size(); ++shape) {
    for (const Connects connects : {Connects::live, Connects::extract_of_live, Connects::direct_extract}) {
      const auto xml = doc::XmlDocument::parse(datasource_document(source(connects, shape)), "tds");
      EXPECT_EQ(xml.root().descendants("metadata-record").size(),
                shapes()[shape].fields.size() * (connects == Connects::extract_of_live ? 2 : 1));
    }
  }
}

TEST(MakeFlows, LeadFromTheInputToTheOutputAndNameTheirConnections) {
  for (const FlowInput input : {FlowInput::published, FlowInput::database, FlowInput::csv}) {
    const auto documents = flow_documents({.name = kEvil,
                                           .input = input,
                                           .source = {.site = "demo", .content_url = "Sales"},
                                           .source_name = kEvil,
                                           .project_name = "Q1/Q2",
                                           .output_name = kEvil,
                                           .seed = 3});
    const auto flow = doc::parse_json(documents.flow, "flow");
    doc::parse_json(documents.display_settings, "displaySettings");
    doc::parse_json(documents.maestro_metadata, "maestroMetadata");
    std::string id = flow.at("initialNodes").at(0);
    size_t steps = 1;
    for (; !flow.at("nodes").at(id).at("nextNodes").empty(); ++steps)
      id = flow.at("nodes").at(id).at("nextNodes").at(0).at("nextNodeId");
    EXPECT_EQ(steps, 3u);
    EXPECT_EQ(flow.at("nodes").at(id).at("datasourceName"), kEvil);
    EXPECT_EQ(flow.at("connections").size(), 1u);
    EXPECT_EQ(flow.at("dataConnections").size(), input == FlowInput::published ? 1u : 0u);
    EXPECT_EQ(documents.data_entry.empty(), input != FlowInput::csv);
  }
}

TEST(MakeFiller, IsTheSameInPiecesOfAnySize) {
  std::string whole(1000, ' '), piece(7, ' '), pieces;
  EXPECT_EQ(Filler(5, 1000).read(whole), 1000u);
  Filler filler(5, 1000);
  while (const size_t got = filler.read(piece)) pieces.append(piece, 0, got);
  EXPECT_EQ(pieces, whole);
  EXPECT_EQ(std::count(whole.begin(), whole.end(), '\n'), 15);
  EXPECT_EQ(base::split(whole, '\n').at(3).size(), 63u);
}

class MakePackages : public testing::Test {
 protected:
  fs::path path(const std::string& name) const { return folder_.path() / name; }
  std::string bytes(const std::string& name) const { return io::read_text(path(name)); }
  const fs::path& folder() const { return folder_.path(); }

  // The long run of a file, block by block.
  std::string sha256(const std::string& name) const {
    io::FileSource file(path(name));
    base::Sha256 sum;
    std::string block(1 << 16, ' ');
    while (const size_t got = file.read(block)) sum.update(std::string_view(block).substr(0, got));
    return sum.hex();
  }

  static PackageOrder order(uint64_t size_bytes = 0) {
    return {.texts = {{.entry = "売上 'x'.twb", .bytes = workbook_document(workbook())}},
            .size_bytes = size_bytes,
            .seed = 4};
  }

 private:
  base::TempDir folder_{base::default_temp_parent()};
};

TEST_F(MakePackages, TheSameOrderMakesTheSameBytes) {
  write_package(path("a.twbx"), order());
  write_package(path("b.twbx"), order());
  PackageOrder other = order(100'000);
  write_package(path("c.twbx"), other);
  other.seed = 5;
  write_package(path("d.twbx"), other);
  EXPECT_EQ(bytes("a.twbx"), bytes("b.twbx"));
  EXPECT_NE(bytes("c.twbx"), bytes("d.twbx"));
}

TEST_F(MakePackages, HaveExactlyTheSizeThatWasAskedFor) {
  const uint64_t least = write_package(path("least.twbx"), order());
  for (const uint64_t wanted : {least, least + 200, uint64_t{1'000'000}}) {
    const std::string name = std::to_string(wanted);
    EXPECT_EQ(write_package(path(name), order(wanted)), wanted);
    EXPECT_EQ(io::size_of(path(name)), wanted);
  }
}

// One that is too small for the headers of a filler stays as it is.
TEST_F(MakePackages, AreNeverSmallerThanWhatTheyHold) {
  const uint64_t least = write_package(path("least.twbx"), order());
  EXPECT_EQ(write_package(path("small.twbx"), order(least + 1)), least);
}

TEST_F(MakePackages, OfAnySizeTakeNoMemory) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the address sanitizer keeps freed memory: nothing can be measured";
#endif
  rusage before{}, after{};
  write_package(path("warm.twbx"), order(1'000'000));
  getrusage(RUSAGE_SELF, &before);
  EXPECT_EQ(write_package(path("big.twbx"), order(50'000'000)), 50'000'000u);
  getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 8 * 1024) << "KiB";
  EXPECT_EQ(sha256("big.twbx").size(), 64u);
}

TEST_F(MakePackages, SayWhatIsWrongWhereTheyCannotBeWritten) {
  try {
    write_package(path("no/such/folder.twbx"), order());
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::io);
    EXPECT_THAT(error.what(), HasSubstr("folder.twbx"));
  }
}

// The engine's own: what the document says of the extract is what is in it.
TEST_F(MakePackages, WithAnExtractAreReadByThePackageRoomAndFit) {
  const fs::path engine = hyper::find_engine("");
  const auto extracts = make_extracts(engine, folder(), 9, {});
  ASSERT_EQ(extracts.size(), shapes().size());
  for (const auto& extract : extracts) {
    for (const Connects connects : {Connects::extract_of_live, Connects::direct_extract}) {
      const auto order = source(connects, extract.shape);
      const std::string name =
          std::to_string(extract.shape) + (connects == Connects::direct_extract ? "d" : "e") + ".tdsx";
      write_package(path(name), {.texts = {{.entry = "x.tds", .bytes = datasource_document(order)}},
                                 .files = {{.entry = order.extract_entry, .file = extract.file}}});
      const auto model = package::read(path(name));
      ASSERT_EQ(model.extracts.size(), 1u);
      EXPECT_EQ(model.extracts[0].entry, order.extract_entry);
      const auto fit = package::compare(model.extracts[0], {extract_table(shapes()[extract.shape])});
      EXPECT_THAT(fit.problems, testing::IsEmpty());
      EXPECT_TRUE(hyper::validate(engine, extract.file, folder(), {}).valid);
    }
  }
}

}  // namespace
}  // namespace tabferry::sim::make
