#include "tableau/content_disposition.h"

#include <gtest/gtest.h>

namespace tabferry::tableau {
namespace {

constexpr std::string_view kName = R"(name="tableau_workbook"; )";

std::string behind_name(const std::string& rest) { return filename_in(std::string(kName) + rest); }

TEST(ContentDisposition, FormsThatClientsHaveMet) {
  EXPECT_EQ(behind_name(R"(filename="Sales.twbx")"), "Sales.twbx");
  EXPECT_EQ(behind_name(R"(filename*=UTF-8''"Sales 2025.twb")"), "Sales 2025.twb");
  EXPECT_EQ(behind_name(R"(filename*=UTF-8''Sales%202025.twb)"), "Sales 2025.twb");
  EXPECT_EQ(behind_name(R"(filename=Sales 2025.twb)"), "Sales 2025.twb");
  EXPECT_EQ(behind_name(R"(filename="Sales+2025.twb")"), "Sales 2025.twb");
  EXPECT_EQ(behind_name(R"(filename*=UTF-8''Sales+50%2B1.twb)"), "Sales 50+1.twb");
  EXPECT_EQ(behind_name(R"(filename="Sales%202025.twb")"), "Sales 2025.twb");
  EXPECT_EQ(behind_name(R"(filename="A/B Sales.twb")"), "A/B Sales.twb");
  EXPECT_EQ(behind_name(R"(filename*=UTF-8''%E5%A3%B2%E4%B8%8A%20Sales.twb)"), "売上 Sales.twb");
  EXPECT_EQ(behind_name(R"(filename="売上 Sales.twb")"), "売上 Sales.twb");
  EXPECT_EQ(behind_name(R"(filename="What? Sales.twb")"), "What? Sales.twb");
  EXPECT_EQ(filename_in(R"(attachment; filename="Sales.twbx")"), "Sales.twbx");
  EXPECT_EQ(filename_in(R"(name="tableau_workbook")"), "");
  EXPECT_EQ(filename_in(""), "");
}

TEST(ContentDisposition, TheExtendedNameComesFirst) {
  EXPECT_EQ(filename_in(R"(attachment; filename="plain.twb"; filename*=UTF-8'en'%C3%BC.twb)"), "ü.twb");
  EXPECT_EQ(filename_in(R"(attachment; filename*=UTF-8''; filename="plain.twb")"), "plain.twb");
  EXPECT_EQ(filename_in(R"(ATTACHMENT;FILENAME*=iso-8859-1''%FC.twb)"), "ü.twb");
}

TEST(ContentDisposition, OddCharactersInTheName) {
  EXPECT_EQ(filename_in(R"(attachment; filename="a \"b\" \\ c.twb")"), R"(a "b" \ c.twb)");
  EXPECT_EQ(filename_in(R"(attachment; filename="a "b" c.twb"; size=3)"), R"(a "b" c.twb)");
  EXPECT_EQ(filename_in(R"(attachment; filename="a; b=c.twb"; size=3)"), "a; b=c.twb");
  EXPECT_EQ(filename_in("filename=a; b.twb"), "a; b.twb");
  EXPECT_EQ(filename_in(R"(filename="50% off+more.twb")"), "50% off+more.twb");
  EXPECT_EQ(filename_in("filename=\"\xFC.twb\""), "ü.twb");
  EXPECT_EQ(filename_in("filename=\"%00a%0D%0Ab.twb\""), "ab.twb");
  EXPECT_EQ(filename_in(R"(filename="%FF%FE.twb")"), "%FF%FE.twb");
}

TEST(ContentDisposition, BrokenOnesHarmNobody) {
  EXPECT_EQ(filename_in(";;; ; "), "");
  EXPECT_EQ(filename_in("filename="), "");
  EXPECT_EQ(filename_in("filename"), "");
  EXPECT_EQ(filename_in(R"(filename="open)"), "open");
  EXPECT_EQ(filename_in(R"(filename="ends\)"), R"(ends\)");
  EXPECT_EQ(filename_in("filename*=''"), "");
  EXPECT_EQ(filename_in("filename*='"), "'");
  EXPECT_EQ(filename_in("=;=;=x"), "");
}

}  // namespace
}  // namespace tabferry::tableau
