// Every file that is refused for its structure, with the place and the cure in the message.
#include <gmock/gmock.h>

#include "reading.h"

namespace tabferry::csv {
namespace {

using std::string_view_literals::operator""sv;
using testing::HasSubstr;

TEST(Refused, AQuoteInsideAnUnquotedField) {
  EXPECT_EQ(refusal("a,b\nc,x\"y\n", texts(2)),
            "f.csv: line 2, column 2 (b): 'x\"y' has a quote inside a field without quotes: put the whole field in "
            "quotes and "
            "double the quotes in it");
  EXPECT_THAT(refusal("{\"k\":1}\n", texts(1)), HasSubstr("line 1, column 1 (a): '{\"k\":1}' has a quote inside"));
}

TEST(Refused, ABlankBeforeAnOpeningQuote) {
  EXPECT_EQ(refusal("a, \"b\"\n", texts(2)),
            "f.csv: line 1, column 2 (b): ' \"b\"' has a blank before its opening quote: remove the blank");
}

TEST(Refused, BytesBehindAClosingQuote) {
  EXPECT_EQ(
      refusal("\"a\"b,c\n", texts(2)),
      "f.csv: line 1, column 1 (a): '\"a\"b' goes on behind its closing quote: double the quotes inside the field, or "
      "remove what follows");
  EXPECT_THAT(refusal("x,\"a\" ,c\n", texts(3)), HasSubstr("column 2 (b): '\"a\" ' goes on behind"));
  EXPECT_THAT(refusal("x,\"a\nb\"\"\"c\"\n", texts(2)),
              HasSubstr("line 1, column 2 (b): '\"a\\x0ab\"\"\"c\"' goes on"));
}

TEST(Refused, AQuoteThatIsNeverClosedWhereItOpened) {
  EXPECT_EQ(refusal("a,b\nc,\"d\ne,f\ng,h\n", texts(2)),
            "f.csv: line 2, column 2 (b): '\"d\\x0ae,f\\x0ag,h' opens a quote that is never closed: close it, or "
            "double it where "
            "it belongs to the text");
  EXPECT_THAT(refusal("\"", texts(1)), HasSubstr("line 1, column 1 (a): '\"' opens a quote that is never closed"));
  EXPECT_THAT(refusal("\"a\"\"", texts(1)),
              HasSubstr("line 1, column 1 (a): '\"a\"\"' opens a quote that is never closed"));
  EXPECT_THAT(refusal("\"x\ny\",\"", texts(2)),
              HasSubstr("line 2, column 2 (b): '\"' opens a quote that is never closed"));
}

TEST(Refused, NulBytes) {
  EXPECT_EQ(refusal("a,b\nc,de\0f\n"sv, texts(2)),
            "f.csv: line 2, column 2 (b): a NUL byte behind 'de': the file is damaged, binary or UTF-16; save it as "
            "UTF-8 text");
  EXPECT_THAT(refusal("abcde,\"x\n\0\"\n"sv, texts(2)),
              HasSubstr("line 1, column 2 (b): a NUL byte behind '\"x\\x0a'"));
  EXPECT_THAT(refusal("abcde,\"x\"\0\n"sv, texts(2)), HasSubstr("line 1, column 2 (b): a NUL byte behind '\"x\"'"));
}

TEST(Refused, LoneCarriageReturns) {
  const auto cure =
      "a carriage return without a line feed (old Mac line ends?): convert the line ends to \"\\n\", or put a field "
      "that holds one in quotes";
  EXPECT_EQ(refusal("a,b\rc,d\r", texts(2)), std::string("f.csv: line 1, column 2 (b): ") + cure);
  EXPECT_EQ(refusal("a,b\nc,d\r", texts(2)), std::string("f.csv: line 2, column 2 (b): ") + cure);
  EXPECT_EQ(refusal("a,\"b\"\rc\n", texts(2)), std::string("f.csv: line 1, column 2 (b): ") + cure);
  EXPECT_EQ(refusal("a,b\r\r\n", texts(2)), std::string("f.csv: line 1, column 2 (b): ") + cure);
}

TEST(Refused, OtherEncodings) {
  const std::string utf16 = "f.csv: is UTF-16, and only UTF-8 is read: save it as UTF-8 (\"CSV UTF-8\" in Excel)";
  EXPECT_EQ(refusal("\xff\xfe"
                    "a\0,\0"sv,
                    texts(2)),
            utf16);
  EXPECT_EQ(refusal("\xfe\xff"
                    "\0a\0,"sv,
                    texts(2)),
            utf16);
  EXPECT_EQ(refusal("a\0,\0b\0"sv, texts(2)), utf16);
  EXPECT_EQ(refusal("\0a\0,\0b"sv, texts(2)), utf16);
  EXPECT_EQ(refusal("\xff\xfe\0\0a\0\0\0"sv, texts(2)), "f.csv: is UTF-32, and only UTF-8 is read: save it as UTF-8");
  EXPECT_EQ(refusal("\0\0\xfe\xff\0\0\0a"sv, texts(2)), "f.csv: is UTF-32, and only UTF-8 is read: save it as UTF-8");
}

TEST(Refused, PackedFiles) {
  EXPECT_EQ(refusal("\x1f\x8b\x08\x00\x00"sv, texts(2)),
            "f.csv: is compressed with gzip more often than its name says: pack it once and let the name end in .gz, or unpack it");
  EXPECT_THAT(refusal("\x28\xb5\x2f\xfd\x00"sv, texts(2)), HasSubstr("is compressed with zstd"));
  EXPECT_THAT(refusal("PK\x03\x04\x14"sv, texts(2)),
              HasSubstr("is a zip or an Excel workbook: export it as CSV in UTF-8"));
}

TEST(Refused, TooFewFields) {
  EXPECT_EQ(
      refusal("a,b,c\n\nd,e\n", texts(3)),
      "f.csv: line 3: 2 fields instead of 3, in the record 'd,e': add the missing fields, empty for NULL; a field that "
      "holds a line end must be in quotes");
  EXPECT_THAT(refusal(" \n", texts(3)), HasSubstr("line 1: 1 field instead of 3, in the record ' '"));
}

TEST(Refused, TooManyFields) {
  EXPECT_EQ(refusal("a,\"b\nc\"\nd,e,f\n", texts(2)),
            "f.csv: line 3: 3 fields instead of 2, in the record 'd,e,f': a field that holds ',' must be in quotes");
  EXPECT_THAT(refusal(std::string(100'000, ',') + "\n", texts(2)),
              HasSubstr("100,001 fields instead of 2, in the record ',,,"));
}

TEST(Refused, AnotherDelimiter) {
  EXPECT_EQ(refusal("a;b;c\n", texts(3)),
            "f.csv: line 1: 1 field instead of 3, in the record 'a;b;c': the delimiter seems to be another: set csv: "
            "{delimiter: \";\"}");
  EXPECT_THAT(refusal("a\tb\tc\n", texts(3)), HasSubstr("set csv: {delimiter: \"\\t\"}"));
  EXPECT_THAT(refusal("a|b|c\n", texts(3)), HasSubstr("set csv: {delimiter: \"|\"}"));
  Format format = texts(3);
  format.dialect.delimiter = ';';
  EXPECT_THAT(refusal("a,b,c\n", format), HasSubstr("set csv: {delimiter: \",\"}"));
  EXPECT_THAT(refusal("a;b\n", texts(3)), HasSubstr("add the missing fields"));
  format = texts(3);
  format.dialect.header = true;
  EXPECT_THAT(refusal("a;b;c\n1;2;3\n", format),
              HasSubstr("line 1: 1 field instead of 3, in the record 'a;b;c': the delimiter seems"));
}

// A record without an end, made on the fly.
class EndlessSource : public io::ByteSource {
 public:
  explicit EndlessSource(std::string start) : start_(std::move(start)) {}
  size_t read(std::span<char> into) override {
    if (given_ > 3 * kLongestRecordBytes) return 0;
    std::fill(into.begin(), into.end(), 'x');
    if (given_ == 0) std::copy(start_.begin(), start_.end(), into.begin());
    given_ += into.size();
    return into.size();
  }
  size_t given() const { return given_; }

 private:
  std::string start_;
  size_t given_ = 0;
};

TEST(Refused, ARecordOfMoreThan64MiB) {
  EndlessSource source("a\n\"b\n");
  try {
    rewrite(source, texts(1), "f.csv", [](std::string_view, uint64_t) { return true; }, {});
    FAIL() << "was read";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::corrupt);
    EXPECT_STREQ(error.what(), "f.csv: line 2: a record of more than 64 MiB begins here: is a quote never closed?");
  }
  EXPECT_LT(source.given(), 2 * kLongestRecordBytes + 2 * kBlockBytes);
}

TEST(Refused, ARecordJustAbove64MiBAndNotOneOfThat) {
  std::string text(kLongestRecordBytes, 'x');
  EXPECT_EQ(read(text + "\n", texts(1)).output.size(), kLongestRecordBytes + 1);
  EXPECT_THAT(refusal("x" + text + "\n", texts(1)), HasSubstr("line 1: a record of more than 64 MiB"));
}

TEST(Refused, LongFieldsAreCutInTheMessage) {
  const auto message = refusal("\"" + std::string(5000, 'x') + "\n", texts(1));
  EXPECT_LT(message.size(), 300U);
  EXPECT_THAT(message, HasSubstr("xxx…' opens a quote"));
}

TEST(Refused, LinesCountThroughQuotedLineEndsAndBlankLines) {
  EXPECT_THAT(refusal("\"1\n2\n3\",x\r\n\n\"5\n6\",a\"\n", texts(2)),
              HasSubstr("line 6, column 2 (b): 'a\"' has a quote"));
}

}  // namespace
}  // namespace tabferry::csv
