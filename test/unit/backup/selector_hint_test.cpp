#include "backup/selector_hint.h"

#include <gmock/gmock.h>

#include "unit/backup/shelf.h"

namespace tabferry::backup {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SelectorHint : public ShelfTest {
 protected:
  SelectorHint() {
    auto draft = full_draft();
    draft.seal();
    name_ = draft.name;
  }
  std::string hint(const std::string& selector) { return hint_for(store_, name_, Selector(selector)); }

  std::string name_;
};

TEST_F(SelectorHint, APartOfAPathIsCompleted) {
  EXPECT_THAT(hint("Orders"), AllOf(HasSubstr("whole path"), HasSubstr("did you mean 'Finance/Daily/Orders'?")));
  EXPECT_THAT(hint("workbooks:finance/sales"), HasSubstr("did you mean 'workbooks:Finance/Sales'?"));
}

TEST_F(SelectorHint, AProjectIsWhatIsInIt) {
  for (const auto* project : {"Finance", "finance/"}) EXPECT_THAT(hint(project), HasSubstr("'Finance/**'")) << project;
  EXPECT_THAT(hint("Daily"), HasSubstr("what is in the project: 'Finance/Daily/**'"));
}

TEST_F(SelectorHint, AKindIsNamedWithAColon) { EXPECT_THAT(hint("workbook"), HasSubstr("'workbook:'")); }

TEST_F(SelectorHint, WhatIsNowhereMayBeInAnEarlierOne) {
  for (const auto* selector : {"Nowhere", "Finance/Nowhere", "Finance/Old/Nowhere"})
    EXPECT_THAT(hint(selector), AllOf(HasSubstr("'**/Nowhere'"), HasSubstr("latest~1"), HasSubstr("latest~2"))) << selector;
  EXPECT_THAT(hint("workbooks:Finance/Now\\/here"), HasSubstr("'workbooks:**/Now\\/here'"));
  for (const auto* selector : {"luid:1", "Nowhere/**", "users:*"})
    EXPECT_THAT(hint(selector), AllOf(HasSubstr("latest~1"), Not(HasSubstr("**/")))) << selector;
}

}  // namespace
}  // namespace tabferry::backup
