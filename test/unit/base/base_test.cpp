// url, clock, hash, secret, tempdir, error.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/clock.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/secret.h"
#include "base/tempdir.h"
#include "base/url.h"

namespace fs = std::filesystem;

namespace tabferry::base {
namespace {

TEST(Url, EncodesAndDecodes) {
  EXPECT_EQ(percent_encoded("a b/é~"), "a%20b%2F%C3%A9~");
  EXPECT_EQ(percent_decoded("a%20b%2f%C3%A9+%zz%"), "a b/é+%zz%");
}

TEST(Url, ReadsAddresses) {
  const auto url = parse_url("S3://bucket/a/b c.csv");
  EXPECT_EQ(url.scheme, "s3");
  EXPECT_EQ(url.host, "bucket");
  EXPECT_EQ(url.path, "/a/b c.csv");
  EXPECT_EQ(parse_url("file:///tmp/x").host, "");
  EXPECT_THROW(parse_url("orders/x.csv"), Error);
  EXPECT_FALSE(has_scheme("a b://c"));
}

TEST(Clock, ReadsAndWritesTimes) {
  const auto time = parse_iso_time("2016-08-03T20:34:04Z");
  ASSERT_TRUE(time);
  EXPECT_EQ(iso_time(*time), "2016-08-03T20:34:04Z");
  EXPECT_EQ(parse_iso_time("2016-08-03T20:34:04.123Z"), time);
  EXPECT_EQ(parse_http_date("Wed, 03 Aug 2016 20:34:04 GMT"), time);
  EXPECT_EQ(parse_iso_time("2016-13-03T20:34:04Z"), std::nullopt);
  EXPECT_EQ(parse_iso_time("yesterday"), std::nullopt);
  EXPECT_EQ(parse_http_date("Wed, 03 xxx 2016 20:34:04 GMT"), std::nullopt);
}

TEST(Clock, SleepEndsWithItsStopToken) {
  std::stop_source source;
  source.request_stop();
  EXPECT_FALSE(system_clock().sleep_for(std::chrono::hours(1), source.get_token()));
  EXPECT_TRUE(system_clock().sleep_for(std::chrono::milliseconds(1), {}));
}

TEST(Hash, IsSha256) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 hash;
  hash.update("a");
  hash.update("bc");
  EXPECT_EQ(hash.hex(), sha256_hex("abc"));
}

TEST(Secret, MovesAndReveals) {
  Secret first("s3cret");
  const Secret second(std::move(first));
  EXPECT_EQ(second.reveal(), "s3cret");
  EXPECT_TRUE(Secret().empty());
}

TEST(Error, SaysWhatTheSystemSaid) {
  const auto words = [](const std::string& doing) {
    try {
      fail_errno(ENOSPC, doing);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::io);
      return std::string(error.what());
    }
  };
  EXPECT_THAT(words("writing '/store/backup_x/a.twbx'"),
              testing::AllOf(testing::HasSubstr("disk is full"), testing::Not(testing::HasSubstr("TMPDIR"))));
  const TempDir private_folder(default_temp_parent());
  EXPECT_THAT(words("writing " + private_folder.path().string()), testing::HasSubstr("TMPDIR"));
}

class TempDirTest : public testing::Test {
 protected:
  TempDir parent_{default_temp_parent()};
};

TEST_F(TempDirTest, IsPrivateAndGoesAway) {
  fs::path path;
  {
    const TempDir made(parent_.path());
    path = made.path();
    std::ofstream(path / "file") << "x";
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
    EXPECT_TRUE(sweep_leftovers(parent_.path()).empty()) << "a folder in use was swept";
    EXPECT_TRUE(fs::exists(path / "file"));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(TempDirTest, SweepsWhatAKilledProcessLeft) {
  const pid_t child = ::fork();
  if (child == 0) {
    const TempDir made(parent_.path());
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(sweep_leftovers(parent_.path()).size(), 1U);
  EXPECT_TRUE(sweep_leftovers(parent_.path()).empty());
}

TEST_F(TempDirTest, SweepsOnlyItsOwn) {
  const auto make = [&](const char* name, fs::perms mode) {
    fs::create_directory(parent_.path() / name);
    fs::permissions(parent_.path() / name, mode);
  };
  make("tabferry-out", fs::perms::owner_all);          // a user's
  make("tabferry-run-abcdefg", fs::perms::owner_all);  // no name of ours
  make("tabferry-run-public", fs::perms::all);         // nor a mode of ours
  make(".tabferry-new-abcdef", fs::perms::owner_all);  // perhaps being made right now
  std::ofstream(parent_.path() / "tabferry-run-a_file") << "x";
  EXPECT_TRUE(sweep_leftovers(parent_.path()).empty());
  const timespec long_ago[2] = {{1'000'000, 0}, {1'000'000, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, (parent_.path() / ".tabferry-new-abcdef").c_str(), long_ago, 0), 0);
  make("tabferry-run-abcdef", fs::perms::owner_all);   // its lock is gone: killed while it was removed
  EXPECT_EQ(sweep_leftovers(parent_.path()).size(), 2U);
  EXPECT_TRUE(fs::exists(parent_.path() / "tabferry-out"));
}

TEST(TempDir, SaysWhereItFailed) {
  EXPECT_THROW(TempDir("/nowhere/at/all"), Error);
}

}  // namespace
}  // namespace tabferry::base
