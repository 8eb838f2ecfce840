#include "csv/canonical.h"

namespace tabferry::csv {
namespace {

// ,"s3://bucket/key" with the dialect's delimiter and quote: always in quotes, so that it is never NULL.
std::string file_field(const Dialect& dialect, std::string_view name) {
  std::string field{dialect.delimiter, dialect.quote};
  for (const char c : name) {
    if (c == dialect.quote) field += c;
    field += c;
  }
  return field + dialect.quote;
}

}  // namespace

Canonical::Canonical(const Format& format, std::string_view name, const Output& output) : output_(output) {
  if (format.file_column) tail_ = file_field(format.dialect, name);
}

void Canonical::add(const Record& record) {
  ++records_;
  if (record.ends_plainly && tail_.empty()) {
    if (run_.data() + run_.size() != record.bytes.data()) flush();
    if (run_.empty()) run_ = {record.bytes.data(), 0};
    run_ = {run_.data(), run_.size() + record.bytes.size() + 1};
    return;
  }
  if (!run_.empty() || copied_.size() > kBlockBytes) flush();
  copied_ += record.bytes;
  copied_ += tail_;
  copied_ += '\n';
}

void Canonical::flush() {
  hand_on(run_);
  hand_on(copied_);
  run_ = {};
  copied_.clear();
}

void Canonical::hand_on(std::string_view bytes) {
  if (wanted_ && !bytes.empty()) wanted_ = output_(bytes, records_);
}

}  // namespace tabferry::csv
