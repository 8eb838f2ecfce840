// Units and receipts as JSON.
#include "backup/unit.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace tabferry::backup {
namespace {

Unit full_unit() {
  return {.id = "revisions/w1/3",
          .verb = Unit::Verb::copy,
          .kind = "revisions",
          .of_kind = "workbooks",
          .luid = "w1",
          .name = "S\"ales\n",
          .natural_key = "A\\/B/Sales",
          .updated_at = "2026-11-20T00:00:00Z",
          .listed_bytes = uint64_t{5} << 33,
          .extension_hint = "tfl",
          .fingerprint = "abc",
          .has_extracts = true,
          .is_personal = true,
          .code = 403157,
          .extract_at = "2026-11-19T00:00:00Z",
          .below = tableau::Below::experimental,
          .path = "workbooks/w1/revisions/3/content",
          .element = "virtualConnection",
          .inner = "content",
          .item = "user",
          .rule = "unchanged",
          .earlier = Earlier{"old/key", 12, "e", "5f", "2026-11-21T10:15:00Z"}};
}

TEST(UnitJson, ComesBackAsItWent) {
  const doc::Json json = to_json(full_unit());
  EXPECT_EQ(to_json(unit_of(json, "test")), json);
  const Unit back = unit_of(json, "test");
  EXPECT_EQ(back.verb, Unit::Verb::copy);
  EXPECT_EQ(back.below, tableau::Below::experimental);
  EXPECT_EQ(back.name, "S\"ales\n");
  EXPECT_EQ(back.listed_bytes, uint64_t{5} << 33);
  EXPECT_TRUE(back.has_extracts);
  EXPECT_TRUE(back.is_personal);
  EXPECT_EQ(back.code, 403157);
  EXPECT_EQ(back.item, "user");
  EXPECT_EQ(back.inner, "content");
  ASSERT_TRUE(back.earlier);
  EXPECT_EQ(back.earlier->key, "old/key");
  EXPECT_EQ(back.earlier->size_bytes, 12u);
  EXPECT_EQ(back.earlier->as_of, "2026-11-21T10:15:00Z");
}

TEST(UnitJson, EveryVerbAndPlaceHasItsWord) {
  for (const auto verb : {Unit::Verb::download, Unit::Verb::reference, Unit::Verb::copy,
                          Unit::Verb::leave, Unit::Verb::read})
    for (const auto below : {tableau::Below::site, tableau::Below::api, tableau::Below::newest,
                             tableau::Below::experimental}) {
      Unit unit = full_unit();
      unit.verb = verb;
      unit.below = below;
      const Unit back = unit_of(to_json(unit), "test");
      EXPECT_EQ(back.verb, verb);
      EXPECT_EQ(back.below, below);
    }
}

TEST(UnitJson, AnotherTypeOrWordIsRefused) {
  for (const auto& [field, value] : {std::pair<std::string, doc::Json>{"verb", "delete"}, {"id", 3},
                                     {"listed_bytes", "12"}, {"has_extracts", 1}}) {
    doc::Json json = to_json(full_unit());
    json[field] = value;
    EXPECT_THROW(unit_of(json, "test"), base::Error) << field;
  }
}

TEST(ReceiptLine, ComesBackAsItWent) {
  const Receipt receipt{.unit = "workbooks/w1",
                        .outcome = Receipt::Outcome::done,
                        .key = "s/workbooks/w1_x.twbx",
                        .size_bytes = 0,
                        .etag = "e",
                        .sha256 = "5f",
                        .code = 404006,
                        .reason = "why \"so\"",
                        .rule = "another one",
                        .tries = 2,
                        .body = R"({"a":[1,{"b":"\n"}]})"};
  const std::string line = to_line(receipt);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const Receipt back = receipt_of(line, "test");
  EXPECT_EQ(to_line(back), line);
  EXPECT_EQ(back.body, receipt.body);
  EXPECT_EQ(back.code, 404006);
  EXPECT_EQ(back.tries, 2);
  EXPECT_EQ(back.key, receipt.key);
}

TEST(ReceiptLine, EveryOutcomeHasItsWord) {
  using Outcome = Receipt::Outcome;
  for (const auto outcome : {Outcome::done, Outcome::referenced, Outcome::gone, Outcome::unavailable, Outcome::failed})
    EXPECT_EQ(receipt_of(to_line({.unit = "u", .outcome = outcome}), "test").outcome, outcome);
  EXPECT_THROW(receipt_of(R"({"unit":"u","outcome":"perhaps"})", "test"), base::Error);
}

}  // namespace
}  // namespace tabferry::backup
