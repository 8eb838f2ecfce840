// What a new backup builds on.
#include "backup/earlier.h"

#include <gmock/gmock.h>

#include "shelf.h"

namespace tabferry::backup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class EarlierTest : public ShelfTest {
 protected:
  const SiteFacts site_{.server = "https://tableau.example", .luid = "site-luid", .content_url = "sales"};
  std::vector<std::string> notes_;

  Before before() {
    notes_.clear();
    return before_of(store_, snapshots_of(store_, site_), site_, notes_, silent_, {});
  }
};

TEST_F(EarlierTest, OfACopiedStoreTheObjectsAreReadAndReliedOn) {
  auto draft = full_draft();
  draft.seal();
  const auto first = before();
  EXPECT_THAT(notes_, IsEmpty());
  const auto& entry = draft.manifest.entries.front();
  overwrite(entry.key, bytes_of(entry.key));
  const auto again = before();
  EXPECT_EQ(again.saved.size(), first.saved.size());
  EXPECT_EQ(again.saved.at(entry.unit).bytes.etag, store_.stat(entry.key)->etag);
  EXPECT_NE(again.saved.at(entry.unit).bytes.etag, entry.etag);
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("1 object of earlier snapshots")));
  EXPECT_THAT(notes_.front(), HasSubstr("was the store copied"));
}

TEST_F(EarlierTest, WhatIsGoneOrHoldsOtherBytesIsNotReliedOn) {
  auto draft = full_draft();
  draft.seal();
  const auto other = draft.manifest.entries[0], gone = draft.manifest.entries[1];
  overwrite(other.key, std::string(other.size_bytes, '?'));
  erase(gone.key);
  const auto found = before();
  EXPECT_FALSE(found.saved.contains(other.unit));
  EXPECT_FALSE(found.saved.contains(gone.unit));
  EXPECT_EQ(found.saved.size(), draft.manifest.entries.size() - 2);
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("2 objects of earlier snapshots cannot be relied on")));
}

}  // namespace
}  // namespace tabferry::backup
