// Which files are packages, and which are refused before anything in them is believed.
#include <fmt/format.h>
#include <zip.h>

#include "unit/package/packages.h"

using tabferry::base::ErrorKind;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace tabferry::package::test {
namespace {

class ReadTest : public PackageTest {
 protected:
  std::string corrupt(const std::vector<Member>& members) const {
    return error_of(ErrorKind::corrupt, [&] { read(write_package(members)); });
  }

  std::vector<Member> with(Member extra) const {
    auto members = sales_members();
    members.push_back(std::move(extra));
    return members;
  }
};

TEST_F(ReadTest, ReadsAPackage) {
  const Model model = read(write_package(sales_members()));
  EXPECT_EQ(model.path, path("sales.tdsx"));
  EXPECT_EQ(model.document_entry, "Sales.tds");
  EXPECT_EQ(model.document, sales_document());
  EXPECT_THAT(model.notes, IsEmpty());
  ASSERT_EQ(model.extracts.size(), 1U);
  EXPECT_EQ(model.extracts[0].datasource, "Sales");
  EXPECT_EQ(model.extracts[0].dbname, kExtractEntry);
  EXPECT_EQ(model.extracts[0].entry, kExtractEntry);
}

TEST_F(ReadTest, FindsTheDocumentWhereverItStands) {
  auto members = sales_members();
  std::swap(members[0], members[2]);
  EXPECT_EQ(read(write_package(members)).document_entry, "Sales.tds");
}

TEST_F(ReadTest, RefusesAMissingFile) {
  EXPECT_THAT(error_of(ErrorKind::not_found, [&] { read(path("none.tdsx")); }), HasSubstr("none.tdsx"));
}

TEST_F(ReadTest, RefusesAFolder) {
  error_of(ErrorKind::not_found, [&] { read(folder_.path()); });
}

TEST_F(ReadTest, RefusesABareDocumentAndSaysHowToPackIt) {
  const auto bare = write("sales.tds", sales_document());
  EXPECT_THAT(error_of(ErrorKind::config, [&] { read(bare); }), AllOf(HasSubstr("not a package"), HasSubstr("Tableau "
      "Packaged Data Source")));
  const auto marked = write("bom.tds", "\xEF\xBB\xBF" + sales_document());
  EXPECT_THAT(error_of(ErrorKind::config, [&] { read(marked); }), HasSubstr("not a package"));
}

TEST_F(ReadTest, RefusesTornZips) {
  const std::string whole = zip_of(sales_members());
  for (const std::string& torn : {std::string(), std::string("PK"), std::string(5000, 'x'), whole.substr(0, 200),
                                  whole.substr(0, whole.size() / 2), whole.substr(0, whole.size() - 1),
                                  whole.substr(0, whole.size() - 22),
                                  whole.substr(100)}) {
    const auto file = write("torn.tdsx", torn);
    EXPECT_THAT(error_of(ErrorKind::corrupt, [&] { read(file); }), AllOf(HasSubstr("torn.tdsx"), HasSubstr("Copy it "
        "again"))) << torn.size();
  }
}

// Every cut of the file, not only the chosen ones: never a model, never anything but Error{corrupt}.
TEST_F(ReadTest, RefusesEveryCut) {
  const std::string whole = zip_of(sales_members());
  for (size_t length = 0; length < whole.size(); length += 7) {
    const auto file = write("torn.tdsx", whole.substr(0, length));
    error_of(ErrorKind::corrupt, [&] { read(file); });
  }
}

TEST_F(ReadTest, RefusesSeveralDisks) {
  const auto file = write("disks.tdsx", zip_of(sales_members(), {.this_disk = 1}));
  EXPECT_THAT(error_of(ErrorKind::corrupt, [&] { read(file); }), HasSubstr("disks.tdsx"));
}

TEST_F(ReadTest, RefusesEncryptedEntries) {
  EXPECT_THAT(corrupt(with({.name = "Data/secret.hyper", .bytes = std::string(40, 'x'), .flags = 1})),
              HasSubstr("encrypted"));
}

TEST_F(ReadTest, RefusesNamesThatLeadAstray) {
  const std::pair<std::string, std::string> bad[] = {{"/etc/passwd", "absolute"},  {"C:/x.png", "drive letter"},
                                                     {"Data\\x.hyper", "backslash"},
                                                     {"../x.png", "'..'"},         {"Data/../../x", "'..'"},
                                                         {"Data/..", "'..'"},
                                                     {"", "has no name"},          {"__MACOSX/../x", "'..'"}};
  for (const auto& [name, reason] : bad) EXPECT_THAT(corrupt(with({.name = name, .bytes = "x"})),
                                                     HasSubstr(reason)) << name;
}

TEST_F(ReadTest, AcceptsDotsThatLeadNowhereElse) {
  EXPECT_NO_THROW(read(write_package(with({.name = "Image/a..b/...png", .bytes = "x"}))));
}

TEST_F(ReadTest, RefusesDuplicates) {
  EXPECT_THAT(corrupt(with({.name = "Image/logo.png", .bytes = "another"})),
              AllOf(HasSubstr("Image/logo.png"), HasSubstr("twice")));
}

TEST_F(ReadTest, RefusesADirectoryThatClaimsMoreThanTheFileHolds) {
  EXPECT_THAT(corrupt(with({.name = "Image/a.png", .bytes = "x", .claimed_packed = 0x7000'0000U})),
              HasSubstr("sales.tdsx"));
  // Entries that share bytes: each fits into the file, all together do not.
  std::string zip = zip_of(sales_members());
  auto members = sales_members();
  const size_t directory = get(zip, zip.size() - 6, 4);
  std::string shared = zip.substr(directory, zip.size() - 22 - directory);
  const size_t last = shared.rfind("PK\1\2");
  for (char name = 'a'; name < 'z'; ++name) {
    std::string copy = shared.substr(last);
    copy[46] = name;
    zip.insert(zip.size() - 22, copy);
    const size_t end = zip.size() - 22;
    zip[end + 8] = zip[end + 10] = static_cast<char>(zip[end + 10] + 1);
    std::string length;
    put(length, end - directory, 4);
    zip.replace(end + 12, 4, length);
  }
  const auto file = write("overlap.tdsx", zip);
  EXPECT_THAT(error_of(ErrorKind::corrupt, [&] { read(file); }), HasSubstr("overlaps"));
}

TEST_F(ReadTest, WantsExactlyOneDocumentAtTheTop) {
  EXPECT_THAT(corrupt({Member{.name = "a.txt", .bytes = "x"}}), HasSubstr("no .tds or .twb"));
  EXPECT_THAT(corrupt({Member{.name = "Sales/Sales.tds", .bytes = sales_document()}}),
              AllOf(HasSubstr("Sales/Sales.tds"), HasSubstr("in a folder")));
  EXPECT_THAT(corrupt(with({.name = "Other.TWB", .bytes = "<workbook/>"})),
              AllOf(HasSubstr("Sales.tds"), HasSubstr("Other.TWB")));
  EXPECT_THAT(corrupt({}), HasSubstr("no .tds or .twb"));
}

TEST_F(ReadTest, IgnoresJunkAndSaysSo) {
  auto members = with({.name = "__MACOSX/._Sales.tds", .bytes = "x"});
  for (const auto* name : {"._Sales.tds", "Data/.DS_Store", "Data/",
                           "Image/Thumbs.db"}) members.push_back({.name = name});
  members.push_back({.name = "TwbxExternalCache/TwbxResultsCacheV3/1/.bin", .bytes = "x"});
  members.push_back({.name = "TwbxExternalCache/TwbxResultsCacheV3/1/.key", .bytes = "x"});
  const Model model = read(write_package(members));
  EXPECT_EQ(model.document_entry, "Sales.tds");
  EXPECT_THAT(model.notes, ElementsAre(AllOf(HasSubstr("__MACOSX/._Sales.tds"), HasSubstr("and 2 more")),
                                       AllOf(HasSubstr("TwbxExternalCache"), HasSubstr("2 files"))));
}

TEST_F(ReadTest, RefusesADamagedDocument) {
  auto members = sales_members();
  members[0].claimed_crc = 1;
  EXPECT_THAT(corrupt(members), AllOf(HasSubstr("Sales.tds"), HasSubstr("sales.tdsx"), HasSubstr("Copy it again")));
  members = sales_members();
  members[0].packed = "\7 this is no deflate";
  EXPECT_THAT(corrupt(members), HasSubstr("Sales.tds"));
  members = sales_members();
  members[0].method = 9;   // Deflate64, of the Windows Explorer
  EXPECT_THAT(corrupt(members), HasSubstr("Sales.tds"));
}

TEST_F(ReadTest, RefusesADocumentThatIsNotWhatTheDirectorySays) {
  auto members = sales_members();
  members[0].claimed_size = 10;
  corrupt(members);
  members[0].claimed_size = 100'000;
  corrupt(members);
}

TEST_F(ReadTest, RefusesABombThatSaysSo) {
  auto members = sales_members();
  members[0].claimed_size = 3'000'000'000U;
  EXPECT_THAT(corrupt(members), AllOf(HasSubstr("unpacks to 3.0 GB"), HasSubstr("67.1 MB")));
}

// 70 MB of spaces in a few kB, made by libzip; then the size in both headers is made to look small.
TEST_F(ReadTest, RefusesABombThatHidesItsSize) {
  int error = 0;
  zip_t* zip = zip_open(path("bomb.tdsx").c_str(), ZIP_CREATE, &error);
  ASSERT_NE(zip, nullptr);
  const std::string spaces(size_t{70} << 20, ' ');
  ASSERT_EQ(zip_file_add(zip, "Sales.tds", zip_source_buffer(zip, spaces.data(), spaces.size(), 0), 0), 0);
  ASSERT_EQ(zip_close(zip), 0);
  EXPECT_THAT(error_of(ErrorKind::corrupt, [&] { read(path("bomb.tdsx")); }), HasSubstr("refused"));
  std::string bytes = bytes_of(path("bomb.tdsx"));
  ASSERT_LT(bytes.size(), 200'000U);
  std::string small;
  put(small, 2000, 4);
  bytes.replace(22, 4, small);
  bytes.replace(bytes.rfind("PK\1\2") + 24, 4, small);
  const auto hidden = write("hidden.tdsx", bytes);
  EXPECT_THAT(error_of(ErrorKind::corrupt, [&] { read(hidden); }), HasSubstr("Sales.tds"));
}

TEST_F(ReadTest, RefusesWhatIsNoUtf8Xml) {
  const auto utf16 = std::string("\xFF\xFE<\0d\0", 6);
  EXPECT_THAT(error_of(ErrorKind::corrupt, [&] { read_with(utf16); }),
              AllOf(HasSubstr("UTF-16"), HasSubstr("Sales.tds")));
  EXPECT_THAT(error_of(ErrorKind::corrupt, [&] { read_with(std::string("<\0d\0s\0", 6)); }), HasSubstr("UTF-16"));
  EXPECT_THAT(error_of(ErrorKind::corrupt, [&] { read_with("<datasource caption='\xE9'/>"); }), HasSubstr("not UTF-8"));
  EXPECT_THAT(error_of(ErrorKind::corrupt, [&] { read_with("<datasource>"); }),
              AllOf(HasSubstr("Sales.tds"), HasSubstr("byte")));
  EXPECT_THAT(error_of(ErrorKind::corrupt, [&] { read_with("<!DOCTYPE x [<!ENTITY e 'x'>]><datasource/>"); }),
              HasSubstr("DOCTYPE"));
  EXPECT_THAT(error_of(ErrorKind::corrupt, [&] { read_with("<html/>"); }), HasSubstr("html"));
}

TEST_F(ReadTest, AcceptsAByteOrderMark) {
  EXPECT_EQ(read_with("\xEF\xBB\xBF" + sales_document()).extracts.size(), 1U);
}

TEST_F(ReadTest, RefusesAPackageWithoutAnExtractAndSaysTheCure) {
  const auto live = datasource("caption='Live'", federated("<named-connection name='p'><connection class='postgres' "
                                                           "dbname='x'/></named-connection>",
                                                           table_relation("t", "[public].[t]", "p")));
  EXPECT_THAT(error_of(ErrorKind::config, [&] { read_with(live); }), AllOf(HasSubstr("live "
      "connection"), HasSubstr("Extract Data")));
}

TEST_F(ReadTest, RefusesOldExtracts) {
  const auto old = datasource("caption='Old'", federated("<named-connection name='p'><connection class='dataengine' "
                                                         "dbname='Data/x.tde'/></named-connection>",
                                                         table_relation("t", "[Extract].[Extract]", "p")));
  EXPECT_THAT(error_of(ErrorKind::config, [&] { read_with(old); }),
              AllOf(HasSubstr(".tde"), HasSubstr("Data/x.tde"), HasSubstr("10.5")));
}

TEST_F(ReadTest, KeepsAnOldExtractBesideANewOneAndSaysSo) {
  const auto both = "<workbook><datasources>" + sales_document().substr(sales_document().find("<datasource")) +
                    datasource("caption='Old'", "<connection class='dataengine' dbname='Data/x.tde'/>") +
                    "</datasources></workbook>";
  const Model model = read_with(both);
  EXPECT_EQ(model.extracts.size(), 1U);
  EXPECT_THAT(model.notes, Contains(AllOf(HasSubstr("Data/x.tde"), HasSubstr("stays as it is"))));
}

TEST_F(ReadTest, ReadsAZipWithMoreThan65535Entries) {
  int error = 0;
  zip_t* zip = zip_open(path("many.tdsx").c_str(), ZIP_CREATE, &error);
  ASSERT_NE(zip, nullptr);
  const std::string document = sales_document();
  const auto add = [&](const std::string& name, const std::string& bytes) {
    const auto index = zip_file_add(zip, name.c_str(), zip_source_buffer(zip, bytes.data(), bytes.size(), 0), 0);
    zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
  };
  const std::string empty;
  for (int i = 0; i < 65'600; ++i) add(fmt::format("Image/{}.png", i), empty);
  add("Sales.tds", document);
  add(kExtractEntry, empty);
  ASSERT_EQ(zip_close(zip), 0);
  EXPECT_EQ(read(path("many.tdsx")).extracts.size(), 1U);
}

}  // namespace
}  // namespace tabferry::package::test
