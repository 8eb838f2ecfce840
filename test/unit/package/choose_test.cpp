#include "unit/package/packages.h"

using tabferry::base::ErrorKind;
using testing::AllOf;
using testing::HasSubstr;

namespace tabferry::package::test {
namespace {

Model two_extracts() {
  return {.path = "/t/sales.twbx", .extracts = {{.datasource = "Orders, Returns",
                                                 .names = {"Orders", "federated.1", "Returns"},
                                                     .dbname = "Data\\a.hyper", .entry = "Data/a.hyper"},
                                                {.datasource = "Customers", .names = {"Customers"},
                                                 .dbname = "Data/b.hyper", .entry = "Data/b.hyper"}}};
}

std::string refusal(const Model& model, const std::string& choice) {
  return error_of(ErrorKind::config, [&] { choose(model, choice); });
}

TEST(Choose, TheOnlyExtractNeedsNoChoice) {
  Model model = two_extracts();
  model.extracts.pop_back();
  EXPECT_EQ(&choose(model, ""), &model.extracts[0]);
  EXPECT_EQ(&choose(model, "orders"), &model.extracts[0]);
}

TEST(Choose, AWrongChoiceIsRefusedEvenWhereThereIsOnlyOne) {
  Model model = two_extracts();
  model.extracts.pop_back();
  EXPECT_THAT(refusal(model, "Customers"), AllOf(HasSubstr("'Customers'"), HasSubstr("Data\\a.hyper")));
}

TEST(Choose, ByEveryNameInAnyCase) {
  const Model model = two_extracts();
  for (const auto* choice : {"Orders", "RETURNS", "federated.1", "data\\A.hyper", "Data/a.hyper", "Orders, Returns"})
    EXPECT_EQ(&choose(model, choice), &model.extracts[0]) << choice;
  EXPECT_EQ(&choose(model, "customers"), &model.extracts[1]);
  EXPECT_EQ(&choose(model, "data/B.HYPER"), &model.extracts[1]);
}

TEST(Choose, SeveralWithoutAChoiceAreListed) {
  EXPECT_THAT(refusal(two_extracts(), ""), AllOf(HasSubstr("/t/sales.twbx"),
                                                 HasSubstr("'Orders, Returns' ('Data\\a.hyper')"),
                                                     HasSubstr("'Customers' ('Data/b.hyper')"),
                                                 HasSubstr("`extract:`"), HasSubstr("tabferry.yaml")));
}

TEST(Choose, AChoiceThatFitsNoneListsThemAll) {
  EXPECT_THAT(refusal(two_extracts(), "Nobody"), AllOf(HasSubstr("'Nobody'"), HasSubstr("Data\\a.hyper"),
                                                       HasSubstr("Data/b.hyper")));
}

TEST(Choose, AChoiceThatFitsSeveralIsNotGuessed) {
  Model model = two_extracts();
  model.extracts[1].names = {"Orders"};
  EXPECT_THAT(refusal(model, "orders"), AllOf(HasSubstr("fits 2 extracts"), HasSubstr("dbname")));
}

TEST(Choose, AnExtractOutsideOfThePackageIsRefusedWithTheCure) {
  Model model = two_extracts();
  model.extracts.pop_back();
  model.extracts[0].entry.clear();
  model.extracts[0].dbname = "C:/Users/x/sales.hyper";
  for (const auto* choice : {"", "orders"})
    EXPECT_THAT(refusal(model, choice), AllOf(HasSubstr("C:/Users/x/sales.hyper"), HasSubstr("not in the package"),
                                              HasSubstr("Tableau Desktop")));
}

}  // namespace
}  // namespace tabferry::package::test
