// What stays as it is when an extract is swapped, looked at header by header.
#include <cstdlib>
#include <ctime>

#include "unit/package/packages.h"

using testing::ElementsAre;

namespace tabferry::package::test {
namespace {

const std::string kNtfsTimes("\x0a\0\x04\0abcd", 8);
const std::string kUnixTime("\x55\x54\x05\0\1ABCD", 9);

// One of each thing that a zip can say about a member.
std::vector<Member> all_kinds() {
  auto members = sales_members();
  members.push_back({.name = "Image/stored.png", .bytes = std::string("\0\1\2\r\n", 5), .flags = 0,
                     .dos_time = 0x21'0000, .made_by = 0x0314, .needed = 10, .external = 0x81A4'0000U});
  members.push_back({.name = "Image/caf\x82.png", .bytes = "a name in CP437", .method = 8, .flags = 0x4,
                     .made_by = 0x0B17});
  members.push_back({.name = "Image/\xC3\xBC.png", .bytes = "a UTF-8 name that says so", .method = 8, .flags = 0x802});
  members.push_back({.name = "Image/\xC3\xB6.png", .bytes = "a UTF-8 name that does not say so", .method = 8,
                     .flags = 0x2});
  members.push_back({.name = "Image/extra.png", .bytes = "extra fields", .external = 0x20, .internal = 1,
                     .local_extra = kUnixTime, .central_extra = kNtfsTimes, .comment = "a comment"});
  members.push_back({.name = "Shapes/empty.png"});
  members.push_back({.name = "Data/Extracts/another.hyper", .bytes = std::string(5000, 'h'), .method = 8});
  return members;
}

class RawCopyTest : public PackageTest {
 protected:
  FoundZip swapped(const std::vector<Member>& members, const Trailer& trailer = {}) {
    before_ = zip_of(members, trailer);
    const Model model = read(write("in.tdsx", before_));
    swap(model, choose(model, kExtractEntry), write("new.hyper", "the new extract"), path("out.tdsx"), {}, {});
    return parse_zip(bytes_of(path("out.tdsx")));
  }

