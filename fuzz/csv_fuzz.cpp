// libFuzzer entry of the room csv: clang++ -std=c++20 -fsanitize=fuzzer,address,undefined -Isrc fuzz/csv_fuzz.cpp <the
// sources of csv, table, io and base>. The first bytes choose the format, the rest is the file.
//
// Promises: no crash; only Error is thrown; blocks make no difference; canonical bytes are canonical; a record that was
// handed on is found again.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "base/error.h"
#include "csv/rewrite.h"
#include "csv/scanner.h"

namespace {

using namespace tabferry;

constexpr size_t kFormatBytes = 4;
constexpr std::string_view kTypes[] = {"text", "int",  "double",    "numeric(9,2)",
                                       "date", "time", "timestamp", "timestamptz"};

class BytesSource : public io::ByteSource {
 public:
  explicit BytesSource(std::string_view bytes) : rest_(bytes) {}
  size_t read(std::span<char> into) override {
    const size_t count = std::min(into.size(), rest_.size());
    std::copy_n(rest_.data(), count, into.data());
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
};

struct Outcome {
  std::string output;
  std::string error;
  csv::FileStats stats;
};

void promise(bool kept) {
  if (!kept) std::abort();
}

csv::Format format_of(std::string_view choice) {
  const auto at = [&](size_t i) { return static_cast<unsigned char>(choice[i]); };
  csv::Format format;
  format.dialect.header = (at(0) & 1U) != 0;
  format.dialect.check_header = (at(0) & 2U) != 0;
  format.file_column = (at(0) & 4U) != 0;
  if ((at(0) & 8U) != 0) format.dialect.null_string = "NULL";
  format.dialect.delimiter = ",;\t|"[at(0) >> 6U];
  for (size_t i = 0; i <= at(1) % 4U; ++i)
    format.columns.push_back({.name = std::string(1, static_cast<char>('a' + i)),
                              .type = table::parse_type(kTypes[(at(2) + i * at(3)) % std::size(kTypes)])});
  return format;
}

Outcome read(std::string_view text, const csv::Format& format, size_t block_bytes) {
  BytesSource source(text);
  Outcome outcome;
  const auto take = [&](std::string_view bytes, uint64_t) { return outcome.output += bytes, true; };
  try {
    outcome.stats = csv::rewrite_in_blocks(source, format, "f\".csv", take, {}, block_bytes);
  } catch (const base::Error& error) {
    outcome.error = error.what();
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size_bytes) {
  if (size_bytes < kFormatBytes) return 0;
  const std::string_view input(reinterpret_cast<const char*>(bytes), size_bytes);
  auto format = format_of(input.substr(0, kFormatBytes));
  const auto text = input.substr(kFormatBytes);
  const auto whole = read(text, format, text.size() + csv::kShownBytes);
  const auto cut = read(text, format, 1 + static_cast<size_t>(bytes[3]) % 70);
  promise(cut.error == whole.error);
  if (!whole.error.empty()) return 0;
  promise(cut.output == whole.output && cut.stats.records == whole.stats.records);

  if (whole.stats.records > 0) {
    BytesSource source(text);
    promise(csv::find_record(source, format, "f", whole.stats.records, format.columns.size()).has_value());
  }
  if (format.file_column) format.columns.push_back({.name = "file"});
  format.file_column = false;
  format.dialect.header = false;
  const auto again =
      read("\n" + whole.output, format,
           whole.output.size() + csv::kShownBytes);  // the line end keeps a BOM or gzip's bytes from the start
  promise(again.error.empty() && again.output == whole.output && again.stats.records == whole.stats.records);
  return 0;
}
