// What is read, and what the engine gets of it.
#include <gmock/gmock.h>

#include <stop_token>

#include "reading.h"

namespace tabferry::csv {
namespace {

using std::string_view_literals::operator""sv;

Format orders() {
  Format format;
  format.columns = columns({{"id", "bigint"}, {"name", "text"}, {"amount", "numeric(10,2)"}});
  return format;
}

TEST(Rewrite, HandsOnRecordsWithoutTheHeader) {
  const auto outcome = read("id,name,amount\n1,Ann,2.50\n2,Bob,\n", orders());
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.output, "1,Ann,2.50\n2,Bob,\n");
  EXPECT_EQ(outcome.stats.records, 2U);
  EXPECT_EQ(outcome.stats.size_bytes, 33U);
  EXPECT_EQ(outcome.stats.blank_lines, 0U);
  EXPECT_THAT(outcome.stats.warnings, testing::IsEmpty());
}

TEST(Rewrite, EndsEveryRecordWithALineFeed) {
  EXPECT_EQ(canonical("a,b\r\nc,d\n", texts(2)), "a,b\nc,d\n");
  EXPECT_EQ(canonical("a,b\r\nc,d\r\n", texts(2)), "a,b\nc,d\n");
}

TEST(Rewrite, CompletesTheLastLine) {
  EXPECT_EQ(canonical("a,b\nc,d", texts(2)), "a,b\nc,d\n");
  EXPECT_EQ(canonical("a,\"b\"", texts(2)), "a,\"b\"\n");
  EXPECT_EQ(canonical("a,", texts(2)), "a,\n");
}

TEST(Rewrite, KeepsQuotedDelimitersQuotesAndLineEnds) {
  const auto text = "\"a,b\",\"say \"\"hi\"\"\"\n\"x\ny\r\nz\rw\",\"\"\n"sv;
  EXPECT_EQ(canonical(text, texts(2)), text);
  EXPECT_EQ(read(text, texts(2)).stats.records, 2U);
}

TEST(Rewrite, KeepsBlanksAndForeignLettersInTexts) {
  const auto text = " a ,\tb\nZürich,日本\n\\.,\\N\n"sv;
  EXPECT_EQ(canonical(text, texts(2)), text);
}

TEST(Rewrite, SkipsAndCountsBlankLines) {
  const auto outcome = read("\n\r\nid,name,amount\n\n1,a,2\n\r\n2,b,3\n\n\n", orders());
  EXPECT_EQ(outcome.output, "1,a,2\n2,b,3\n");
  EXPECT_EQ(outcome.stats.records, 2U);
  EXPECT_EQ(outcome.stats.blank_lines, 6U);
}

TEST(Rewrite, AQuotedEmptyFieldIsNoBlankLine) {
  const auto outcome = read("\"\"\n\nx\n", texts(1));
  EXPECT_EQ(outcome.output, "\"\"\nx\n");
  EXPECT_EQ(outcome.stats.blank_lines, 1U);
}

TEST(Rewrite, DropsAByteOrderMark) {
  EXPECT_EQ(canonical("\xef\xbb\xbf"
                      "a,b\n",
                      texts(2)),
            "a,b\n");
  EXPECT_EQ(canonical("\xef\xbb\xbf\"a\",b\n", texts(2)), "\"a\",b\n");
  EXPECT_EQ(canonical("\xef\xbb\xbfid,name,amount\n1,a,2\n", orders()), "1,a,2\n");
}

TEST(Rewrite, FilesWithoutRecordsHaveNone) {
  for (const auto text : {""sv, "\xef\xbb\xbf"sv, "id,name,amount\n"sv, "id,name,amount"sv, "\n\n"sv, "\r\n"sv}) {
    const auto outcome = read(text, orders());
    EXPECT_EQ(outcome.error, "");
    EXPECT_EQ(outcome.output, "");
    EXPECT_EQ(outcome.stats.records, 0U);
    EXPECT_EQ(outcome.stats.size_bytes, text.size());
  }
}

TEST(Rewrite, AppendsTheFileColumnInQuotes) {
  Format format = texts(2);
  format.file_column = true;
  TextSource source("a,b\r\n\nc,\"d\ne\"\nf,");
  std::string output;
  rewrite(source, format, "s3://b/o \"x\", y.csv", [&](std::string_view bytes, uint64_t) { return output += bytes, true; }, {});
  EXPECT_EQ(output,
            "a,b,\"s3://b/o \"\"x\"\", y.csv\"\nc,\"d\ne\",\"s3://b/o \"\"x\"\", y.csv\"\nf,,\"s3://b/o \"\"x\"\", "
            "y.csv\"\n");
}

TEST(Rewrite, HonoursDelimiterAndQuote) {
  Format format = texts(2);
  format.dialect.delimiter = ';';
  format.dialect.quote = '\'';
  format.file_column = true;
  EXPECT_EQ(canonical("a,\"b;'c;d''e'\r\n", format), "a,\"b;'c;d''e';'f.csv'\n");
  format = texts(2);
  format.dialect.delimiter = '\t';
  EXPECT_EQ(canonical("a b\t\"c\td\"\n", format), "a b\t\"c\td\"\n");
}

TEST(Rewrite, RefusesADialectThatCannotWork) {
  for (const auto& [delimiter, quote] :
       std::vector<std::pair<char, char>>{{'"', '"'}, {'\n', '"'}, {',', '\r'}, {'\0', '"'}}) {
    Format format = texts(1);
    format.dialect.delimiter = delimiter;
    format.dialect.quote = quote;
    const auto outcome = read("a\n", format);
    EXPECT_EQ(outcome.kind, base::ErrorKind::config);
    EXPECT_THAT(outcome.error, testing::HasSubstr("must differ and be no line ends"));
  }
}

TEST(Rewrite, ReadsSeveralBlocks) {
  for (const bool file_column : {false, true}) {
    Format format = texts(2);
    format.file_column = file_column;
    std::string text, expected;
    for (int i = 0; text.size() < 3 * kBlockBytes; ++i) {
      const std::string record = std::to_string(i) + ",\"line\n" + std::to_string(i) + "\"";
      text += record + (i % 7 == 0 ? "\r\n" : "\n");
      expected += record + (file_column ? ",\"f.csv\"\n" : "\n");
    }
    const auto outcome = read(text, format);
    EXPECT_EQ(outcome.error, "");
    EXPECT_TRUE(outcome.output == expected);
  }
}

TEST(Rewrite, HandsOnWholeBlocksWhereNothingChanges) {
  std::string text;
  while (text.size() < 4 * kBlockBytes) text += "some,field\n";
  TextSource source(text);
  size_t calls = 0;
  rewrite(source, texts(2), "f.csv", [&](std::string_view, uint64_t) { return ++calls, true; }, {});
  EXPECT_EQ(calls, 7U);   // the first ones are smaller: 128, 256 and 512 KiB
}

TEST(Rewrite, KeepsItsCopiesSmallWithALongFileName) {
  std::string text;
  while (text.size() < kBlockBytes) text += "a\n";
  Format format = texts(1);
  format.file_column = true;
  TextSource source(text);
  size_t largest = 0;
  rewrite(source, format, std::string(1000, 'n'),
          [&](std::string_view bytes, uint64_t) { return largest = std::max(largest, bytes.size()), true; }, {});
  EXPECT_LT(largest, 2 * kBlockBytes);
}

TEST(Rewrite, EndsEarlyWhereTheOutputWantsNoMore) {
  std::string text;
  while (text.size() < 3 * kBlockBytes) text += "some,field\n";
  text += "this is, no longer, a good line\n";
  TextSource source(text);
  size_t calls = 0;
  EXPECT_NO_THROW(rewrite(source, texts(2), "f.csv", [&](std::string_view, uint64_t) { return ++calls < 2; }, {}));
  EXPECT_EQ(calls, 2U);
}

TEST(Rewrite, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  TextSource source("a,b\n");
  try {
    rewrite(
        source, texts(2), "f.csv", [](std::string_view, uint64_t) { return true; }, stop.get_token());
    FAIL() << "went on";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::cancelled);
    EXPECT_STREQ(error.what(), "cancelled while reading f.csv");
  }
}

// A source that fails: its error passes through, and what was read before is not the end of the file.
class CutSource : public io::ByteSource {
 public:
  size_t read(std::span<char> into) override {
    if (given_) base::fail(base::ErrorKind::conflict, "s3://b/f.csv changed while it was read");
    given_ = true;
    return TextSource("a,b\n").read(into);
  }

 private:
  bool given_ = false;
};

TEST(Rewrite, LetsTheSourcesErrorThrough) {
  CutSource source;
  std::string output;
  EXPECT_THROW(rewrite(source, texts(2), "f.csv", [&](std::string_view bytes, uint64_t) { return output += bytes, true; }, {}),
               base::Error);
  EXPECT_EQ(output, "");
}

}  // namespace
}  // namespace tabferry::csv
