// The swap: what it writes, what it leaves out, and that a failure leaves nothing behind.
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "unit/package/packages.h"

using tabferry::base::ErrorKind;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
using testing::Not;

namespace tabferry::package::test {
namespace {

namespace fs = std::filesystem;

class SwapTest : public PackageTest {
 protected:
  void SetUp() override {
    template_ = write_package(sales_members());
    template_bytes_ = bytes_of(template_);
    template_time_ = fs::last_write_time(template_);
    hyper_ = write("new.hyper", "the new extract");
  }

  void TearDown() override {
    if (template_is_ours_) {
      EXPECT_EQ(bytes_of(template_), template_bytes_) << "the template was written";
      EXPECT_EQ(fs::last_write_time(template_), template_time_);
    }
  }

  void swap_now(const Model& model, const fs::path& output, std::stop_token stop = {}) const {
    swap(model, choose(model, ""), hyper_, output, {}, std::move(stop));
  }

  // Nothing but what SetUp made is in the folder.
  void expect_nothing_left(std::vector<std::string> also = {}) const {
    also.insert(also.end(), {"new.hyper", "sales.tdsx"});
    EXPECT_THAT(names_in_folder(), testing::UnorderedElementsAreArray(also));
  }

  fs::path template_, hyper_;
  std::string template_bytes_;
  fs::file_time_type template_time_;
  bool template_is_ours_ = true;   // false where the test itself changes it
};

TEST_F(SwapTest, TheResultIsAPackageWithTheNewExtractAndTheSameDocument) {
  swap_now(read(template_), path("out.tdsx"));
  expect_nothing_left({"out.tdsx"});
  const Model result = read(path("out.tdsx"));
  EXPECT_EQ(result.document, sales_document());
  EXPECT_THAT(result.notes, IsEmpty());
  EXPECT_EQ(choose(result, "").entry, kExtractEntry);
  EXPECT_EQ(member(parse_zip(bytes_of(path("out.tdsx"))), kExtractEntry).packed, "the new extract");
}

TEST_F(SwapTest, JunkFoldersAndOldAnswersAreLeftOut) {
  auto members = sales_members();
  for (const auto* name : {"__MACOSX/._Sales.tds", "._Sales.tds", "Data/.DS_Store", "Image/Thumbs.db", "Data/",
                           "TwbxExternalCache/TwbxResultsCacheV3/1/.bin"})
    members.insert(members.begin(), {.name = name, .bytes = std::string_view(name).ends_with('/') ? "" : "x"});
  const Model model = read(write_package(members, "junk.tdsx"));
  swap_now(model, path("out.tdsx"));
  std::vector<std::string> names;
  for (const auto& found : parse_zip(bytes_of(path("out.tdsx"))).members) names.push_back(found.central.name);
  EXPECT_THAT(names, ElementsAre("Sales.tds", kExtractEntry, "Image/logo.png"));
  EXPECT_THAT(read(path("out.tdsx")).notes, IsEmpty());
}

TEST_F(SwapTest, TheEntryThatAnInexactDbnameMeansIsSwapped) {
  std::string document = sales_document();
  document.replace(document.find(kExtractEntry), std::string_view(kExtractEntry).size(), "data\\extracts\\SALES.hyper");
  const Model model = read(write_package(sales_members(document), "cased.tdsx"));
  swap_now(model, path("out.tdsx"));
  EXPECT_EQ(member(parse_zip(bytes_of(path("out.tdsx"))), kExtractEntry).packed, "the new extract");
  EXPECT_EQ(read(path("out.tdsx")).document, document);
}

TEST_F(SwapTest, ALargeExtractIsTheSameByteForByte) {
  std::string bytes(5'000'001, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 2654435761U >> 13);
  hyper_ = write("new.hyper", bytes);
  swap_now(read(template_), path("out.tdsx"));
  EXPECT_EQ(member(parse_zip(bytes_of(path("out.tdsx"))), kExtractEntry).packed, bytes);
}

TEST_F(SwapTest, AnEmptyExtractFileIsPackedAsItIs) {
  hyper_ = write("new.hyper", "");
  swap_now(read(template_), path("out.tdsx"));
  EXPECT_EQ(member(parse_zip(bytes_of(path("out.tdsx"))), kExtractEntry).packed, "");
}

TEST_F(SwapTest, ProgressGrowsToTheSizeOfTheFile) {
  hyper_ = write("new.hyper", std::string(3'000'000, 'h'));
  std::vector<uint64_t> told;
  const Model model = read(template_);
  swap(model, choose(model, ""), hyper_, path("out.tdsx"), [&](uint64_t bytes) { told.push_back(bytes); }, {});
  EXPECT_TRUE(std::ranges::is_sorted(told));
  EXPECT_GT(told.size(), 3U);
  EXPECT_EQ(told.back(), fs::file_size(path("out.tdsx")));
}

TEST_F(SwapTest, AnOlderOutputIsReplaced) {
  write("out.tdsx", "an older one");
  swap_now(read(template_), path("out.tdsx"));
  EXPECT_NO_THROW(read(path("out.tdsx")));
  expect_nothing_left({"out.tdsx"});
}

TEST_F(SwapTest, TheResultIsPrivate) {
  swap_now(read(template_), path("out.tdsx"));
  struct stat status{};
  ASSERT_EQ(::stat(path("out.tdsx").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(SwapTest, ARelativeOutputLiesInTheCurrentFolder) {
  const auto before = fs::current_path();
  fs::current_path(folder_.path());
  EXPECT_NO_THROW(swap_now(read(template_), "out.tdsx"));
  fs::current_path(before);
  EXPECT_NO_THROW(read(path("out.tdsx")));
}

TEST_F(SwapTest, RefusesToWriteTheTemplate) {
  const Model model = read(template_);
  fs::create_symlink(template_, path("link.tdsx"));
  fs::create_hard_link(template_, path("hard.tdsx"));
  for (const auto& output : {template_, path("./sales.tdsx"), path("link.tdsx"), path("hard.tdsx")})
    EXPECT_THAT(error_of(ErrorKind::config, [&] { swap_now(model, output); }), HasSubstr("is the template")) << output;
}

TEST_F(SwapTest, RefusesAFolderAsOutput) {
  fs::create_directory(path("folder"));
  EXPECT_THAT(error_of(ErrorKind::config, [&] { swap_now(read(template_), path("folder")); }),
              HasSubstr("is a folder"));
}

TEST_F(SwapTest, RefusesAnExtractThatIsNotInThePackage) {
  const Model model = read(template_);
  Extract extract = model.extracts[0];
  extract.entry.clear();
  error_of(ErrorKind::config, [&] { swap(model, extract, hyper_, path("out.tdsx"), {}, {}); });
  extract.entry = "Data/none.hyper";
  EXPECT_THAT(error_of(ErrorKind::config, [&] { swap(model, extract, hyper_, path("out.tdsx"), {}, {}); }),
              HasSubstr("Data/none.hyper"));
  expect_nothing_left();
}

TEST_F(SwapTest, RefusesAMissingExtractFile) {
  const Model model = read(template_);
  hyper_ = path("none.hyper");
  EXPECT_THAT(error_of(ErrorKind::not_found, [&] { swap_now(model, path("out.tdsx")); }), HasSubstr("none.hyper"));
  expect_nothing_left();
}

TEST_F(SwapTest, SaysWhereAFolderIsMissing) {
  const Model model = read(template_);
  EXPECT_THAT(error_of(ErrorKind::io, [&] { swap_now(model, path("none/out.tdsx")); }), HasSubstr("none/out.tdsx"));
  expect_nothing_left();
}

TEST_F(SwapTest, AnUnwritableFolderLeavesEverythingAsItWas) {
  fs::permissions(folder_.path(), fs::perms(0755));
  fs::create_directory(path("readonly"));
  fs::permissions(path("readonly"), fs::perms(0555));
  const Model model = read(template_);
  const bool root = ::geteuid() == 0;   // root may write everywhere, nobody may not
  ASSERT_EQ(::seteuid(root ? 65534 : ::geteuid()), 0);
  const std::string message = error_of(ErrorKind::io, [&] { swap_now(model, path("readonly/out.tdsx")); });
  ASSERT_EQ(::seteuid(root ? 0 : ::geteuid()), 0);
  EXPECT_THAT(message, AllOf(HasSubstr("readonly/out.tdsx"), HasSubstr("ermission")));
  EXPECT_TRUE(fs::is_empty(path("readonly")));
}

TEST_F(SwapTest, AsksForTheSpaceBeforeItWrites) {
  fs::resize_file(hyper_, uint64_t{8} << 40);   // a hole: 8 TiB that take no room
  write("out.tdsx", "an older one");
  bool written = false;
  const Model model = read(template_);
  const std::string message =
      error_of(ErrorKind::io, [&] { swap(model, choose(model, ""), hyper_, path("out.tdsx"),
                                         [&](uint64_t) { written = true; }, {}); });
  EXPECT_THAT(message, AllOf(HasSubstr("needs 8.8 TB"), HasSubstr("free some space")));
  EXPECT_FALSE(written);
  EXPECT_EQ(bytes_of(path("out.tdsx")), "an older one");
  expect_nothing_left({"out.tdsx"});
}

// A disk that fills up while the package is written: the kernel refuses to let files grow beyond 1 MB.
TEST_F(SwapTest, AWriteThatFailsLeavesNothingBehind) {
  hyper_ = write("new.hyper", std::string(3'000'000, 'h'));
  write("out.tdsx", "an older one");
  const Model model = read(template_);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_action = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 1'000'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string message = error_of(ErrorKind::io, [&] { swap_now(model, path("out.tdsx")); });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old_action);
  EXPECT_THAT(message, HasSubstr("File too large"));
  EXPECT_EQ(bytes_of(path("out.tdsx")), "an older one");
  expect_nothing_left({"out.tdsx"});
}

TEST_F(SwapTest, AStopInTheMiddleLeavesNothingBehind) {
  hyper_ = write("new.hyper", std::string(3'000'000, 'h'));
  write("out.tdsx", "an older one");
  const Model model = read(template_);
  std::stop_source stop;
  uint64_t told = 0;
  error_of(ErrorKind::cancelled, [&] {
    const auto progress = [&](uint64_t bytes) { if ((told = bytes) > 1'000'000) stop.request_stop(); };
    swap(model, choose(model, ""), hyper_, path("out.tdsx"), progress, stop.get_token());
  });
  EXPECT_LT(told, 2'000'000U);
  EXPECT_EQ(bytes_of(path("out.tdsx")), "an older one");
  expect_nothing_left({"out.tdsx"});
}

TEST_F(SwapTest, AStopWhileTheResultIsVerifiedLeavesNothingBehind) {
  hyper_ = write("new.hyper", std::string(3'000'000, 'h'));
  const Model model = read(template_);
  std::stop_source stop;
  const std::string message = error_of(ErrorKind::cancelled, [&] {
    swap(model, choose(model, ""), hyper_, path("out.tdsx"),
         // the last piece
         [&](uint64_t bytes) { if (bytes > 3'000'000 + 4'000) stop.request_stop(); }, stop.get_token());
  });
  EXPECT_THAT(message, HasSubstr("checking"));
  expect_nothing_left();
}

TEST_F(SwapTest, AStopBeforehandWritesNothing) {
  std::stop_source stop;
  stop.request_stop();
  error_of(ErrorKind::cancelled, [&] { swap_now(read(template_), path("out.tdsx"), stop.get_token()); });
  expect_nothing_left();
}

TEST_F(SwapTest, WhatProgressThrowsComesOut) {
  const Model model = read(template_);
  EXPECT_THROW(swap(model, choose(model, ""), hyper_, path("out.tdsx"),
                    [](uint64_t) { throw std::domain_error("no"); }, {}), std::domain_error);
  expect_nothing_left();
}

TEST_F(SwapTest, ATemplateThatChangedAfterItWasReadIsAConflict) {
  template_is_ours_ = false;
  const Model model = read(template_);
  std::ofstream(template_, std::ios::app) << " ";
  EXPECT_THAT(error_of(ErrorKind::conflict, [&] { swap_now(model, path("out.tdsx")); }),
              AllOf(HasSubstr("sales.tdsx"), HasSubstr("after it was read")));
  expect_nothing_left();
}

TEST_F(SwapTest, ATemplateThatWasReplacedByAnEqualOneIsAConflictToo) {
  template_is_ours_ = false;
  const Model model = read(template_);
  fs::rename(write("other.tdsx", template_bytes_), template_);
  fs::last_write_time(template_, template_time_);
  error_of(ErrorKind::conflict, [&] { swap_now(model, path("out.tdsx")); });
  expect_nothing_left();
}

TEST_F(SwapTest, ATemplateThatVanishesIsNotFoundOrAConflict) {
  template_is_ours_ = false;
  const Model model = read(template_);
  EXPECT_THAT(error_of(ErrorKind::conflict, [&] {
                swap(model, choose(model, ""), hyper_, path("out.tdsx"), [&](uint64_t) { fs::remove(template_); }, {});
              }), HasSubstr("while it was packed"));
  EXPECT_THAT(names_in_folder(), ElementsAre("new.hyper"));
  EXPECT_THAT(error_of(ErrorKind::not_found, [&] { swap_now(model, path("out.tdsx")); }), HasSubstr("sales.tdsx"));
}

TEST_F(SwapTest, ATemplateSavedMeanwhileIsAConflict) {
  template_is_ours_ = false;
  const Model model = read(template_);
  error_of(ErrorKind::conflict, [&] {
    swap(model, choose(model, ""), hyper_, path("out.tdsx"), [&](uint64_t) { fs::rename(write("other.tdsx",
        template_bytes_), template_); }, {});
  });
  expect_nothing_left();
}

TEST_F(SwapTest, AnExtractThatChangesMeanwhileIsAConflict) {
  const Model model = read(template_);
  EXPECT_THAT(error_of(ErrorKind::conflict, [&] {
                swap(model, choose(model, ""), hyper_, path("out.tdsx"),
                     [&](uint64_t) { std::ofstream(hyper_, std::ios::app) << "more"; }, {});
              }), HasSubstr("new.hyper"));
  expect_nothing_left();
}

TEST_F(SwapTest, AnExtractThatShrinksMeanwhileIsNeverPackedAsWhole) {
  hyper_ = write("new.hyper", std::string(3'000'000, 'h'));
  const Model model = read(template_);
  EXPECT_THROW(swap(model, choose(model, ""), hyper_, path("out.tdsx"),
                    [&](uint64_t) { fs::resize_file(hyper_, 1000); }, {}), base::Error);
  expect_nothing_left();
}

// Whatever byte is wrong: the swap is refused with an Error, or the result holds the document and the extract whole.
TEST_F(SwapTest, NoFlippedByteMakesABadPackage) {
  size_t refused = 0;
  for (size_t at = 0; at < template_bytes_.size(); at += 11) {
    std::string bytes = template_bytes_;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << at % 8));
    fs::remove(path("out.tdsx"));
    try {
      const Model model = read(write("flipped.tdsx", bytes));
      swap(model, choose(model, ""), hyper_, path("out.tdsx"), {}, {});
      const Model result = read(path("out.tdsx"));
      EXPECT_EQ(result.document, model.document) << at;
      EXPECT_EQ(choose(result, "").entry, choose(model, "").entry) << at;
    } catch (const base::Error&) {
      ++refused;
      EXPECT_FALSE(fs::exists(path("out.tdsx"))) << at;
    }
  }
  EXPECT_GT(refused, 100U);
}

// A member that nobody looked into before: its damage shows when the result is verified.
TEST_F(SwapTest, ADamagedMemberIsFoundBeforeTheResultIsShown) {
  auto members = sales_members();
  members[2].claimed_crc = 0x1234;
  const Model model = read(write_package(members, "damaged.tdsx"));
  EXPECT_THAT(error_of(ErrorKind::corrupt, [&] { swap_now(model, path("out.tdsx")); }),
              AllOf(HasSubstr("Image/logo.png"), HasSubstr("damaged.tdsx")));
  expect_nothing_left({"damaged.tdsx"});
}

TEST_F(SwapTest, ADamagedOldExtractDoesNotMatter) {
  auto members = sales_members();
  members[1].claimed_crc = 0x1234;
  EXPECT_NO_THROW(swap_now(read(write_package(members, "damaged.tdsx")), path("out.tdsx")));
}

TEST_F(SwapTest, AMemberThatClaimsAnotherSizeIsFound) {
  auto members = sales_members();
  members[2].claimed_size = 7;
  const Model model = read(write_package(members, "lying.tdsx"));
  EXPECT_THAT(error_of(ErrorKind::corrupt, [&] { swap_now(model, path("out.tdsx")); }), HasSubstr("Image/logo.png"));
}

TEST_F(SwapTest, AMemberPackedInAWayThatTableauDoesNotKnowIsRefused) {
  auto members = sales_members();
  members[2].method = 9;
  const Model model = read(write_package(members, "deflate64.tdsx"));
  EXPECT_THAT(error_of(ErrorKind::corrupt, [&] { swap_now(model, path("out.tdsx")); }),
              AllOf(HasSubstr("Image/logo.png"), HasSubstr("(9)")));
  members[2].method = 8;
  members[1].method = 9;   // the old extract: Windows packs files of more than 2 GB so
  EXPECT_NO_THROW(swap_now(read(write_package(members, "old64.tdsx")), path("out.tdsx")));
}

}  // namespace
}  // namespace tabferry::package::test
