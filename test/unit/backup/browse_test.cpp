#include "backup/browse.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "unit/backup/shelf.h"

namespace tabferry::backup {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;
using testing::UnorderedElementsAre;

class ContentsTest : public ShelfTest {
 protected:
  ContentsTest() {
    Draft earlier(store_, "sales", at("2026-11-21T10:15:00Z"));
    const auto entry = earlier.item("workbooks", "workbooks/w9_Old.twbx", "Finance/Old", "old bytes");
    earlier.seal();
    Draft draft = full_draft();
    draft.reference(entry);
    draft.failed("workbooks", "Finance/Broken").last_good =
        Earlier{.key = earlier.name + "/workbooks/w0.twbx", .as_of = "2026-11-01T00:00:00Z"};
    draft.seal();
    name_ = draft.name;
  }

  std::vector<std::string> listed(const std::string& selector) {
    std::vector<std::string> found;
    const auto chosen = selector.empty() ? std::nullopt : std::optional<Selector>(selector);
    visit_contents(store_, name_, chosen,
                   {.entry = [&](const Entry& entry) { found.push_back(entry.kind + ":" + entry.natural_key); },
                    .missing = {},
                    .file = [&](const File& file) { found.push_back(file.key.substr(name_.size() + 1)); }});
    return found;
  }
  Fetched get(const std::string& selector) {
    return get_contents(store_, name_, Selector(selector), out_, 3, silent_, {});
  }
  std::vector<std::string> files() {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(out_))
      if (!entry.is_directory()) found.push_back(entry.path().lexically_relative(out_));
    return found;
  }

  std::string name_;
  fs::path out_ = temp_.path() / "out";
};

TEST_F(ContentsTest, ListsWhatTheSelectorTakes) {
  EXPECT_EQ(listed("").size(), 15U);
  EXPECT_THAT(listed("workbooks:Finance/*"), ElementsAre("workbooks:Finance/Sales", "workbooks:Finance/Plain",
                                                         "workbooks:Finance/Old", "workbooks:Finance/Broken"));
  EXPECT_THAT(listed("flow:"), ElementsAre(R"(flows:Finance/In\/Out)"));
  EXPECT_THAT(listed("luid:LUID-of-Finance/VC"), ElementsAre("virtual_connections:Finance/VC"));
  EXPECT_THAT(listed("users:"), ElementsAre("metadata_tableau/users.json"));
  EXPECT_THAT(listed("metadata_tableau/*"), ElementsAre("metadata_tableau/users.json", "metadata_tableau/site.json"));
  EXPECT_THAT(listed("Nowhere/**"), IsEmpty());
}

TEST_F(ContentsTest, WritesTheFilesAsTheyLie) {
  const auto fetched = get("**");
  EXPECT_EQ(fetched.written, 14U);
  ASSERT_EQ(fetched.problems.size(), 1U);
  EXPECT_THAT(fetched.problems[0].why, testing::AllOf(HasSubstr("failed"), HasSubstr("2026-11-01")));
  EXPECT_EQ(files().size(), 14U);
  EXPECT_EQ(io::read_text(out_ / "workbooks/w1_Sales.twbx"), bytes_of(name_ + "/workbooks/w1_Sales.twbx"));
  EXPECT_EQ(io::read_text(out_ / "workbooks/w9_Old.twbx"), "old bytes") << "a reference is followed";
  EXPECT_EQ(io::read_text(out_ / "README.txt"), "what this is\n");
}

TEST_F(ContentsTest, WritesOverNothing) {
  get("workbooks:Finance/Plain");
  EXPECT_EQ(get("workbooks:Finance/Plain").there_already, 1U);
  const auto file = out_ / "workbooks/w2_Plain.twb";
  auto mine = io::read_text(file);
  mine[0] = ' ';
  std::ofstream(file, std::ios::binary) << mine;
  auto fetched = get("workbooks:Finance/*");
  EXPECT_EQ(fetched.written, 2U);
  ASSERT_EQ(fetched.problems.size(), 2U);
  EXPECT_THAT(fetched.problems[1].why, HasSubstr("there already, with other bytes"));
  EXPECT_EQ(io::read_text(file), mine);
  fs::remove(file);
  fs::create_symlink(temp_.path() / "elsewhere", file);
  EXPECT_EQ(get("workbooks:Finance/Plain").problems.size(), 1U) << "a link is not followed";
  EXPECT_FALSE(fs::exists(temp_.path() / "elsewhere"));
}

TEST_F(ContentsTest, WhatIsDamagedOrMissingIsToldAndNotWritten) {
  const auto damaged = name_ + "/workbooks/w1_Sales.twbx";
  auto bytes = bytes_of(damaged);
  bytes[100] = static_cast<char>(bytes[100] ^ 1);
  overwrite(damaged, bytes);
  erase(name_ + "/workbooks/w2_Plain.twb");
  const auto fetched = get("workbooks:Finance/**");
  EXPECT_EQ(fetched.written, 1U);
  ASSERT_EQ(fetched.problems.size(), 3U);
  EXPECT_EQ(fetched.problems[2].what, "workbooks Finance/Sales");
  EXPECT_THAT(fetched.problems[2].why, HasSubstr("sha256"));
  EXPECT_THAT(files(), ElementsAre("workbooks/w9_Old.twbx"));
}

TEST_F(ContentsTest, AKeyThatLeadsOutOfTheFolderIsRefused) {
  Draft draft(store_, "sales", at("2026-11-23T10:15:00Z"));
  for (const auto* key : {"x/../../escaped", "x//y", "x/a\\b", "x/.", "x/a\nb"}) {
    auto& entry = draft.item("workbooks", fmt::format("workbooks/{}", draft.manifest.entries.size()), "A", "x");
    entry.key = key;
  }
  draft.seal();
  name_ = draft.name;
  EXPECT_EQ(get("workbooks:").problems.size(), 5U);
  EXPECT_THAT(files(), IsEmpty());
  EXPECT_FALSE(fs::exists(temp_.path() / "escaped"));
}

TEST_F(ContentsTest, TheManifestItselfCanBeHad) {
  EXPECT_THAT(listed("manifest.json"), ElementsAre("manifest.json"));
  EXPECT_EQ(get("manifest.json").written, 1U);
  EXPECT_EQ(io::read_text(out_ / "manifest.json"), bytes_of(name_ + "/manifest.json"));
}

TEST_F(ContentsTest, NothingTakenIsAnError) {
  EXPECT_THAT([&] { get("Nowhere/*"); }, ThrowsMessage<base::Error>(HasSubstr("'Nowhere/*' is nothing in")));
}

}  // namespace
}  // namespace tabferry::backup
