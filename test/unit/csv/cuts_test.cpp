// Nothing may depend on where the source and the blocks cut a file.
#include <random>

#include "base/text.h"
#include "reading.h"

namespace tabferry::csv {
namespace {

constexpr size_t kCuts[] = {1, 2, 3, 5, 7, 16, 63, 64, 65, 100};
constexpr size_t kWhole = 4096;  // more than any text here

Format mixed(std::mt19937& random) {
  Format format;
  format.columns = columns({{"a", "int"}, {"b", "text"}, {"c", "date"}});
  format.columns.resize(1 + random() % 3);
  format.dialect.header = random() % 4 == 0;
  format.dialect.check_header = random() % 2 == 0;
  format.file_column = random() % 3 == 0;
  if (random() % 4 == 0) format.dialect.null_string = "NULL";
  return format;
}

// Mostly good records, so that the bad ones are not always in the first line.
std::string sentence(std::mt19937& random, const Format& format) {
  static constexpr std::string_view kCells[][4] = {
      {"12", "-7", "\"3\"", ""},
      {"x", "\"y,\"\"z\"\"\nw\"", "\"\"", "long text that crosses a chunk of sixty-four bytes, surely"},
      {"2024-01-02", "\"2024-12-31\"", "", ""}};
  std::string text = format.dialect.header ? std::string("a,b,c").substr(0, 2 * format.columns.size() - 1) + "\n" : "";
  for (size_t record = random() % 12; record > 0; --record) {
    for (size_t i = 0; i < format.columns.size(); ++i) {
      auto cell = std::string(kCells[i][random() % 4]);
      if (i == 1 && cell.starts_with("long")) cell = "\"" + cell + "\"";
      text += (i == 0 ? "" : ",") + cell;
    }
    text += random() % 5 == 0 ? "\r\n" : random() % 8 == 0 ? "\n\n" : "\n";
  }
  return text;
}

// Structure at random: nearly always refused, each time for another reason.
void damage(std::mt19937& random, std::string& text) {
  static constexpr std::string_view kPieces[] = {
      "\"",       ",", "\n",   "\r", "\r\n",    std::string_view("\0", 1), "\"\"", " ", "\xef\xbb\xbf",
      "\xff\xfe", "x", "\n\"", "1,", "\xc3\xbc"};
  for (size_t count = random() % 4; count > 0; --count) {
    const auto piece = kPieces[random() % std::size(kPieces)];
    text.insert(random() % (text.size() + 1), piece);
  }
  if (random() % 6 == 0 && !text.empty()) text.resize(random() % text.size());
}

void expect_same(const Outcome& whole, const Outcome& cut, const std::string& text, size_t block, size_t most) {
  const auto where =
      "blocks of " + std::to_string(block) + ", reads of " + std::to_string(most) + ": " + base::quoted(text, 2000);
  ASSERT_EQ(cut.error, whole.error) << where;
  if (!whole.error.empty()) return;  // how much was handed on before an error may differ
  ASSERT_EQ(cut.output, whole.output) << where;
  ASSERT_EQ(cut.stats.records, whole.stats.records) << where;
  ASSERT_EQ(cut.stats.blank_lines, whole.stats.blank_lines) << where;
  ASSERT_EQ(cut.stats.size_bytes, text.size()) << where;
  ASSERT_EQ(cut.stats.warnings, whole.stats.warnings) << where;
}

TEST(Cuts, MakeNoDifference) {
  std::mt19937 random(20240102);
  size_t good = 0;
  size_t bad = 0;
  for (int round = 0; round < 4000; ++round) {
    const Format format = mixed(random);
    std::string text = sentence(random, format);
    if (round % 2 == 0) damage(random, text);
    const auto whole = read(text, format, kWhole);
    ++(whole.error.empty() ? good : bad);
    for (const size_t cut : kCuts) {
      ASSERT_NO_FATAL_FAILURE(expect_same(whole, read(text, format, cut), text, cut, SIZE_MAX));
      ASSERT_NO_FATAL_FAILURE(expect_same(whole, read(text, format, kWhole, cut), text, kWhole, cut));
    }
  }
  EXPECT_GT(good, 1500U);
  EXPECT_GT(bad, 500U);
}

// What was handed on reads as itself, record for record: it is canonical.
TEST(Cuts, CanonicalBytesStayAsTheyAre) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    Format format = mixed(random);
    format.file_column = false;
    std::string text = sentence(random, format);
    damage(random, text);
    const auto once = read(text, format, kWhole);
    if (!once.error.empty()) continue;
    format.dialect.header = false;
    const auto twice = read("\n" + once.output, format, kWhole);  // the line end keeps a field's own BOM from the start
    ASSERT_EQ(twice.error, "") << base::quoted(text, 2000);
    ASSERT_EQ(twice.output, once.output);
    ASSERT_EQ(twice.stats.records, once.stats.records);
    ASSERT_EQ(twice.stats.blank_lines, 1U);
  }
}

// find_record() walks the same records: the k-th one's place holds the k-th one's bytes.
TEST(Cuts, FindRecordSeesTheSameRecords) {
  std::mt19937 random(11);
  for (int round = 0; round < 500; ++round) {
    Format format = mixed(random);
    format.file_column = false;
    format.dialect.null_string = "";
    const std::string text = sentence(random, format);
    const auto whole = read(text, format, kWhole);
    ASSERT_EQ(whole.error, "");
    std::string all;
    for (uint64_t record = 1;; ++record) {
      TextSource source(text);
      const auto place = find_record(source, format, "f.csv", record, 0);
      if (!place) break;
      all += place->value + "\n";
    }
    ASSERT_EQ(all, whole.output);
  }
}

}  // namespace
}  // namespace tabferry::csv
