#include "sim/content/publishing.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/tempdir.h"
#include "sim/content/draft.h"
#include "sim/content/erase.h"
#include "sim/content/projects.h"
#include "sim/content/revisions.h"
#include "sim/content/views_of.h"
#include "support/refusal.h"

namespace tabferry::sim {
namespace {

// The demo site, its administrator, and what is published to its default project.
class SimPublishing : public testing::Test {
 protected:
  // The work at a desk, kept like a request's.
  template <class Work>
  auto at_desk(Work work) {
    return simulator_.change([&](World& world) {
      Desk desk{simulator_, world, world.site, &world.site.all(Kind::user).begin()->second, simulator_.now_text()};
      return work(desk);
    });
  }

  static std::string owner_of(const Desk& desk) { return desk.user->id(); }

  static Draft draft(const Desk& desk, Kind kind, const std::string& name, bool overwrite) {
    Draft draft(kind == Kind::workbook ? "workbook" : kind == Kind::flow ? "flow" : "datasource");
    draft.with("name", name).with("project", default_project_id(desk.site)).with("owner", owner_of(desk));
    draft.with("_file", name + ".bin").with("_fileType", "twbx").with_number("_sizeBytes", 3 << 20);
    return draft.with_flag("_overwrite", overwrite);
  }

  Item publish(const std::string& name, Kind kind = Kind::workbook, bool overwrite = false,
               const std::vector<std::string>& sheets = {"A"}) {
    return at_desk([&](Desk& desk) {
      Node views("views");
      for (const auto& sheet : sheets) views.add(Node("view").with("name", sheet));
      return Item(carry_out(desk, kind, draft(desk, kind, name, overwrite).add(std::move(views))));
    });
  }

  size_t count(Kind kind) {
    return simulator_.locked([&](World& world) { return world.site.all(kind).size(); });
  }

