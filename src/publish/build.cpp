#include "publish/build.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::publish {
namespace {

// Opens more files ahead as the current one is read, and tells the reporter how far the step is.
class ReportedSource : public io::ByteSource {
 public:
  ReportedSource(Files& files, uint64_t done_before, report::Reporter& reporter, report::Progress& progress)
      : files_(files), done_before_(done_before), reporter_(reporter), progress_(progress) {}
  size_t read(std::span<char> into) override {
    const size_t got = files_.source().read(into);
    progress_.done = done_before_ + files_.taken_bytes();
    reporter_.progress(progress_);
    return got;
  }

 private:
  Files& files_;
  const uint64_t done_before_;
  report::Reporter& reporter_;
  report::Progress& progress_;
};

// Loads one table. What it keeps of each file is its first record's number: enough to find a refused record again.
class TableLoad {
 public:
  TableLoad(hyper::Session& session, const PlannedTable& planned, Files& files, report::Reporter& reporter,
            std::stop_token stop)
      : planned_(planned),
        files_(files),
        reporter_(reporter),
        stop_(std::move(stop)),
        copy_(session.copy_in(planned.table, options())) {
    loaded_.name = planned.table.name;
    progress_.step = "loading " + table::display(loaded_.name);
    progress_.total = planned.size_bytes;
  }

  LoadedTable run() {
    const auto before = planned_.store->compared();
    while (const auto* file = files_.next()) {
      first_records_.push_back(loaded_.rows + 1);
      if (!load(*file)) break;
    }
    const auto after = planned_.store->compared();
    loaded_.compared = {.objects = after.objects - before.objects,
                        .with_checksum = after.with_checksum - before.with_checksum};
    const auto result = copy_.finish();
    if (result.bad) fail_bad_record(*result.bad);
    if (result.rows != loaded_.rows)
      base::fail(ErrorKind::bug,
                 "table {}: {} records were handed to the engine and {} rows came out; nothing was published",
                 base::quoted(table::display(loaded_.name)), loaded_.rows, result.rows);
    if (loaded_.rows == 0) fail_no_rows();
    return std::move(loaded_);
  }

 private:
  hyper::CopyOptions options() const {
    const auto& dialect = planned_.format.dialect;
    return {.delimiter = dialect.delimiter, .quote = dialect.quote, .null_string = dialect.null_string};
  }

  // False: the engine has refused a record.
  bool load(const store::Object& file) {
    const auto url = planned_.store->url(file.key);
    ReportedSource source(files_, loaded_.size_bytes, reporter_, progress_);
    bool wanted = true;
    const auto hand_on = [&](std::string_view bytes, uint64_t records) {
      progress_.rows = loaded_.rows + records;
      return wanted = copy_.write(bytes);
    };
    const auto stats = csv::rewrite(source, planned_.format, url, hand_on, stop_);
    if (stats.records == 0 && wanted) loaded_.empty_files.push_back(url);
    loaded_.files += 1;
    loaded_.size_bytes += file.size_bytes;
    loaded_.rows += stats.records;
    loaded_.blank_lines += stats.blank_lines;
    loaded_.warnings.insert(loaded_.warnings.end(), stats.warnings.begin(), stats.warnings.end());
    return wanted;
  }

  // The engine counts records over the whole COPY; the file that holds the record is read again to find its line.
  [[noreturn]] void fail_bad_record(const hyper::BadRecord& bad) const {
    const auto place = bad.record == 0 ? std::string("a record") : place_of(bad);
    base::fail(ErrorKind::corrupt, "{}: the engine refuses it: {}. Nothing was published", place, bad.reason);
  }

  std::string place_of(const hyper::BadRecord& bad) const {
    const auto after = std::upper_bound(first_records_.begin(), first_records_.end(), bad.record);
    const auto index = static_cast<size_t>(after - first_records_.begin()) - 1;
    const auto& file = planned_.files[index];
    const auto url = planned_.store->url(file.key);
    const auto source = open_file(planned_, file);
    const auto place =
        csv::find_record(*source, planned_.format, url, bad.record - first_records_[index] + 1, column_of(bad));
    if (!place) return fmt::format("{}: record {}", url, bad.record - first_records_[index] + 1);
    if (place->column == 0) return fmt::format("{}: line {}", url, place->line);
    return fmt::format("{}: line {}, column {} ({}), type {}: {}", url, place->line, place->column, place->column_name,
                       table::sql(planned_.table.columns[place->column - 1].type), base::quoted(place->value));
  }

  size_t column_of(const hyper::BadRecord& bad) const {
    const auto& columns = planned_.format.columns;
    if (bad.column_name.empty()) return bad.column <= columns.size() ? bad.column : 0;
    const auto at = std::find_if(columns.begin(), columns.end(),
                                 [&](const auto& column) { return column.name == bad.column_name; });
    return at == columns.end() ? 0 : static_cast<size_t>(at - columns.begin()) + 1;
  }

  [[noreturn]] void fail_no_rows() const {
    base::fail(ErrorKind::refused,
               "table {}: {} matched {} and hold no row at all; an empty table is never published. What the site has "
               "stays as it is",
               base::quoted(table::display(loaded_.name)), base::counted(loaded_.files, "file"),
               base::quoted(planned_.pattern, 400));
  }

  const PlannedTable& planned_;
  Files& files_;
  report::Reporter& reporter_;
  std::stop_token stop_;
  hyper::CopyIn copy_;
  LoadedTable loaded_;
  report::Progress progress_;
  std::vector<uint64_t> first_records_;  // of each file, over the whole table
};

}  // namespace

std::vector<LoadedTable> build_extract(hyper::Session& session, const Plan& plan, Files& first_files,
                                       const std::filesystem::path& file, report::Reporter& reporter,
                                       std::stop_token stop) {
  session.create_database(file.string());
  std::vector<LoadedTable> loaded;
  for (const auto& planned : plan.tables) {
    reporter.step(fmt::format("loading {} into table {}", base::counted(planned.files.size(), "file"),
                              base::quoted(table::display(planned.table.name))));
    session.create_table(planned.table);
    if (&planned == &plan.tables.front()) {
      loaded.push_back(TableLoad(session, planned, first_files, reporter, stop).run());
      continue;
    }
    Files files(planned);
    loaded.push_back(TableLoad(session, planned, files, reporter, stop).run());
  }
  session.detach();
  return loaded;
}

}  // namespace tabferry::publish
