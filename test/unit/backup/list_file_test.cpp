// One list of the site, an item a line.
#include "backup/list_file.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/tempdir.h"
#include "io/file.h"

namespace tabferry::backup {
namespace {

class ListFile : public ::testing::Test {
 protected:
  std::string write(const std::vector<std::string>& items, const ListHead& head) {
    io::FileSink sink(file_);
    ListWriter writer(sink);
    for (const auto& item : items) writer.item(item);
    const std::string sha256 = writer.end(head);
    sink.commit();
    return sha256;
  }
  ReadList read(std::vector<std::string>* items = nullptr) {
    io::FileSource source(file_);
    return read_list(source, "the list", [&](std::string_view line) {
      if (items != nullptr) items->emplace_back(line);
    });
  }

  base::TempDir folder_{base::default_temp_parent()};
  const std::filesystem::path file_ = folder_.path() / "users.jsonl";
};

TEST_F(ListFile, ComesBackAsItWent) {
  const std::vector<std::string> items{R"({"id":"1"})", R"({"id":"2","name":"x, y"})"};
  const std::string sha256 = write(items, {.kind = "users", .as_of = "2026-11-22T10:15:00Z", .announced = 3, .seen = 2,
                                           .passes = 3, .moving = true});
  std::vector<std::string> seen;
  const auto list = read(&seen);
  EXPECT_EQ(seen, items);
  EXPECT_EQ(list.head.kind, "users");
  EXPECT_EQ(list.head.as_of, "2026-11-22T10:15:00Z");
  EXPECT_EQ(list.head.announced, 3u);
  EXPECT_EQ(list.head.seen, 2u);
  EXPECT_EQ(list.head.passes, 3);
  EXPECT_TRUE(list.head.moving);
  EXPECT_FALSE(list.head.refusal);
  EXPECT_EQ(list.head.failure, "");
  EXPECT_EQ(list.sha256, sha256);
  EXPECT_EQ(sha256, base::sha256_hex(io::read_text(file_)));
}

TEST_F(ListFile, RemembersWhyItIsEmptyOrCut) {
  write({}, {.kind = "webhooks", .refusal = tableau::Refusal{403, 403157, "not for you"}, .failure = "and more"});
  const auto head = read().head;
  ASSERT_TRUE(head.refusal);
  EXPECT_EQ(head.refusal->status, 403);
  EXPECT_EQ(head.refusal->code, 403157);
  EXPECT_EQ(head.refusal->words, "not for you");
  EXPECT_EQ(head.failure, "and more");
}

TEST_F(ListFile, ACutOneIsRefused) {
  write({R"({"id":"1"})"}, {.kind = "users"});
  std::filesystem::resize_file(file_, io::size_of(file_) - 3);
  try {
    read();
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::corrupt);
    EXPECT_NE(std::string(error.what()).find("the list"), std::string::npos);
  }
}

}  // namespace
}  // namespace tabferry::backup
