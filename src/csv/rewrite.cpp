#include "csv/rewrite.h"

#include "csv/canonical.h"
#include "csv/header.h"

namespace tabferry::csv {
namespace {

// One file on its way: what happens to each of its records.
class Rewriting {
 public:
  Rewriting(const Format& format, const Origin& origin, const Output& output)
      : format_(format),
        origin_(origin),
        check_(format, origin),
        canonical_(format, origin.name, output),
        header_due_(format.dialect.header) {}

  void take(const Record& record) {
    if (record.blank()) {
      ++stats_.blank_lines;
    } else if (header_due_) {
      header_due_ = false;
      if (auto warning = check_header(record, format_, origin_, check_); !warning.empty())
        stats_.warnings.push_back(std::move(warning));
    } else {
      check_.check(record);
      canonical_.add(record);
      ++stats_.records;
    }
  }

  Canonical& canonical() { return canonical_; }
  FileStats finish(uint64_t size_bytes) {
    stats_.size_bytes = size_bytes;
    return std::move(stats_);
  }

 private:
  const Format& format_;
  const Origin& origin_;
  RecordCheck check_;
  Canonical canonical_;
  bool header_due_;
  FileStats stats_;
};

}  // namespace

FileStats rewrite_in_blocks(io::ByteSource& file, const Format& format, std::string_view name, const Output& output,
                            std::stop_token stop, size_t block_bytes) {
  const Origin origin{.name = name, .columns = format.columns};
  Scanner scanner(file, format.dialect, origin, format.columns.size(), block_bytes);
  Rewriting rewriting(format, origin, output);
  auto& canonical = rewriting.canonical();
  Record record;
  while (canonical.wanted() && scanner.fill()) {
    if (stop.stop_requested()) base::fail_cancelled(fmt::format("reading {}", name));
    while (canonical.wanted() && scanner.next(record)) rewriting.take(record);
    canonical.flush();
  }
  return rewriting.finish(scanner.bytes_read());
}

FileStats rewrite(io::ByteSource& file, const Format& format, std::string_view name, const Output& output,
                  std::stop_token stop) {
  return rewrite_in_blocks(file, format, name, output, stop, kBlockBytes);
}

}  // namespace tabferry::csv
