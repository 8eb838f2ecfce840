#include "package/passing_check.h"

#include <gmock/gmock.h>
#include <zip.h>

#include <filesystem>

#include "base/error.h"
#include "base/tempdir.h"
#include "io/file.h"

namespace tabferry::package {
namespace {

using Form = PassingCheck::Form;
using ::testing::HasSubstr;

std::string fault_of(std::string_view bytes, size_t block = 1000) {
  PassingCheck check;
  for (size_t at = 0; at < bytes.size(); at += block) check.feed(bytes.substr(at, block));
  try {
    check.finish("it");
    return "";
  } catch (const base::Error& error) {
    return error.what();
  }
}

Form form_of(std::string_view bytes) {
  PassingCheck check;
  check.feed(bytes);
  return check.form();
}

std::string zip_of(size_t files, size_t bytes_each) {
  const base::TempDir folder(base::default_temp_parent());
  const auto path = folder.path() / "x.zip";
  zip_t* const zip = zip_open(path.c_str(), ZIP_CREATE, nullptr);
  const std::string content(bytes_each, 'x');
  for (size_t i = 0; i < files; ++i) {
    const auto name = "Data/part " + std::to_string(i);
    const auto index = zip_file_add(zip, name.c_str(), zip_source_buffer(zip, content.data(), content.size(), 0), 0);
    zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
  }
  zip_close(zip);
  return io::read_text(path);
}

TEST(PassingCheck, TellsTheFormByTheFirstBytes) {
  EXPECT_EQ(form_of(zip_of(1, 10)), Form::zip);
  EXPECT_EQ(form_of("<?xml version='1.0'?><workbook/>"), Form::xml);
  EXPECT_EQ(form_of("\xEF\xBB\xBF\r\n<workbook/>"), Form::xml);
  EXPECT_EQ(form_of(" [{}]"), Form::json);
  EXPECT_EQ(form_of("hello"), Form::other);
  EXPECT_EQ(form_of(""), Form::unknown);
}

TEST(PassingCheck, TheFormOfBytesThatDripIsTheirsTogether) {
  for (const std::string& whole : {zip_of(1, 10), std::string("\xEF\xBB\xBF\n<workbook/>"), std::string("  {}")}) {
    PassingCheck check;
    for (const char byte : whole) check.feed({&byte, 1});
    EXPECT_EQ(check.form(), form_of(whole)) << whole.substr(0, 10);
  }
  const auto zip = zip_of(3, 100);
  EXPECT_THAT(fault_of(std::string_view(zip).substr(0, zip.size() - 5), 1), HasSubstr("is cut"));
}

TEST(PassingCheck, APageInTheFilesPlaceIsNone) {
  EXPECT_THAT(fault_of("<!DOCTYPE html><html><body>sign in</body></html>"), HasSubstr("a web page"));
  EXPECT_THAT(fault_of("<HTML></HTML>"), HasSubstr("a web page"));
  EXPECT_THAT(fault_of("<?xml version='1.0'?><tsResponse><error code='1'/></tsResponse>"), HasSubstr("REST API"));
}

TEST(PassingCheck, ADocumentBehindALongCommentPasses) {
  EXPECT_EQ(fault_of("<!--" + std::string(PassingCheck::kProofBytes, '-') + "--><workbook></workbook>"), "");
}

TEST(PassingCheck, AWholePackagePassesInAnyBlocks) {
  for (const size_t files : {size_t{1}, size_t{3}, size_t{40}})
    for (const size_t block : {size_t{1}, size_t{7}, size_t{1000}, size_t{1} << 20}) EXPECT_EQ(fault_of(zip_of(files, 100), block), "") << files;
  EXPECT_EQ(fault_of(zip_of(2, 500'000), 65'536), "");
  EXPECT_EQ(fault_of(zip_of(4000, 1), 65'536), "") << "a directory larger than what is kept";
}

TEST(PassingCheck, ACutPackageIsFoundWhereverItIsCut) {
  const auto whole = zip_of(5, 50);
  for (size_t size = 4; size < whole.size(); ++size)
    EXPECT_THAT(fault_of(std::string_view(whole).substr(0, size)), HasSubstr("cut")) << size;
}

TEST(PassingCheck, AHoleInTheMiddleIsFound) {
  auto holed = zip_of(5, 50);
  holed.erase(100, 20);
  EXPECT_THAT(fault_of(holed), HasSubstr("damaged"));
}

TEST(PassingCheck, ADirectoryThatIsOverwrittenIsFound) {
  auto broken = zip_of(5, 50);
  broken[broken.rfind("PK\x01\x02") + 1] = 'Q';
  EXPECT_THAT(fault_of(broken), HasSubstr("damaged"));
}

TEST(PassingCheck, DocumentsEndWithTheirRoot) {
  const std::string workbook = "<?xml version='1.0'?>\n<!-- build <x> -->\n<workbook a='1'>\n<x/></workbook>\n";
  EXPECT_EQ(fault_of(workbook), "");
  EXPECT_EQ(fault_of("<workbook/>"), "");
  EXPECT_EQ(fault_of("<workbook></workbook>\n<!-- build 1 -->\n<?end?> <!-- x -->\n"), "");
  EXPECT_THAT(fault_of("<workbook>\n<!-- build 1 -->\n"), HasSubstr("cut"));
  for (size_t size = 30; size + 2 < workbook.size(); ++size)
    EXPECT_THAT(fault_of(workbook.substr(0, size)), HasSubstr("cut")) << size;
  EXPECT_EQ(fault_of("[{\"a\": 1}]\n"), "");
  EXPECT_THAT(fault_of("[{\"a\": 1}"), HasSubstr("cut"));
  EXPECT_THAT(fault_of(""), HasSubstr("empty"));
}

}  // namespace
}  // namespace tabferry::package
