#include "base/glob.h"

#include <gtest/gtest.h>

namespace tabferry::base {
namespace {

bool paths(const char* pattern, std::string_view text) { return Glob(pattern).matches(text); }
bool fnmatch(const char* pattern, std::string_view text) { return Glob(pattern, Glob::Form::fnmatch).matches(text); }

TEST(Glob, StarStopsAtSlash) {
  EXPECT_TRUE(paths("sales*.csv", "sales_1.csv"));
  EXPECT_TRUE(paths("sales*.csv", "sales.csv"));
  EXPECT_FALSE(paths("sales*.csv", "sales/2024/jan.csv"));
  EXPECT_TRUE(paths("*/x.csv", "a/x.csv"));
  EXPECT_FALSE(paths("*/x.csv", "a/b/x.csv"));
  EXPECT_FALSE(paths("?", "/"));
}

TEST(Glob, TwoStarsCross) {
  EXPECT_TRUE(paths("orders/**/*.csv", "orders/a/b/x.csv"));
  EXPECT_TRUE(paths("orders/**/*.csv", "orders/x.csv"));
  EXPECT_FALSE(paths("orders/**/*.csv", "ordersx.csv"));
  EXPECT_TRUE(paths("**", "a/b"));
  EXPECT_TRUE(paths("a**z", "a/b/z"));
  EXPECT_FALSE(paths("**/x.csv", "ax.csv"));
  EXPECT_TRUE(paths("**/x.csv", "x.csv"));
}

TEST(Glob, FnmatchCrosses) {
  EXPECT_TRUE(fnmatch("sales*.csv", "sales/2024/jan.csv"));
  EXPECT_TRUE(fnmatch("sales?2024*", "sales/2024/jan.csv"));
  EXPECT_TRUE(fnmatch("*[!a]", "a/b"));
}

TEST(Glob, KnowsSets) {
  EXPECT_TRUE(paths("f[0-9].csv", "f7.csv"));
  EXPECT_FALSE(paths("f[0-9].csv", "fx.csv"));
  EXPECT_TRUE(paths("f[!0-9].csv", "fx.csv"));
  EXPECT_TRUE(paths("f[]x].csv", "f].csv"));
  EXPECT_TRUE(paths("f[x.csv", "f[x.csv"));     // never closed: a plain character
  EXPECT_TRUE(paths("100[*] a.csv", "100* a.csv"));
}

TEST(Glob, TakesNamesAsTheyAre) {
  EXPECT_TRUE(paths("a b 'c' \"d\" %41;].csv", "a b 'c' \"d\" %41;].csv"));
  EXPECT_TRUE(paths("東京*.csv", "東京1.csv"));
}

TEST(Glob, IsNotBlownUpByStars) {
  std::string pattern;
  for (int i = 0; i < 40; ++i) pattern += "*a";
  EXPECT_FALSE(paths((pattern + "b").c_str(), std::string(20'000, 'a')));
}

TEST(Glob, PrefixIsWhatAListingNeeds) {
  EXPECT_EQ(Glob("orders/dt=2024-*/x?.csv").literal_prefix(), "orders/dt=2024-");
  EXPECT_EQ(Glob("orders/x.csv").literal_prefix(), "orders/x.csv");
  EXPECT_EQ(Glob("**").literal_prefix(), "");
}

}  // namespace
}  // namespace tabferry::base
