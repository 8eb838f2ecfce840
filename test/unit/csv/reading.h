// What the tests of this room read with: text as a file, and what came of it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "csv/rewrite.h"
#include "csv/scanner.h"

namespace tabferry::csv {

// Bytes as a source that gives at most `most` of them a read.
class TextSource : public io::ByteSource {
 public:
  explicit TextSource(std::string_view text, size_t most = SIZE_MAX) : rest_(text), most_(most) {}

  size_t read(std::span<char> into) override {
    const size_t count = std::min({into.size(), rest_.size(), most_});
    std::copy_n(rest_.data(), count, into.data());
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
  size_t most_;
};

// "id bigint", "name text" ...
inline std::vector<table::Column> columns(const std::vector<std::pair<std::string, std::string>>& names_and_types) {
  std::vector<table::Column> result;
  for (const auto& [name, type] : names_and_types) result.push_back({.name = name, .type = table::parse_type(type)});
  return result;
}

// Files without a header, of text columns a, b, c ...
inline Format texts(size_t count) {
  Format format;
  format.dialect.header = false;
  for (size_t i = 0; i < count; ++i) format.columns.push_back({.name = std::string(1, static_cast<char>('a' + i))});
  return format;
}

// Files without a header, of one column v.
inline Format one(const std::string& type) {
  Format format;
  format.dialect.header = false;
  format.columns = columns({{"v", type}});
  return format;
}

struct Outcome {
  std::string output;
  FileStats stats;
  std::string error;  // its message; empty where there was none
  base::ErrorKind kind = base::ErrorKind::bug;
};

inline Outcome read(std::string_view text, const Format& format, size_t block_bytes = kBlockBytes,
                    size_t most = SIZE_MAX) {
  TextSource source(text, most);
  Outcome outcome;
  const auto take = [&](std::string_view bytes, uint64_t) {
    outcome.output += bytes;
    return true;
  };
  try {
    outcome.stats = rewrite_in_blocks(source, format, "f.csv", take, {}, block_bytes);
  } catch (const base::Error& error) {
    outcome.error = error.what();
    outcome.kind = error.kind();
  }
  return outcome;
}

// The canonical bytes; a refusal fails the test.
inline std::string canonical(std::string_view text, const Format& format) {
  const auto outcome = read(text, format);
  EXPECT_EQ(outcome.error, "");
  return outcome.output;
}

// The message of the refusal; where there is none, the test fails.
inline std::string refusal(std::string_view text, const Format& format) {
  const auto outcome = read(text, format);
  EXPECT_EQ(outcome.kind, base::ErrorKind::corrupt) << "read as: " << outcome.output;
  return outcome.error;
}

}  // namespace tabferry::csv
