// Plans, made from real directories. (What needs the engine or a site is in e2e.)
#include "publish/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "base/tempdir.h"
#include "publish/outcome_report.h"
#include "store/dir_store.h"

namespace fs = std::filesystem;

namespace tabferry::publish {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

class PlanTest : public testing::Test {
 protected:
  void put(const std::string& key, const std::string& text = "1,x\n") {
    fs::create_directories((bucket_ / key).parent_path());
    std::ofstream(bucket_ / key) << text;
  }
  Objects objects(const std::string& pattern, base::Glob::Form form = base::Glob::Form::paths) const {
    return {.store = store_, .keys = base::Glob(pattern, form), .written = "s3://b/" + pattern};
  }
  DatasourceSpec spec(const std::string& pattern, base::Glob::Form form = base::Glob::Form::paths) const {
    DatasourceSpec spec{.key = "sales", .name = "Sales", .project = "Finance"};
    spec.tables.push_back({.name = {.name = "orders"}, .files = objects(pattern, form), .columns = {{"id", {table::Kind::big_int}}, {"name", {}}}});
    return spec;
  }
  std::vector<std::string> keys(const Plan& plan) const {
    std::vector<std::string> found;
    for (const auto& file : plan.tables.at(0).files) found.push_back(file.key);
    return found;
  }

  base::TempDir temp_{base::default_temp_parent()};
  fs::path bucket_ = temp_.path() / "b";
  std::shared_ptr<store::Store> store_ = std::make_shared<store::DirStore>(bucket_, "s3://b/");
};

TEST_F(PlanTest, TakesMatchingFilesInKeyOrder) {
  for (const char* key : {"o/b.csv", "o/a.csv", "o/x/c.csv", "o/a.txt"}) put(key);
  EXPECT_THAT(keys(make_plan(spec("o/*.csv"), {})), ElementsAre("o/a.csv", "o/b.csv"));
  const auto plan = make_plan(spec("o/**/*.csv"), {});
  EXPECT_THAT(keys(plan), ElementsAre("o/a.csv", "o/b.csv", "o/x/c.csv"));
  EXPECT_EQ(plan.size_bytes(), 12U);
  EXPECT_EQ(plan.file_count(), 3U);
}

TEST_F(PlanTest, TheFileColumnComesLast) {
  put("o/a.csv");
  auto with_column = spec("o/*.csv");
  with_column.tables[0].file_column = "File Path";
  const auto plan = make_plan(with_column, {});
  EXPECT_EQ(plan.tables[0].table.columns.back().name, "File Path");
  EXPECT_EQ(plan.tables[0].format.columns.size(), 2U);
  EXPECT_TRUE(plan.tables[0].format.file_column);
  with_column.tables[0].file_column = "NAME";
  EXPECT_THAT([&] { make_plan(with_column, {}); }, ThrowsMessage<base::Error>(HasSubstr("'NAME' has the name of a column")));
}

TEST_F(PlanTest, NoMatchSaysWhatIsThere) {
  put("o/deep/a.csv");
  EXPECT_THAT([&] { make_plan(spec("o/*.csv"), {}); },
              ThrowsMessage<base::Error>(AllOf(HasSubstr("'orders'"), HasSubstr("s3://b/o/*.csv"), HasSubstr("1 file below"), HasSubstr("o/deep/a.csv"), HasSubstr("** crosses"))));
  EXPECT_THAT([&] { make_plan(spec("zzz/*.csv"), {}); }, ThrowsMessage<base::Error>(HasSubstr("no file at all")));
}

TEST_F(PlanTest, TheHeaderFileIsNeverData) {
  put("sales_header.csv", "id,name\nbigint,text\n");
  put("sales_1.csv");
  auto sample = spec("sales*.csv", base::Glob::Form::fnmatch);
  sample.from_sample = true;
  sample.tables[0].columns.clear();
  sample.tables[0].header_file = objects("sales_header.csv", base::Glob::Form::fnmatch);
  const auto plan = make_plan(sample, {});
  EXPECT_THAT(keys(plan), ElementsAre("sales_1.csv"));
  EXPECT_EQ(table::sql(plan.tables[0].table.columns.at(0).type), "bigint");
  EXPECT_THAT(gaps_of_sample(sample, plan), ElementsAre(HasSubstr("header file fits name_format")));
}

TEST_F(PlanTest, TheHeaderFileMustBeOne) {
  put("o/a.csv");
  auto with_header = spec("o/*.csv");
  with_header.tables[0].header_file = objects("h*.csv");
  EXPECT_THAT([&] { make_plan(with_header, {}); }, ThrowsMessage<base::Error>(HasSubstr("no header file")));
  put("h1.csv", "id\nint\n");
  put("h2.csv", "id\nint\n");
  EXPECT_THAT([&] { make_plan(with_header, {}); }, ThrowsMessage<base::Error>(HasSubstr("fits 2 files")));
}

TEST_F(PlanTest, SaysWhatTheSampleWouldHaveMissed) {
  for (int i = 0; i < 1005; ++i) put(fmt::format("s{:04}.csv", i));
  put("sub/s.csv");
  const auto sample = spec("s*.csv", base::Glob::Form::fnmatch);
  const auto plan = make_plan(sample, {});
  EXPECT_EQ(plan.file_count(), 1006U);
  EXPECT_THAT(gaps_of_sample(sample, plan), ElementsAre(HasSubstr("6 of the 1,006 files lie beyond the first 1,000 keys"), HasSubstr("1 of the 1,006 files lie in folders")));
}

TEST_F(PlanTest, ThereMayBeNoTemplateYet) {
  put("o/a.csv");
  auto no_template = spec("o/*.csv");
  no_template.template_file = temp_.path() / "none.tdsx";
  EXPECT_FALSE(make_plan(no_template, {}).swap_into.has_value());
}

TEST_F(PlanTest, CanBeCancelled) {
  put("o/a.csv");
  std::stop_source source;
  source.request_stop();
  EXPECT_THAT([&] { make_plan(spec("o/*.csv"), source.get_token()); }, ThrowsMessage<base::Error>(HasSubstr("cancelled")));
}

TEST_F(PlanTest, ReportsItself) {
  put("o/a.csv");
  const auto report = report_of(make_plan(spec("o/*.csv"), {}), {"a gap"});
  const auto text = report::to_text(report);
  EXPECT_THAT(text, AllOf(HasSubstr("would publish 'Sales' to project 'Finance': 1 file, 4 B"), HasSubstr("id bigint, name text"), HasSubstr("s3://b/o/a.csv"), HasSubstr("a gap")));
  EXPECT_EQ(report.details["tables"][0]["files"][0]["size_bytes"], 4);
}

TEST(FileName, IsSafeAndReadable) {
  EXPECT_EQ(file_name_for("my.sales", ".tdsx"), "my.sales.tdsx");
  EXPECT_EQ(file_name_for("a/b\\c\n", ".tdsx"), "a_b_c_.tdsx");
  EXPECT_EQ(file_name_for("..", ".hyper"), "_...hyper");
  std::string umlauts = "x";
  for (int i = 0; i < 120; ++i) umlauts += "ä";
  EXPECT_EQ(file_name_for(umlauts, ".tdsx").size(), 199 + 5U);
}

}  // namespace
}  // namespace tabferry::publish
