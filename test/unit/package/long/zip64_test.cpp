// Extracts of more than 4 GiB: zip64. The extract is a hole on the disk; the package is not.
#include <chrono>

#include "unit/package/packages.h"

namespace tabferry::package::test {
namespace {

class Zip64Test : public PackageTest {};

// The size in the directory, from the zip64 extra field where the plain one is full (APPNOTE.TXT 4.5.3).
uint64_t size_of(const std::string& extra, uint64_t plain) {
  if (plain != 0xFFFF'FFFFU) return plain;
  for (size_t at = 0; at + 4 <= extra.size(); at += 4 + get(extra, at + 2, 2))
    if (get(extra, at, 2) == 1) return get(extra, at + 4, 8);
  return plain;
}

TEST_F(Zip64Test, AnExtractOfMoreThan4GiB) {
  const uint64_t size = (uint64_t{4} << 30) + 12'345;
  const auto hyper = write("new.hyper", "Hyper");
  std::filesystem::resize_file(hyper, size);
  const Model model = read(write_package(sales_members()));
  swap(model, choose(model, ""), hyper, path("out.tdsx"), {}, {});
  ASSERT_GT(std::filesystem::file_size(path("out.tdsx")), size);

  // The members behind the extract lie beyond 4 GiB; they are found again, and a second swap brings the file down
  // again.
  const Model result = read(path("out.tdsx"));
  EXPECT_EQ(result.document, sales_document());
  const auto small = write("small.hyper", "small");
  swap(result, choose(result, ""), small, path("again.tdsx"), {}, {});
  const FoundZip again = parse_zip(bytes_of(path("again.tdsx")));
  EXPECT_EQ(member(again, kExtractEntry).packed, "small");
  EXPECT_EQ(member(again, "Image/logo.png").packed, packed_of(sales_members()[2]));

  // The last 64 KiB hold the directory and its zip64 records.
  std::ifstream file(path("out.tdsx"), std::ios::binary);
  file.seekg(-4096, std::ios::end);
  const std::string tail{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(tail.find("PK\6\6"), std::string::npos);
  EXPECT_NE(tail.find("PK\6\7"), std::string::npos);
  size_t at = tail.find("PK\1\2");
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(read_found(tail, at).central.name, "Sales.tds");
  const Found extract = read_found(tail, at);
  EXPECT_EQ(extract.central.name, kExtractEntry);
  EXPECT_EQ(size_of(extract.central.extra, extract.central.size), size);
}

}  // namespace
}  // namespace tabferry::package::test
