#include "sim/core/site.h"

#include <gtest/gtest.h>

#include "sim/core/refusal.h"

namespace tabferry::sim {
namespace {

Item view(const std::string& id, const std::string& workbook) {
  return Item(Kind::view, id).set("name", "Sheet " + id).set("workbook", workbook).set("_file", "f" + id);
}

std::string ids_of(const std::vector<const Item*>& items) {
  std::string ids;
  for (const Item* item : items) ids += item->id();
  return ids;
}

TEST(SimSite, FindsItemsByIdInAnyCase) {
  Site site;
  site.put(view("ab", "w"));
  EXPECT_NE(site.find(Kind::view, "AB"), nullptr);
  EXPECT_EQ(site.find(Kind::workbook, "ab"), nullptr);
  try {
    site.at(Kind::view, "x");
    ADD_FAILURE();
  } catch (const Refusal& refusal) {
    EXPECT_EQ(refusal.code(), 404011);
  }
}

TEST(SimSite, KnowsChildrenThroughChanges) {
  Site site;
  site.put(view("a", "w"));
  site.put(view("b", "w"));
  EXPECT_EQ(ids_of(site.children(Kind::view, "w")), "ab");
  site.put(view("a", "v"));  // moves
  EXPECT_EQ(ids_of(site.children(Kind::view, "w")), "b");
  EXPECT_EQ(ids_of(site.children(Kind::view, "v")), "a");
  site.erase(Kind::view, "B");
  EXPECT_EQ(ids_of(site.children(Kind::view, "w")), "");
}

TEST(SimSite, RollsBackAll) {
  Site site;
  site.put(view("a", "w"));
  site.begin();
  site.put(view("a", "v").set("name", "Other"));
  site.put(view("b", "v"));
  site.erase(Kind::view, "a");
  site.put(view("a", "x"));
  site.roll_back();
  EXPECT_EQ(site.at(Kind::view, "a").get("name"), "Sheet a");
  EXPECT_EQ(ids_of(site.children(Kind::view, "w")), "a");
  EXPECT_EQ(site.find(Kind::view, "b"), nullptr);
  EXPECT_EQ(site.files(), (std::map<std::string, size_t>{{"fa", 1}}));
}

TEST(SimSite, KeepsWhatIsCommitted) {
  Site site;
  site.begin();
  site.put(view("a", "w"));
  const auto changes = site.commit();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_FALSE(changes[0].before.has_value());
  site.roll_back();  // nothing is open any more
  EXPECT_NE(site.find(Kind::view, "a"), nullptr);
}

TEST(SimSite, RemembersAnItemOnceAsItWas) {
  Site site;
  site.put(view("a", "w"));
  site.begin();
  for (int i = 0; i < 1000; ++i) site.put(view("a", "w").set_number("size", 7));
  site.put(view("new", "w"));
  site.erase(Kind::view, "new");
  ASSERT_EQ(site.changes().size(), 2U);
  EXPECT_FALSE(site.changes()[0].before->has("size"));
  EXPECT_FALSE(site.changes()[1].before.has_value());
  site.roll_back();
  EXPECT_FALSE(site.at(Kind::view, "a").has("size"));
  EXPECT_EQ(site.all(Kind::view).size(), 1U);
}

TEST(SimSite, CountsWhoNamesAFile) {
  Site site;
  site.put(view("a", "w").set("_file", "shared"));
  site.put(view("b", "w").set("_file", "shared"));
  EXPECT_EQ(site.files().at("shared"), 2U);
  site.erase(Kind::view, "a");
  EXPECT_EQ(site.files().at("shared"), 1U);
  site.put(view("b", "w").set("_file", "own"));
  EXPECT_FALSE(site.files().contains("shared"));
}

}  // namespace
}  // namespace tabferry::sim
