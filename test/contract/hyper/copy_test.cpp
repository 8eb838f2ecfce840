// Loading: refusals with their place, streams of any size, the end of the engine and of patience.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "contract/hyper/running_engine.h"
#include "hyper/process.h"

namespace fs = std::filesystem;
using testing::HasSubstr;

namespace tabferry::hyper {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class Loading : public testing::Test {
 protected:
  void SetUp() override { session_.create_database(running_.file("x.hyper")); }

  // Loads into a table of (id int, `type`), so that the second column is judged.
  BadRecord refusal(const std::string& type, const std::string& csv, bool nullable = true) {
    auto table = make_table("t" + std::to_string(++tables_), {{"id", "int"}, {"value", type}});
    table.columns[1].nullable = nullable;
    session_.create_table(table);
    const auto result = load(session_, table, csv);
    EXPECT_TRUE(result.bad) << type << " took " << csv;
    EXPECT_EQ(session_.row_count(table.name), 0U) << "a refused COPY leaves nothing";
    return result.bad.value_or(BadRecord{});
  }

  RunningEngine running_;
  Session session_ = running_.engine.connect({});
  int tables_ = 0;
};

void expect_bad(const BadRecord& bad, uint64_t record, size_t column, const std::string& name, const std::string& reason) {
  EXPECT_EQ(bad.record, record) << bad.reason;
  EXPECT_EQ(bad.column, column) << bad.reason;
  EXPECT_EQ(bad.column_name, name) << bad.reason;
  EXPECT_EQ(bad.reason, reason);
}

TEST_F(Loading, ValuesThatTheirTypeRefuses) {
  expect_bad(refusal("int", "1,1\n\"2\",2\n3,x\n"), 3, 2, "value", "invalid input syntax for integer");
  expect_bad(refusal("int", "1,1\nx,2\n"), 2, 1, "id", "invalid input syntax for integer");
  expect_bad(refusal("int", "1,99999999999\n"), 1, 2, "value", "numeric overflow");
  expect_bad(refusal("smallint", "1,40000\n"), 1, 2, "value", "numeric overflow");
  expect_bad(refusal("numeric(4,2)", "1,1.25\n2,100\n"), 2, 2, "value", "numeric overflow");
  expect_bad(refusal("double", "1,1\n2,x\n"), 2, 2, "value", "invalid input syntax for double precision");
  expect_bad(refusal("bool", "1,t\n2,perhaps\n"), 2, 2, "value", "invalid input syntax for bool");
  expect_bad(refusal("varchar(3)", "1,abc\n2,abcd\n"), 2, 2, "value", "string too large for target string type");
  expect_bad(refusal("char(3)", "1,abc\n2,abcd\n"), 2, 2, "value", "string too large for target string type");
  expect_bad(refusal("json", "1,{}\n2,{\n"), 2, 2, "value", "invalid JSON document");
  expect_bad(refusal("bytes", "1,\\x00\n2,\\xzz\n"), 2, 2, "value", "invalid bytes format");
  expect_bad(refusal("oid", "1,1\n2,-1x\n"), 2, 2, "value", "invalid oid");
  expect_bad(refusal("interval", "1,P1D\n2,soon\n"), 2, 2, "value", "invalid interval literal 'soon'");
  expect_bad(refusal("time", "1,10:00\n2,noon\n"), 2, 2, "value", "Invalid string token in timestamp literal 'noon'");
  expect_bad(refusal("geography", "1,POINT(1 2)\n2,here\n"), 2, 2, "value",
             "invalid geography format (valid well known text is required)");
  expect_bad(refusal("date", "1,2024-02-29\n2,2024-02-30\n"), 2, 2, "value",
             "invalid timestamp literal '2024-02-30': Overflowing Date Unit. Parsed with strict date style YMD.");
}

TEST_F(Loading, RecordsOfTheWrongShape) {
  expect_bad(refusal("int", "1,1\n2\n"), 2, 0, "", "too few columns in input file");
  expect_bad(refusal("int", "1,1\n\n"), 2, 0, "", "too few columns in input file");
  expect_bad(refusal("int", "1,1\n2,2,3\n"), 2, 0, "", "too many columns in input file");
  expect_bad(refusal("text", "1,a\n2,\"b\n"), 2, 0, "", "unterminated CSV quoted field");
}

TEST_F(Loading, NullWhereThereMustBeAValue) {
  expect_bad(refusal("int", "1,1\n2,\n", false), 2, 2, "value",
             "The scanned data violates the NOT NULL constraint of column \"value\"");
}

TEST_F(Loading, BytesThatAreNotUtf8) {
  expect_bad(refusal("text", "1,a\n2,a\xff\n"), 2, 2, "value", "invalid UTF-8 sequence");
}

TEST_F(Loading, ARecordKeepsItsNumberFarIntoTheStreamThoughFieldsHoldNewlines) {
  std::string csv;
  constexpr uint64_t kRecords = 400'000, kBad = 387'654;
  for (uint64_t record = 1; record <= kRecords; ++record)
    csv += (record == kBad ? "x" : std::to_string(record)) + (record % 100 == 0 ? ",\"two\nlines\"\n" : ",one\n");
  expect_bad(refusal("text", csv), kBad, 1, "id", "invalid input syntax for integer");
}

TEST_F(Loading, ARefusalAtTheStartOfALongStreamIsToldAndTheSessionGoesOn) {
  const auto table = many_rows_table();
  session_.create_table(table);
  auto copy = session_.copy_in(table, {});
  copy.write("x,not a number\n");
  const std::string rows = many_rows(1, 20'000);   // 1.7 MB
  for (int i = 0; i < 20 && copy.write(rows); ++i) {}
  expect_bad(*copy.finish().bad, 1, 2, "row", "invalid input syntax for integer");
  EXPECT_EQ(load(session_, table, many_rows(1, 10)).rows, 10U);
}

TEST_F(Loading, AnEngineThatIsAskedToEndSaysSo) {
  const auto table = many_rows_table();
  session_.create_table(table);
  auto copy = session_.copy_in(table, {});
  const std::string rows = many_rows(1, 20'000);
  copy.write(rows);
  ::kill(running_.engine.pid(), SIGTERM);
  const auto error = error_of([&] {
    while (copy.write(rows)) {}
    copy.finish();
  });
  EXPECT_EQ(error.kind(), base::ErrorKind::io);
  EXPECT_THAT(error.what(), HasSubstr("loading the table 'many'"));
  EXPECT_THAT(error.what(), HasSubstr("exit status 0. Its last words: 'Received shutdown signal"));
}

TEST_F(Loading, FiftyMegabytesTakeNoMemoryOfOurs) {
  const auto table = many_rows_table();
  session_.create_table(table);
  const std::string rows = many_rows(1, 1000);
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);
  auto copy = session_.copy_in(table, {});
  uint64_t sent = 0, calls = 0;
  for (; sent < 50'000'000; sent += rows.size(), ++calls) ASSERT_TRUE(copy.write(rows));
  EXPECT_EQ(copy.finish().rows, calls * 1000);
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 12 * 1024) << "kB more at the peak";
  EXPECT_EQ(session_.row_count(table.name), calls * 1000);
  EXPECT_GT(running_.engine.peak_memory_bytes(), 50'000'000U);
}

TEST_F(Loading, PiecesOfAnySizeMakeTheSameStream) {
  const auto table = many_rows_table();
  session_.create_table(table);
  const std::string rows = many_rows(1, 40'000);
  auto copy = session_.copy_in(table, {});
  size_t at = 0;
  for (const size_t size : {size_t{1}, size_t{7}, (size_t{1} << 20) - 8, size_t{1} << 20, size_t{1}, (size_t{1} << 20) + 1, rows.size()}) {
    copy.write(std::string_view(rows).substr(at, size));
    at = std::min(at + size, rows.size());
  }
  EXPECT_EQ(copy.finish().rows, 40'000U);
  EXPECT_EQ(session_.query("SELECT sum(row), count(DISTINCT words) FROM many"),
            (std::vector<std::vector<std::optional<std::string>>>{{"800020000", "40000"}}));
}

TEST_F(Loading, NothingAtAllIsZeroRows) {
  const auto table = many_rows_table();
  session_.create_table(table);
  EXPECT_EQ(session_.copy_in(table, {}).finish().rows, 0U);
}

TEST_F(Loading, AnUnfinishedCopyIsRolledBack) {
  const auto table = many_rows_table();
  session_.create_table(table);
  {
    auto copy = session_.copy_in(table, {});
    copy.write(many_rows(1, 30'000));
  }
  EXPECT_EQ(error_of([&] { session_.query("SELECT 1"); }).kind(), base::ErrorKind::io);
  Session other = running_.engine.connect({});
  other.attach(running_.file("x.hyper"));
  EXPECT_EQ(other.row_count(table.name), 0U);
}

TEST_F(Loading, CancellingEndsAStreamInMidWrite) {
  std::stop_source source;
  Session session = running_.engine.connect(source.get_token());
  session.create_database(running_.file("cancelled.hyper"));
  const auto table = many_rows_table();
  session.create_table(table);
  auto copy = session.copy_in(table, {});
  const std::string rows = many_rows(1, 10'000);
  copy.write(rows);
  hold(running_.engine);   // it takes no more: write() must wait
  std::atomic<int> writes = 0;
  steady_clock::time_point asked;
  std::jthread user([&] {   // asks when no write has come back for a while
    for (int seen = -1, same = 0; same < 20; pause_for(milliseconds(5))) {
      const int now = writes;
      same = now == seen ? same + 1 : 0;
      seen = now;
    }
    asked = steady_clock::now();
    source.request_stop();
  });
  const auto error = error_of([&] { for (;; ++writes) copy.write(rows); });
  const auto waited = steady_clock::now() - asked;
  ::kill(running_.engine.pid(), SIGCONT);
  EXPECT_EQ(error.kind(), base::ErrorKind::cancelled);
  EXPECT_THAT(error.what(), HasSubstr("loading the table 'many'"));
  EXPECT_LT(waited, std::chrono::seconds(2));
}

TEST_F(Loading, CancellingEndsAWaitForAnAnswer) {
  std::stop_source source;
  Session session = running_.engine.connect(source.get_token());
  hold(running_.engine);
  std::jthread user([&] { source.request_stop(); });
  EXPECT_EQ(error_of([&] { session.query("SELECT 1"); }).kind(), base::ErrorKind::cancelled);
  ::kill(running_.engine.pid(), SIGCONT);
}

TEST_F(Loading, AnEngineThatIsKilledSaysHow) {
  const auto table = many_rows_table();
  session_.create_table(table);
  auto copy = session_.copy_in(table, {});
  const std::string rows = many_rows(1, 10'000);
  copy.write(rows);
  ::kill(running_.engine.pid(), SIGKILL);
  const auto error = error_of([&] {
    for (int i = 0; i < 1000; ++i) copy.write(rows);
    copy.finish();
  });
  EXPECT_EQ(error.kind(), base::ErrorKind::io);
  EXPECT_THAT(error.what(), HasSubstr("died while loading the table 'many': signal 9 (the system kills the largest process"));
  EXPECT_FALSE(running_.engine.alive());
  EXPECT_EQ(running_.engine.peak_memory_bytes(), 0U);
  EXPECT_EQ(error_of([&] { session_.query("SELECT 1"); }).kind(), base::ErrorKind::io);
  EXPECT_THAT(error_of([&] { running_.engine.connect({}); }).what(), HasSubstr("it has died: signal 9"));
}

TEST_F(Loading, MemoryThatRunsOutIsNoBadRecord) {
  const auto table = many_rows_table();
  session_.create_table(table);
  session_.query("SET session_memory_limit = '2m'");
  const auto error = error_of([&] { load(session_, table, many_rows(1, 100'000)); });
  EXPECT_EQ(error.kind(), base::ErrorKind::io);
  EXPECT_THAT(error.what(), HasSubstr("Cannot allocate"));
  EXPECT_THAT(error.what(), HasSubstr("memory ran out"));
}

// A disk of 4 MB, where the test may mount one; else a limit on the size of the engine's files, which it meets in the
// same call.
class SmallDisk {
 public:
  explicit SmallDisk(const fs::path& folder) : folder_(folder) {
    fs::create_directory(folder_);
    mounted_ = ::mount("none", folder_.c_str(), "tmpfs", 0, "size=4m") == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  void limit(int pid) const {
    if (mounted_) return;
    const rlimit small{4 << 20, 4 << 20};
    ASSERT_EQ(::prlimit(pid, RLIMIT_FSIZE, &small, nullptr), 0) << "no disk could be made small: neither mount nor prlimit works";
  }
  std::string file() const { return (folder_ / "x.hyper").string(); }
  bool mounted() const { return mounted_; }

 private:
  fs::path folder_;
  bool mounted_ = false;
};

TEST_F(Loading, AFullDiskIsNoBadRecord) {
  session_.detach();
  const SmallDisk disk(running_.folder.path() / "small");
  RecordProperty("mounted", disk.mounted() ? "yes" : "no: a file size limit instead");
  disk.limit(running_.engine.pid());
  session_.create_database(disk.file());
  const auto table = many_rows_table();
  session_.create_table(table);
  const auto error = error_of([&] { load(session_, table, many_rows(1, 300'000)); });
  EXPECT_EQ(error.kind(), base::ErrorKind::io) << error.what();
  EXPECT_THAT(error.what(), HasSubstr("loading the table 'many'"));
  EXPECT_THAT(error.what(), HasSubstr("is full"));
  EXPECT_THAT(error.what(), HasSubstr("small"));
}

}  // namespace
}  // namespace tabferry::hyper
