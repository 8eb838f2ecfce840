// Long JSON documents, a value or an item a line.
#include "backup/lines.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "support/text_sink.h"
#include "support/text_source.h"

namespace tabferry::backup {
namespace {

std::string document(bool sealed) {
  test::TextSink out;
  LineWriter writer(out);
  writer.value("format", 1);
  writer.value("name", "with \"quotes\",\nlines and ]");
  writer.begin_list("empty");
  writer.end_list();
  writer.begin_list("items");
  writer.item(R"({"a":1})");
  writer.item(R"({"b":"],"})");
  writer.end_list();
  writer.value("behind", true);
  writer.end(sealed);
  EXPECT_EQ(writer.size_bytes(), out.text.size());
  return out.text;
}

struct Seen {
  doc::Json values = doc::Json::object();
  std::vector<std::string> items;
  ReadLines read;
};

Seen seen_in(const std::string& text, size_t block = 7) {
  Seen seen;
  test::TextSource source(text, block);
  LineVisitor visitor;
  visitor.value = [&](const std::string& name, doc::Json value) { seen.values[name] = std::move(value); };
  visitor.item = [&](const std::string& list, std::string_view line) {
    seen.items.push_back(list + " " + std::string(line));
  };
  seen.read = read_lines(source, "doc", visitor);
  return seen;
}

bool is_refused(const std::string& text) {
  try {
    seen_in(text);
    return false;
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::corrupt) << text;
    return true;
  }
}

TEST(Lines, AnyJsonReaderTakesThem) {
  const auto whole = doc::parse_json(document(true), "test");
  EXPECT_EQ(whole["items"], doc::parse_json(R"([{"a":1},{"b":"],"}])", "test"));
  EXPECT_TRUE(whole["empty"].empty());
  EXPECT_EQ(whole["behind"], true);
}

TEST(Lines, AreReadAsWritten) {
  for (const size_t block : {size_t{1}, size_t{7}, size_t{100'000}}) {
    const Seen seen = seen_in(document(false), block);
    EXPECT_EQ(seen.values,
              doc::parse_json(R"({"format":1,"name":"with \"quotes\",\nlines and ]","behind":true})", "test"));
    EXPECT_EQ(seen.items, (std::vector<std::string>{R"(items {"a":1})", R"(items {"b":"],"})"}));
    EXPECT_FALSE(seen.read.sealed);
    EXPECT_EQ(seen.read.size_bytes, document(false).size());
  }
}

TEST(Lines, TheSealIsTheHashOfAllBytesBeforeItsLine) {
  const std::string text = document(true);
  const auto at = text.find("\"sha256\"");
  const Seen seen = seen_in(text);
  EXPECT_TRUE(seen.read.sealed);
  EXPECT_EQ(seen.read.sha256, base::sha256_hex(text.substr(0, at)));
  EXPECT_EQ(doc::parse_json(text, "test")["sha256"], seen.read.sha256);
  EXPECT_EQ(seen.read.size_bytes, text.size());
}

TEST(Lines, EveryCutIsSeen) {
  const std::string text = document(true);
  for (size_t length = 0; length + 1 < text.size(); ++length)  // the last byte is a line end
    EXPECT_TRUE(is_refused(text.substr(0, length))) << length;
}

TEST(Lines, EveryFlippedBitBeforeTheSealIsSeen) {
  const std::string text = document(true);
  for (size_t at = 0; at < text.size() - 2; ++at)  // behind it: "}" and a line end
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = text;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      bool is_seen = false;
      try {
        is_seen = !seen_in(changed).read.sealed;  // "sha256" under another name: the reader of a manifest refuses it
      } catch (const base::Error&) {
        is_seen = true;
      }
      EXPECT_TRUE(is_seen) << at << " bit " << bit;
    }
}

TEST(Lines, WhatGoesOnBehindItsEndIsRefused) { EXPECT_TRUE(is_refused(document(true) + "{\n")); }

}  // namespace
}  // namespace tabferry::backup
