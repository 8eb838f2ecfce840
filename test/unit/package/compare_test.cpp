// Does the new extract hold what the document reads?
#include "unit/package/packages.h"

using tabferry::table::Column;
using tabferry::table::Family;
using tabferry::table::Kind;
using tabferry::table::Table;
using tabferry::table::Type;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace tabferry::package::test {
namespace {

Extract reads(std::vector<ModelTable> tables) { return {.datasource = "Sales", .dbname = "Data/x.hyper",
                                                        .entry = "Data/x.hyper", .tables = std::move(tables)}; }

Extract reads_column(ModelColumn column) { return reads({{.name = {"public", "orders"},
                                                          .columns = std::vector{std::move(column)}}}); }

Table orders(std::vector<Column> columns) { return {.name = {"public", "orders"}, .columns = std::move(columns)}; }

Fit fit_of(Family family, int remote_type, Type type) {
  return compare(reads_column({.name = "x", .family = family, .remote_type = remote_type}),
                 {orders({{.name = "x", .type = type}})});
}

TEST(Compare, TheSameFitsSilently) {
  const Fit fit = compare(reads({{.name = {"public", "orders"},
                                  .columns = std::vector<ModelColumn>{{"id", Family::integer, 20},
                                      {"name", Family::string, 129}}},
                                 {.name = {"Extract", "Extract"},
                                  .columns = std::vector<ModelColumn>{{"d", Family::date, 133}}}}),
                          {{.name = {"Extract", "Extract"}, .columns = {{.name = "d", .type = {.kind = Kind::date}}}},
                           orders({{.name = "name", .type = {.kind = Kind::text}},
                                   {.name = "id", .type = {.kind = Kind::big_int}}})});
  EXPECT_THAT(fit.problems, IsEmpty());
  EXPECT_THAT(fit.notes, IsEmpty());
}

TEST(Compare, TypesOfOneFamilyFit) {
  const std::vector<std::pair<Family, std::vector<Kind>>> families = {
      {Family::boolean, {Kind::boolean}},
      {Family::integer, {Kind::small_int, Kind::integer, Kind::big_int, Kind::oid}},
      {Family::real, {Kind::double_precision, Kind::numeric}},
      {Family::string, {Kind::text, Kind::varchar, Kind::character}},
      {Family::date, {Kind::date}},
      {Family::datetime, {Kind::time, Kind::timestamp, Kind::timestamp_tz}},
      {Family::spatial, {Kind::geography}}};
  const std::vector<Kind> refused_everywhere = {Kind::interval, Kind::bytes, Kind::json};
  for (const auto& [family, kinds] : families) {
    for (const auto& [other, other_kinds] : families)
      for (const auto kind : other_kinds) {
        const Fit fit = fit_of(family, 0, {.kind = kind, .precision = 18, .scale = 2, .length = 5});
        EXPECT_EQ(fit.problems.empty(), family == other) << table::name_of(family) << " and kind "
            "" << static_cast<int>(kind);
      }
    for (const auto kind : refused_everywhere) EXPECT_EQ(fit_of(family, 0, {.kind = kind}).problems.size(), 1U);
  }
}

TEST(Compare, AnotherFamilyIsRefusedWithThePlaceAndTheCure) {
  EXPECT_THAT(fit_of(Family::integer, 20, {.kind = Kind::double_precision}).problems,
              ElementsAre(AllOf(HasSubstr("'x'"), HasSubstr("[public].[orders]"), HasSubstr("as integer"),
                                HasSubstr("double precision (real)"), HasSubstr("make the template anew"))));
}

TEST(Compare, AWideningIsAcceptedAndSaid) {
  const Fit fit = fit_of(Family::integer, 3, {.kind = Kind::big_int});
  EXPECT_THAT(fit.problems, IsEmpty());
  EXPECT_THAT(fit.notes, ElementsAre(AllOf(HasSubstr("was int and is bigint"), HasSubstr("both as integer"))));
  EXPECT_THAT(fit_of(Family::real, 131, {.kind = Kind::double_precision}).notes,
              ElementsAre(HasSubstr("was numeric and is double precision")));
  EXPECT_THAT(fit_of(Family::real, 131, {.kind = Kind::numeric, .precision = 18, .scale = 2}).notes, IsEmpty());
  EXPECT_THAT(fit_of(Family::string, 129, {.kind = Kind::varchar, .length = 5}).notes, IsEmpty());
  EXPECT_THAT(fit_of(Family::datetime, 135, {.kind = Kind::timestamp_tz}).notes, IsEmpty());
}

TEST(Compare, WholeNumbersAsNumericFitAnIntegerField) {
  const Fit fit = fit_of(Family::integer, 131, {.kind = Kind::numeric, .precision = 10, .scale = 0});
  EXPECT_THAT(fit.problems, IsEmpty());
  EXPECT_THAT(fit.notes, ElementsAre(HasSubstr("numeric(10,0)")));
  EXPECT_THAT(fit_of(Family::integer, 131, {.kind = Kind::numeric, .precision = 10, .scale = 1}).problems,
              Not(IsEmpty()));
}

TEST(Compare, AMissingTableNamesWhatIsThere) {
  const Fit fit = compare(reads({{.name = {"public", "orders"}}}),
                          {{.name = {"public", "a"}}, {.name = {"public", "b"}}});
  EXPECT_THAT(fit.problems, ElementsAre(AllOf(HasSubstr("'[public].[orders]'"),
                                              HasSubstr("'[public].[a]', '[public].[b]'"))));
  EXPECT_THAT(compare(reads({{.name = {"public", "orders"}}}), {}).problems, ElementsAre(HasSubstr("no table")));
}

TEST(Compare, TheSameTableInAnotherSchemaGivesTheCure) {
  const Fit fit = compare(reads({{.name = {"Extract", "orders"}}}), {{.name = {"public", "orders"}}});
  EXPECT_THAT(fit.problems, ElementsAre(AllOf(HasSubstr("'[Extract].[orders]'"), HasSubstr("in the schema 'public'"),
                                              HasSubstr("`schema: Extract`"))));
}

TEST(Compare, OnlyTheCaseOfATableDiffers) {
  EXPECT_THAT(compare(reads({{.name = {"public", "Orders"}}}), {{.name = {"public", "orders"}}}).problems,
              ElementsAre(AllOf(HasSubstr("'[public].[Orders]'"), HasSubstr("'[public].[orders]'"),
                                HasSubstr("case"))));
}

TEST(Compare, NamesOfObjectsAreJustNames) {
  const table::TableName name{"Extract", "Orders_23CEF6B7A0354FD091B27CE5345C6E4E"};
  EXPECT_THAT(compare(reads({{.name = name, .columns = std::vector<ModelColumn>{{"a", Family::date, 133}}}}),
                      {{.name = name, .columns = {{.name = "a", .type = {.kind = Kind::date}}}}}).problems, IsEmpty());
}

TEST(Compare, AMissingColumnIsAProblemEach) {
  const Fit fit = compare(reads({{.name = {"public", "orders"},
                                  .columns = std::vector<ModelColumn>{{"a", Family::date, 0},
                                      {"Amount", Family::real, 0}, {"c", Family::date, 0}}}}),
                          {orders({{.name = "c", .type = {.kind = Kind::date}},
                                   {.name = "amount", .type = {.kind = Kind::double_precision}}})});
  EXPECT_THAT(fit.problems, ElementsAre(AllOf(HasSubstr("'a'"), HasSubstr("no such column")),
                                        AllOf(HasSubstr("'Amount'"), HasSubstr("'amount'"), HasSubstr("case"))));
}

TEST(Compare, NewColumnsAndTablesAreSaidNotRefused) {
  const Fit fit = compare(reads_column({.name = "x", .family = Family::string, .remote_type = 129}),
                          {orders({{.name = "x"}, {.name = "new 1"}, {.name = "new 2"}}),
                           {.name = {"public", "more"}}});
  EXPECT_THAT(fit.problems, IsEmpty());
  EXPECT_THAT(fit.notes, ElementsAre(AllOf(HasSubstr("2 columns ('new 1', 'new 2')"), HasSubstr("not visible")),
                                     AllOf(HasSubstr("'[public].[more]'"), HasSubstr("not visible"))));
}

TEST(Compare, ManyNewColumnsMakeAShortNote) {
  std::vector<Column> columns{{.name = "x"}};
  for (int i = 0; i < 500; ++i) columns.push_back({.name = "column" + std::to_string(i)});
  const Fit fit = compare(reads_column({.name = "x", .family = Family::string, .remote_type = 129}), {orders(columns)});
  EXPECT_THAT(fit.notes, ElementsAre(AllOf(HasSubstr("500 columns"), HasSubstr("and 490 more"))));
  EXPECT_LT(fit.notes[0].size(), 400U);
}

TEST(Compare, WithoutColumnsTheNameAloneIsComparedAndSaid) {
  EXPECT_THAT(compare(reads({{.name = {"public", "orders"}}}), {orders({{.name = "x"}})}).notes,
              ElementsAre(HasSubstr("by its name only")));
}

TEST(Compare, ColumnsWithoutTypesAreComparedByName) {
  const Fit fit = compare(reads({{.name = {"public", "orders"}, .columns = std::vector<ModelColumn>{{"x"}, {"y"}}}}),
                          {orders({{.name = "x"}})});
  EXPECT_THAT(fit.problems, ElementsAre(HasSubstr("'y'")));
  EXPECT_THAT(fit.notes, ElementsAre(AllOf(HasSubstr("types of 1 column"), HasSubstr("by name only"))));
}

TEST(Compare, WithoutTablesItSaysThatNothingWasCompared) {
  EXPECT_THAT(compare(reads({}), {orders({})}).notes, ElementsAre(HasSubstr("nothing was compared")));
}

}  // namespace
}  // namespace tabferry::package::test
