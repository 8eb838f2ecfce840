#include "sim/core/journal.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "base/tempdir.h"
#include "io/file.h"

namespace tabferry::sim {
namespace {

Item site_item() { return Item(Kind::site, "s").set("name", "demo"); }

Item rich_item(const std::string& id) {
  Item item(Kind::schedule, id);
  item.set("name", "every \"hour\"\n\u00fc").set("empty", "").set("_hidden", "x");
  Node intervals("intervals");
  intervals.as_list().add(Node("interval").with("hours", "1")).add(Node("interval").with_flag("last", true));
  return item.put_part(Node("frequencyDetails").with("start", "08:00:00").add(intervals).holding("text"));
}

void expect_rich(const Item& item) {
  EXPECT_EQ(item.get("name"), "every \"hour\"\n\u00fc");
  EXPECT_TRUE(item.has("empty"));
  EXPECT_EQ(item.get("_hidden"), "x");
  const Node& details = *item.part("frequencyDetails");
  EXPECT_EQ(details.text, "text");
  EXPECT_TRUE(details.child("intervals")->is_list);
  EXPECT_TRUE(details.child("intervals")->children.at(1).attributes.at(0).is_flag);
}

struct SimJournal : testing::Test {
  base::TempDir folder{base::default_temp_parent()};
  std::filesystem::path file = folder.path() / "site.jsonl";

  void change(Journal& journal, Site& site, const std::function<void()>& work) {
    site.begin();
    work();
    journal.append(site, site.changes());
    site.commit();
  }
  Site loaded() {
    Site site;
    Journal journal(file);
    EXPECT_TRUE(journal.load(site));
    return site;
  }
};

TEST_F(SimJournal, ThereIsNoneAtFirst) {
  Site site;
  EXPECT_FALSE(Journal(file).load(site));
}

TEST_F(SimJournal, GivesBackWhatWasKept) {
  Site site;
  site.put(site_item());
  Journal journal(file);
  journal.rewrite(site);
  change(journal, site, [&] {
    site.put(rich_item("a"));
    site.put(rich_item("b"));
  });
  change(journal, site, [&] { site.erase(Kind::schedule, "b"); });
  const Site again = loaded();
  expect_rich(again.at(Kind::schedule, "a"));
  EXPECT_EQ(again.all(Kind::schedule).size(), 1U);
  Journal(file).rewrite(again);
  expect_rich(loaded().at(Kind::schedule, "a"));
}

TEST_F(SimJournal, CutAnywhereItHasEachChangeWholeOrNotAtAll) {
  Site site;
  site.put(site_item());
  Journal journal(file);
  journal.rewrite(site);
  const size_t before = io::size_of(file);
  change(journal, site, [&] {
    site.put(rich_item("a"));
    site.put(rich_item("b"));
  });
  const std::string whole = io::read_text(file);
  for (size_t length = before; length <= whole.size(); ++length) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << whole.substr(0, length);
    EXPECT_EQ(loaded().all(Kind::schedule).size(), length == whole.size() ? 2U : 0U) << length;
  }
}

TEST_F(SimJournal, ATornOneCanBeAppendedTo) {
  Site site;
  site.put(site_item());
  Journal(file).rewrite(site);
  std::ofstream(file, std::ios::app) << R"([["+","schedule","torn")";
  Site again;
  Journal journal(file);
  journal.load(again);
  change(journal, again, [&] { again.put(rich_item("a")); });
  expect_rich(loaded().at(Kind::schedule, "a"));
}

TEST_F(SimJournal, RefusesWhatItDidNotWrite) {
  const std::string header = "{\"format\":\"tabferry-sim 2\"}\n";
  for (const std::string& text : {std::string("{broken\n"), header, header + "[[\"+\",\"color\",\"x\",{}]]\n",
                                  header + "nonsense\n", header + "[[\"+\"]]\n", header + "[7]\n",
                                  header + R"([["+","workbook","x",{"_file":"../site.jsonl"}]])"
                                           "\n",
                                  header + R"([["+","permissions","p",{},[{"n":"granteeCapabilities"}]]])"
                                           "\n"}) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
    Site site;
    Journal journal(file);
    EXPECT_THROW(journal.load(site), base::Error) << text;
    EXPECT_EQ(io::read_text(file), text);
  }
}

TEST_F(SimJournal, ForgetsWhatWasOvertaken) {
  Site site;
  site.put(site_item());
  Journal journal(file);
  journal.rewrite(site);
  for (int i = 0; i < 1100; ++i) change(journal, site, [&] { site.put(rich_item("a")); });
  const size_t before = io::size_of(file);
  expect_rich(loaded().at(Kind::schedule, "a"));
  EXPECT_LT(io::size_of(file), before / 100);
}

}  // namespace
}  // namespace tabferry::sim