  base::TempDir folder_{base::default_temp_parent()};
  Simulator simulator_{folder_.path(), {}, base::system_clock()};
};

TEST_F(SimPublishing, ANameIsOneNameWhateverItsCase) {
  publish("Sales");
  EXPECT_EQ(code_of([&] { publish("SALES"); }), 403007);
  publish("Sales", Kind::flow);
  EXPECT_EQ(code_of([&] { publish("sales", Kind::flow); }), 409041);
  EXPECT_EQ(publish("sAles", Kind::workbook, true).get("name"), "Sales");
  EXPECT_EQ(count(Kind::workbook), 1U);
}

TEST_F(SimPublishing, ContentUrlsAreUniqueOnTheSite) {
  EXPECT_EQ(publish("A B").get("contentUrl"), "AB");
  const std::string second = publish("AB").get("contentUrl");
  EXPECT_TRUE(second.starts_with("AB_")) << second;
  EXPECT_NE(publish("ab ").get("contentUrl"), second);
  EXPECT_EQ(publish("AB", Kind::datasource).get("contentUrl"), "AB");  // another kind
  EXPECT_EQ(publish("売上").get("contentUrl"), "Workbook");
  EXPECT_FALSE(publish("AB", Kind::flow).has("contentUrl"));
}

TEST_F(SimPublishing, AContentUrlIsFreeWhenItsItemIsGone) {
  const Item item = publish("Sales");
  at_desk([&](Desk& desk) {
    erase_content(desk, item);
    return 0;
  });
  EXPECT_EQ(publish("Sales").get("contentUrl"), "Sales");
}

TEST_F(SimPublishing, AnOverwriteKeepsWhatItIs) {
  const Item first = publish("Sales", Kind::workbook, false, {"A", "B"});
  const Item second = publish("Sales", Kind::workbook, true, {"B", "C"});
  EXPECT_EQ(second.id(), first.id());
  EXPECT_EQ(second.get("contentUrl"), first.get("contentUrl"));
  EXPECT_EQ(current_revision(second), 2U);
  EXPECT_EQ(second.get("sheetCount"), "2");
  EXPECT_EQ(count(Kind::view), 2U);
  EXPECT_EQ(count(Kind::revision), 1U);
}

TEST_F(SimPublishing, RevisionsHaveTheLimitOfTheSite) {
  at_desk([](Desk& desk) {
    desk.site.put(Item(desk.site.self()).set("revisionLimit", "3"));
    return 0;
  });
  for (int number = 0; number < 6; ++number) publish("Sales", Kind::workbook, true);
  EXPECT_EQ(count(Kind::revision), 2U);  // and the newest one, which is the workbook
  at_desk([](Desk& desk) {
    desk.site.put(Item(desk.site.self()).set("revisionHistoryEnabled", "false"));
    return 0;
  });
  publish("Other", Kind::workbook, true);
  publish("Other", Kind::workbook, true);
  EXPECT_EQ(count(Kind::revision), 2U);
}

TEST_F(SimPublishing, ViewsFollowTheirWorkbook) {
  const Item item = publish("Sales", Kind::workbook, false, {"S 1", "S1"});
  at_desk([&](Desk& desk) {
    follow_workbook(desk, Item(desk.site.at(Kind::workbook, item.id())).set("owner", "somebody"));
    const auto views = views_of(desk.site, item, true);
    EXPECT_EQ(views[0]->get("contentUrl") + " " + views[1]->get("contentUrl"), "Sales/sheets/S1 Sales/sheets/S1_1");
    EXPECT_EQ(views[0]->get("owner"), "somebody");
    return 0;
  });
}

TEST_F(SimPublishing, WhatPointsAtContentGoesWithIt) {
  const Item book = publish("Sales");
  const Item other = publish("Other");
  at_desk([&](Desk& desk) {
    const std::string view = views_of(desk.site, book, true).front()->id();
    Site& site = desk.site;
    site.put(Item(Kind::favorite, "f1").set("user", "u").set("view", view));
    site.put(Item(Kind::favorite, "f2").set("user", "u").set("workbook", other.id()));
    site.put(Item(Kind::subscription, "s").put_part(Node("content").with("id", view).with("type", "View")));
    site.put(Item(Kind::extract_task, "t").set("workbook", book.id()));
    site.put(Item(Kind::custom_view, "c").set("view", view));
    site.put(Item(Kind::favorite, "f3").set("user", "u").set("customView", "c"));
    erase_content(desk, book);
    EXPECT_TRUE(site.all(Kind::subscription).empty() && site.all(Kind::extract_task).empty());
    EXPECT_TRUE(site.all(Kind::custom_view).empty());
    EXPECT_EQ(site.all(Kind::favorite).size(), 1U);
    EXPECT_EQ(site.all(Kind::view).size(), 1U);
    EXPECT_NE(site.find(Kind::favorite, "f2"), nullptr);
    return 0;
  });
}

TEST_F(SimPublishing, ARefusedPublishChangesNothing) {
  const size_t before = count(Kind::workbook);
  EXPECT_EQ(code_of([&] {
              at_desk([&](Desk& desk) {
                Node links("connections");
                links.add(Node("connection").with("type", "sqlproxy").with("datasourceUrl", "Nowhere"));
                carry_out(desk, Kind::workbook, draft(desk, Kind::workbook, "Sales", false).add(std::move(links)));
                return 0;
              });
            }),
            403132);
  EXPECT_EQ(count(Kind::workbook), before);
}

TEST(SimDraft, RefusesWhatAClientMayNotSay) {
  const auto code = [](const std::string& workbook) {
    try {
      wanted_of(Kind::workbook, "<tsRequest>" + workbook + "</tsRequest>", "me");
    } catch (const Refusal& refusal) {
      return refusal.code();
    }
    return 0;
  };
  EXPECT_EQ(code("<workbook name='x' showTabs='True'/>"), 0);
  EXPECT_EQ(code("<workbook name='x' showTabs='maybe'/>"), 400000);
  EXPECT_EQ(code("<workbook name='x' createdAt='2026-01-01T00:00:00Z'/>"), 400000);
  EXPECT_EQ(code("<workbook name='x'><owner id='y'/></workbook>"), 400000);
  EXPECT_EQ(code("<workbook/>"), 400000);
}

TEST(SimDraft, GivesCredentialsToTheConnectionsTheyAreFor) {
  const Wanted wanted = wanted_of(Kind::workbook, R"(<tsRequest><workbook name="x"><connections>
      <connection serverAddress="DB" serverPort="1">
      <connectionCredentials name="u" password="hush" embed="True"/></connection>
      </connections></workbook></tsRequest>)",
                                  "me");
  Opened content;
  content.connections.resize(3);
  content.connections[0].server = "db", content.connections[0].port = "1";
  content.connections[1].server = "db", content.connections[1].port = "2";
  content.connections[2].server = "other";
  Draft draft = wanted.draft;
  describe_file(draft, wanted.asked, content);
  std::string embedded;
  for (const auto& connection : draft.child("connections")->children) {
    embedded += connection.attribute_or("embedPassword", "") + " ";
    EXPECT_FALSE(connection.attribute("password"));
  }
  EXPECT_EQ(embedded, "true false false ");
}

TEST(SimDraft, CountsMegabytesAndNothingAsOne) {
  EXPECT_EQ(megabytes(0), 1U);
  EXPECT_EQ(megabytes(1), 1U);
  EXPECT_EQ(megabytes((uint64_t{5} << 20) + 12345), 5U);
}

}  // namespace
}  // namespace tabferry::sim
