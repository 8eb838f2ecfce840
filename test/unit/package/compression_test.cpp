// Extracts that are deflated in their package.
#include <random>

#include "io/file.h"
#include "package/archive.h"
#include "unit/package/packages.h"

namespace tabferry::package::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr uint16_t kDeflatedMethod = 8;

std::string random_bytes(size_t size) {
  std::mt19937_64 dice{7};
  std::string bytes(size, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(dice());
  return bytes;
}

std::string repeated(size_t size) {
  std::string bytes;
  for (int i = 0; bytes.size() < size; ++i) bytes += "row " + std::to_string(i % 1000) + ", ";
  return bytes.substr(0, size);
}

class CompressionTest : public PackageTest {
 protected:
  fs::path swapped(const std::string& extract, Compression compression) {
    const Model model = read(write_package(sales_members()));
    swap(model, choose(model, ""), write("new.hyper", extract), path("out.tdsx"), {}, {}, compression);
    return path("out.tdsx");
  }
};

TEST_F(CompressionTest, ADeflatedExtractIsTheSameUnpacked) {
  const std::string bytes = repeated(3'000'000);
  const auto package = swapped(bytes, Compression::deflated);
  const FoundZip zip = parse_zip(bytes_of(package));
  EXPECT_EQ(member(zip, kExtractEntry).central.method, kDeflatedMethod);
  EXPECT_LT(member(zip, kExtractEntry).packed.size(), bytes.size() / 4);
  EXPECT_EQ(member(zip, "Image/logo.png").packed, packed_of(sales_members()[2])) << "the others stay as they are";
  EXPECT_EQ(read(package).document, sales_document());
  const io::FileSource file(package);
  ZipSource source(file.fd());
  const Archive archive(source, ZIP_RDONLY, "the package");
  for (const auto& entry : archive.entries()) {
    if (entry.name != kExtractEntry) continue;
    std::string unpacked;
    archive.unpack(entry, [&](std::string_view block) { unpacked += block; });
    EXPECT_TRUE(unpacked == bytes);
  }
}

TEST_F(CompressionTest, TheSameInputGivesTheSameBytes) {
  const std::string bytes = repeated(500'000);
  const std::string once = bytes_of(swapped(bytes, Compression::deflated));
  EXPECT_TRUE(bytes_of(swapped(bytes, Compression::deflated)) == once);
}

// libzip forgets the level where the old entry is deflated, too; the highest one takes four times as long.
TEST_F(CompressionTest, TheLevelIsTheSameWhateverTheOldExtractWas) {
  const auto hyper = write("new.hyper", repeated(300'000) + random_bytes(100'000) + repeated(300'000));
  std::vector<std::string> packed;
  for (const uint16_t old_method : {uint16_t{0}, uint16_t{8}}) {
    auto members = sales_members();
    members[1].method = old_method;
    const Model model = read(write_package(members));
    swap(model, choose(model, ""), hyper, path("out.tdsx"), {}, {}, Compression::deflated);
    packed.push_back(member(parse_zip(bytes_of(path("out.tdsx"))), kExtractEntry).packed);
  }
  EXPECT_TRUE(packed[0] == packed[1]);
}

TEST_F(CompressionTest, StoredIsWhatIsDoneUnlessAskedOtherwise) {
  const std::string bytes = repeated(100'000);
  const Model model = read(write_package(sales_members()));
  swap(model, choose(model, ""), write("new.hyper", bytes), path("out.tdsx"), {}, {});
  EXPECT_TRUE(member(parse_zip(bytes_of(path("out.tdsx"))), kExtractEntry).packed == bytes);
}

TEST_F(CompressionTest, BytesWithoutAPatternAndNoBytesAreFineToo) {
  for (const auto& bytes : {random_bytes(1'000'000), std::string()}) {
    const auto package = swapped(bytes, Compression::deflated);
    EXPECT_EQ(member(parse_zip(bytes_of(package)), kExtractEntry).central.size, bytes.size());
  }
}

TEST_F(CompressionTest, AStopWhileDeflatingLeavesNothingBehind) {
  const Model model = read(write_package(sales_members()));
  std::stop_source stop;
  const auto hyper = write("new.hyper", random_bytes(4'000'000));
  error_of(base::ErrorKind::cancelled, [&] {
    swap(model, choose(model, ""), hyper, path("out.tdsx"), [&](uint64_t) { stop.request_stop(); }, stop.get_token(),
         Compression::deflated);
  });
  EXPECT_FALSE(fs::exists(path("out.tdsx")));
}

TEST_F(CompressionTest, EstimatesComeNearToWhatIsTrue) {
  std::string half = repeated(8'000'000) + random_bytes(8'000'000);
  const auto hyper = write("new.hyper", half);
  const Deflation deflation = estimate_deflation(hyper);
  const auto package = swapped(half, Compression::deflated);
  const auto packed = static_cast<double>(member(parse_zip(bytes_of(package)), kExtractEntry).packed.size());
  EXPECT_NEAR(static_cast<double>(deflation.packed_bytes), packed, packed * 0.15);
  EXPECT_GT(deflation.seconds, 0);
  EXPECT_LT(deflation.seconds, 60);
}

TEST_F(CompressionTest, EstimatesOfSmallFiles) {
  EXPECT_EQ(estimate_deflation(write("new.hyper", "")).packed_bytes, 0U);
  EXPECT_LT(estimate_deflation(write("new.hyper", repeated(100'000))).packed_bytes, 50'000U);
  EXPECT_GE(estimate_deflation(write("new.hyper", random_bytes(300'000))).packed_bytes, 300'000U);
}

}  // namespace
}  // namespace tabferry::package::test
