#include "sim/faults/refreshed_file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/tempdir.h"

namespace tabferry::sim {
namespace {

class RefreshedFile : public testing::Test {
 protected:
  // What becomes of a file of these bytes; `is_changed_` tells what was said of it.
  std::string refreshed(const std::string& bytes, std::string_view mark = "mark") {
    const auto file = folder_.path() / "file";
    std::ofstream(file, std::ios::binary) << bytes;
    std::string result;
    is_changed_ = write_refreshed(file, mark, [&](std::string_view piece) { result += piece; });
    return result;
  }

  base::TempDir folder_{base::default_temp_parent()};
  bool is_changed_ = false;
};

// An end record and its comment.
std::string end_record(const std::string& comment) {
  std::string record("PK\x05\x06", 4);
  record.append(16, '\0');
  record += static_cast<char>(comment.size() & 0xFF);
  record += static_cast<char>(comment.size() >> 8);
  return record + comment;
}

TEST_F(RefreshedFile, AZipGetsAComment) {
  EXPECT_EQ(refreshed("PK\x03\x04 body " + end_record("")), "PK\x03\x04 body " + end_record("mark"));
  EXPECT_TRUE(is_changed_);
}

TEST_F(RefreshedFile, AnotherCommentTakesItsPlace) {
  EXPECT_EQ(refreshed("body" + end_record("an older one")), "body" + end_record("mark"));
  const std::string longest(65535, 'c');
  EXPECT_EQ(refreshed(std::string(70000, 'b') + end_record(longest)), std::string(70000, 'b') + end_record("mark"));
}

TEST_F(RefreshedFile, XmlGetsAComment) {
  EXPECT_EQ(refreshed("<workbook/>"), "<workbook/>\n<!-- mark -->\n");
  EXPECT_TRUE(is_changed_);
}

TEST_F(RefreshedFile, AllElseIsLeftAlone) {
  for (const char* bytes : {"", "HyPer...", "PK\x05\x06", "PK\x03\x04 a zip without an end"}) {
    EXPECT_EQ(refreshed(bytes), bytes);
    EXPECT_FALSE(is_changed_) << bytes;
  }
}

}  // namespace
}  // namespace tabferry::sim