  std::string before_;
};

TEST_F(RawCopyTest, PackedBytesChecksumMethodAndSizesStay) {
  const auto members = all_kinds();
  const FoundZip result = swapped(members);
  ASSERT_EQ(result.members.size(), members.size());
  for (size_t i = 0; i < members.size(); ++i) {
    if (members[i].name == kExtractEntry) continue;
    const Found& found = result.members[i];
    EXPECT_EQ(found.packed, packed_of(members[i])) << members[i].name;   // deflated in blocks as no packer makes them
    for (const auto* header : {&found.central, &found.local}) {
      EXPECT_EQ(header->method, members[i].method) << members[i].name;
      EXPECT_EQ(header->crc, crc_of(members[i].bytes)) << members[i].name;
      EXPECT_EQ(header->size, members[i].bytes.size()) << members[i].name;
      EXPECT_EQ(header->packed_size, packed_of(members[i]).size()) << members[i].name;
    }
  }
}

TEST_F(RawCopyTest, NamesOrderAttributesTimesExtrasAndCommentsStay) {
  const auto members = all_kinds();
  const FoundZip result = swapped(members, {.comment = "made by hand"});
  ASSERT_EQ(result.members.size(), members.size());
  for (size_t i = 0; i < members.size(); ++i) {
    const Found& found = result.members[i];
    EXPECT_EQ(found.central.name, members[i].name);
    EXPECT_EQ(found.local.name, members[i].name);
    EXPECT_EQ(found.external, members[i].external) << members[i].name;
    EXPECT_EQ(found.internal, members[i].internal) << members[i].name;
    const bool made_here = members[i].name == kExtractEntry;   // libzip's own mark: version 6.3 of the format, host 0
    EXPECT_EQ(found.made_by, made_here ? 63U : members[i].made_by) << members[i].name;
    EXPECT_EQ(found.central.dos_time, members[i].dos_time) << members[i].name;
    EXPECT_EQ(found.local.dos_time, members[i].dos_time) << members[i].name;
    EXPECT_EQ(found.comment, members[i].comment) << members[i].name;
    EXPECT_EQ(found.central.extra, members[i].central_extra) << members[i].name;
    EXPECT_EQ(found.local.extra, members[i].local_extra) << members[i].name;
  }
  EXPECT_EQ(result.comment, "made by hand");
}

// libzip sets bit 11 (a UTF-8 name) where a name needs it and clears it on a name of ASCII alone, which reads the same.
TEST_F(RawCopyTest, FlagsStayButBit11OfAnAsciiName) {
  const auto members = all_kinds();
  const FoundZip result = swapped(members);
  for (size_t i = 0; i < members.size(); ++i) {
    if (members[i].name == kExtractEntry) continue;
    const bool ascii = std::ranges::all_of(members[i].name, [](char c) { return static_cast<unsigned char>(c) < 0x80;
        });
    const uint64_t expected = ascii ? members[i].flags & ~0x800U : members[i].flags;
    EXPECT_EQ(result.members[i].central.flags, expected) << members[i].name;
    EXPECT_EQ(result.members[i].local.flags, expected) << members[i].name;
  }
}

TEST_F(RawCopyTest, TheExtractIsStoredUnderItsNameAndTime) {
  const FoundZip result = swapped(all_kinds());
  const Found& extract = result.members[1];
  EXPECT_EQ(extract.central.name, kExtractEntry);
  EXPECT_EQ(extract.packed, "the new extract");
  EXPECT_EQ(extract.central.method, 0U);
  EXPECT_EQ(extract.central.dos_time, Member{}.dos_time);
  EXPECT_EQ(extract.central.crc, crc_of("the new extract"));
  EXPECT_EQ(extract.local.crc, crc_of("the new extract"));
  EXPECT_EQ(extract.local.size, 15U);
  EXPECT_EQ(extract.central.flags & 8U, 0U);   // no data descriptor: the sizes stand in the local header
}

TEST_F(RawCopyTest, TheSameInputGivesTheSameBytes) {
  swapped(all_kinds());
  const std::string first = bytes_of(path("out.tdsx"));
  swapped(all_kinds());
  EXPECT_EQ(bytes_of(path("out.tdsx")), first);
}

TEST_F(RawCopyTest, ASecondSwapChangesNothingButTheExtract) {
  swapped(all_kinds());
  const std::string once = bytes_of(path("out.tdsx"));
  const Model model = read(path("out.tdsx"));
  swap(model, choose(model, kExtractEntry), path("new.hyper"), path("twice.tdsx"), {}, {});
  EXPECT_EQ(bytes_of(path("twice.tdsx")), once);
}

// Sizes behind the bytes (bit 3), as streaming writers make them, move into the header.
TEST_F(RawCopyTest, DataDescriptorsAreResolved) {
  auto members = all_kinds();
  members[2].flags |= 8;
  const FoundZip result = swapped(members);
  EXPECT_EQ(result.members[2].central.flags & 8U, 0U);
  EXPECT_EQ(result.members[2].packed, packed_of(members[2]));
}

class TimeZoneTest : public RawCopyTest {
 protected:
  void SetUp() override {
    const char* zone = std::getenv("TZ");
    if (zone != nullptr) before_zone_ = zone;
    ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    ::tzset();
  }
  void TearDown() override {
    if (before_zone_.empty()) ::unsetenv("TZ");
    else ::setenv("TZ", before_zone_.c_str(), 1);
    ::tzset();
  }
  std::string before_zone_;
};

// libzip turns the zip's local times into seconds and back.
TEST_F(TimeZoneTest, LocalTimesStayInEveryZone) {
  const auto dos = [](unsigned year, unsigned month, unsigned day, unsigned hour, unsigned minute, unsigned second) {
    return (year - 1980U) << 25 | month << 21 | day << 16 | hour << 11 | minute << 5 | second / 2;
  };
  const uint32_t times[] = {dos(1980, 1, 1, 0, 0, 0), dos(2024, 2, 29, 23, 59, 58), dos(2026, 7, 1, 12, 30, 44),
                            dos(2026, 3, 29, 1, 59, 58), dos(2026, 3, 29, 3, 0, 0), dos(2026, 12, 31, 0, 0, 2),
                            dos(2107, 12, 31, 23, 59, 58)};
  auto members = all_kinds();
  for (size_t i = 0; i < members.size(); ++i) members[i].dos_time = times[i % std::size(times)];
  const FoundZip result = swapped(members);
  for (size_t i = 0; i < members.size(); ++i) EXPECT_EQ(result.members[i].central.dos_time, members[i].dos_time) << i;
}

}  // namespace
}  // namespace tabferry::package::test
