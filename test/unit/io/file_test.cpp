#include "io/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "base/tempdir.h"

namespace fs = std::filesystem;

namespace tabferry::io {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

class FileTest : public testing::Test {
 protected:
  base::TempDir temp_{base::default_temp_parent()};
  fs::path folder_ = temp_.path();
};

TEST_F(FileTest, SourceReadsRanges) {
  std::ofstream(folder_ / "a") << "0123456789";
  FileSource source(folder_ / "a", 3, 4);
  char block[10];
  EXPECT_EQ(std::string(block, source.read(block)), "3456");
  EXPECT_EQ(source.read(block), 0U);
  FileSource beyond(folder_ / "a", 8, 4);
  EXPECT_EQ(beyond.read(block), 2U);
  EXPECT_THAT([&] { beyond.read(block); }, ThrowsMessage<base::Error>(HasSubstr("shorter")));
}

TEST_F(FileTest, NamesWhatIsMissing) {
  EXPECT_THAT([&] { FileSource(folder_ / "x y"); }, ThrowsMessage<base::Error>(HasSubstr("x y'")));
  EXPECT_THAT([&] { FileSource source(folder_); }, ThrowsMessage<base::Error>(HasSubstr("is a folder")));
  std::ofstream(folder_ / "big") << std::string(100, 'x');
  EXPECT_THAT([&] { read_text(folder_ / "big", 99); }, ThrowsMessage<base::Error>(HasSubstr("larger than 99 B")));
}

TEST_F(FileTest, MakesFoldersAndThoseAbove) {
  make_folders(folder_ / "a" / "b" / "c");
  make_folders(folder_ / "a" / "b" / "c");
  make_folders(folder_ / "a" / "d/");
  EXPECT_TRUE(fs::is_directory(folder_ / "a" / "b" / "c") && fs::is_directory(folder_ / "a" / "d"));
  std::ofstream(folder_ / "file") << "x";
  EXPECT_THAT([&] { make_folders(folder_ / "file" / "e"); }, ThrowsMessage<base::Error>(HasSubstr("/file'")));
  EXPECT_THAT([&] { make_folders(folder_ / "file"); }, ThrowsMessage<base::Error>(HasSubstr("/file'")));
}

TEST_F(FileTest, MovesAcrossFileSystems) {
  std::ofstream(folder_ / "a") << "bytes";
  move_file(folder_ / "a", folder_ / "b");
  EXPECT_EQ(read_text(folder_ / "b"), "bytes");
  const fs::path other = "/dev/shm";   // another file system on every Linux that has it
  if (!fs::exists(other)) return;
  const base::TempDir there(other);
  move_file(folder_ / "b", there.path() / "c");
  EXPECT_EQ(read_text(there.path() / "c"), "bytes");
  EXPECT_FALSE(fs::exists(folder_ / "b"));
}

}  // namespace
}  // namespace tabferry::io
