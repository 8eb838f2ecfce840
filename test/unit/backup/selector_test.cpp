#include "backup/selector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "tableau/kinds.h"

namespace tabferry::backup {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

bool takes(std::string_view selector, std::string_view natural_key, std::string_view kind = "workbooks") {
  return Selector(selector).matches(kind, "0a1b-LUID", natural_key);
}

TEST(SelectorTest, APathIsAPathOfAnyKind) {
  EXPECT_TRUE(takes("Finance/Daily/Sales", "Finance/Daily/Sales"));
  EXPECT_TRUE(takes("Finance/Daily/Sales", "Finance/Daily/Sales", "flows"));
  EXPECT_FALSE(takes("Finance/Daily/Sales", "Finance/Daily/Sales 2"));
  EXPECT_FALSE(takes("Sales", "Finance/Daily/Sales")) << "a path begins at the top";
  EXPECT_FALSE(takes("finance/Daily/Sales", "Finance/Daily/Sales")) << "names differ by case";
}

TEST(SelectorTest, AStarStaysInItsFolderAndTwoGoAcross) {
  EXPECT_TRUE(takes("Finance/*", "Finance/Sales"));
  EXPECT_FALSE(takes("Finance/*", "Finance/Daily/Sales"));
  EXPECT_TRUE(takes("Finance/**", "Finance/Daily/Sales"));
  EXPECT_FALSE(takes("Finance/**", "Finances/Sales"));
  EXPECT_TRUE(takes("**/Sales", "Finance/Daily/Sales"));
  EXPECT_TRUE(takes("**/Sales", "Sales"));
}

TEST(SelectorTest, ASlashInANameIsNoFolder) {
  EXPECT_TRUE(takes(R"(Finance/In\/Out)", R"(Finance/In\/Out)"));
  EXPECT_TRUE(takes("Finance/*", R"(Finance/In\/Out)"));
  EXPECT_FALSE(takes("Finance/In/Out", R"(Finance/In\/Out)"));
  EXPECT_FALSE(takes(R"(Finance/In\/Out)", "Finance/In/Out"));
}

TEST(SelectorTest, ANameWithWildcardsInItIsFoundAsItIs) {
  EXPECT_TRUE(takes("Finance/[Draft] Sales?", "Finance/[Draft] Sales?"));
  EXPECT_FALSE(takes("Finance/[Draft] Sales", "Finance/Plan Sales"));
}

TEST(SelectorTest, AKindMayBeWrittenInManyWays) {
  for (const auto* kind : {"datasources", "datasource", "Datasource", "DATASOURCES", "data-source", "Data_Sources",
                           "published_data_sources"}) {
    EXPECT_TRUE(takes(std::string(kind) + ":Finance/Sales", "Finance/Sales", "datasources")) << kind;
    EXPECT_FALSE(takes(std::string(kind) + ":Finance/Sales", "Finance/Sales", "workbooks")) << kind;
  }
  EXPECT_TRUE(takes("virtual-connection:A/B", "A/B", "virtual_connections"));
}

TEST(SelectorTest, AKindAloneIsAllOfIt) {
  EXPECT_TRUE(takes("workbooks:", R"(A/B/C\/D)"));
  EXPECT_FALSE(takes("workbooks:", "A/B", "flows"));
}

TEST(SelectorTest, ALuidIsOneItem) {
  EXPECT_TRUE(takes("luid:0A1B-luid", "any/thing"));
  EXPECT_TRUE(takes("workbook:luid:0a1b-LUID", "any/thing"));
  EXPECT_FALSE(takes("flow:luid:0a1b-LUID", "any/thing"));
  EXPECT_FALSE(takes("luid:0a1b", "any/thing"));
}

TEST(SelectorTest, AColonInANameIsWrittenBehindAnotherOne) {
  EXPECT_TRUE(takes(":Sales: EMEA/Report", "Sales: EMEA/Report"));
  EXPECT_TRUE(takes("workbook:Sales: EMEA/Report", "Sales: EMEA/Report"));
  EXPECT_TRUE(takes("Finance/Q1: all", "Finance/Q1: all"));
}

TEST(SelectorTest, WhatIsNoSelectorIsRefused) {
  const auto refusal = [](std::string_view text) { return [text] { (void)Selector(text); }; };
  EXPECT_THAT(refusal("workbok:A/B"),
              ThrowsMessage<base::Error>(AllOf(HasSubstr("workbok"), HasSubstr("did you mean workbooks"))));
  EXPECT_THAT(refusal("Sales: EMEA/Report"), ThrowsMessage<base::Error>(HasSubstr("':Sales: EMEA/Report'")));
  for (const auto* text : {"", ":", "luid:", "workbooks:luid:"}) {
    try {
      (void)Selector(text);
      ADD_FAILURE() << text;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.kind(), base::ErrorKind::usage) << text;
    }
  }
}

TEST(SelectorTest, KnowsEveryKindOfTheCatalogue) {
  for (const auto& row : tableau::listed_kinds())
    EXPECT_TRUE(Selector(std::string(row.kind) + ":").matches(row.kind, "", "a/b")) << row.kind;
  for (const auto& row : tableau::detail_kinds())
    EXPECT_TRUE(Selector(std::string(row.kind) + ":").matches(row.kind, "", "a/b")) << row.kind;
}

}  // namespace
}  // namespace tabferry::backup
