#include "base/text.h"

#include <gtest/gtest.h>

namespace tabferry::base {
namespace {

TEST(Text, TrimsSplitsAndJoins) {
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(trim("  "), "");
  EXPECT_EQ(split("a//b", '/'), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", '/'), (std::vector<std::string_view>{""}));
  EXPECT_EQ(join({"a", "b"}, ", "), "a, b");
}

TEST(Text, KnowsUtf8) {
  EXPECT_TRUE(is_utf8("Größe 東京 🚢"));
  EXPECT_FALSE(is_utf8("a\xff"));
  EXPECT_FALSE(is_utf8("\xc0\xaf"));          // overlong '/'
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));      // a surrogate
  EXPECT_FALSE(is_utf8("\xe6\x9d"));          // cut
  EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80"));  // beyond U+10FFFF
}

TEST(Text, QuotesForMessages) {
  EXPECT_EQ(base::quoted("Größe"), "'Größe'");
  EXPECT_EQ(base::quoted("a\nb\x1b[31m\xff"), "'a\\x0ab\\x1b[31m\\xff'");
  EXPECT_EQ(base::quoted(std::string(500, 'x')).size(), 120 + std::string("…'").size());
}

TEST(Text, SpeaksHuman) {
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(1000), "1.0 kB");
  EXPECT_EQ(human_bytes(999'960), "1.0 MB");
  EXPECT_EQ(human_bytes(362'000'000), "362.0 MB");
  EXPECT_EQ(human_count(0), "0");
  EXPECT_EQ(human_count(1234567), "1,234,567");
  EXPECT_EQ(human_seconds(0.0123), "12 ms");
  EXPECT_EQ(human_seconds(12.34), "12.3 s");
  EXPECT_EQ(human_seconds(245), "4 min 05 s");
  EXPECT_EQ(human_seconds(7260), "2 h 01 min");
  EXPECT_EQ(counted(1, "file"), "1 file");
  EXPECT_EQ(counted(12, "file"), "12 files");
}

TEST(Text, FindsTheNearestWord) {
  const std::string_view words[] = {"header_file", "file_column", "columns"};
  EXPECT_EQ(nearest("headerfile", words), "header_file");
  EXPECT_EQ(nearest("Columns", words), "columns");
  EXPECT_EQ(nearest("zzz", words), std::nullopt);
}

TEST(Text, ReadsSizes) {
  EXPECT_EQ(parse_bytes("512MiB"), 512ULL << 20);
  EXPECT_EQ(parse_bytes(" 64 MB "), 64'000'000ULL);
  EXPECT_EQ(parse_bytes("4096"), 4096ULL);
  EXPECT_EQ(parse_bytes("many"), std::nullopt);
  EXPECT_EQ(parse_bytes("1.5GB"), std::nullopt);
  EXPECT_EQ(parse_bytes("99999999999TiB"), std::nullopt);
}

}  // namespace
}  // namespace tabferry::base
