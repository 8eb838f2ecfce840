#include "tableau/projects.h"

#include "site_fixture.h"

namespace tabferry::tableau {
namespace {

class Projects : public SiteTest {
 protected:
  void expect_page(int number, const std::string& items, const std::string& pagination, int size = 1000) {
    server.expect("GET", fmt::format("{}projects?pageSize={}&pageNumber={}", kSite, size, number))
        .with_header("x-tableau-auth", "tok1")
        .reply(200, ts(pagination + "<projects>" + items + "</projects>"));
  }
  std::vector<std::string> paths(const std::vector<Project>& projects) {
    std::vector<std::string> all;
    for (const auto& project : projects) all.push_back(project.path);
    return all;
  }
};

std::string pagination(int page, int size, int total) {
  return fmt::format("<pagination pageNumber=\"{}\" pageSize=\"{}\" totalAvailable=\"{}\"/>", page, size, total);
}

std::string project(const std::string& id, const std::string& name, const std::string& parent = "") {
  return "<project id=\"" + id + "\" name=\"" + name + "\"" +
         (parent.empty() ? "" : " parentProjectId=\"" + parent + "\"") + "/>";
}

TEST_F(Projects, HaveFullPaths) {
  Site& site = signed_in();
  expect_page(1,
              project("3", "Daily", "2") + project("1", "default") + project("2", "Finance") +
                  project("4", "A/B tests", "2") + project("5", "&lt;&quot;ü&#128640;&gt;", "4"),
              pagination(1, 1000, 5));
  EXPECT_THAT(paths(site.projects({})),
              ElementsAre("Finance/Daily", "default", "Finance", "Finance/A\\/B tests", "Finance/A\\/B tests/<\"ü🚀>"));
}

TEST_F(Projects, WhoseParentIsNotSeenStandAlone) {
  Site& site = signed_in();
  expect_page(1, project("1", "Orphan", "gone") + project("2", "Child", "1"), "");
  EXPECT_THAT(paths(site.projects({})), ElementsAre("Orphan", "Orphan/Child"));
}

TEST_F(Projects, ThatAreTheirOwnAncestorsAreCut) {
  Site& site = signed_in();
  expect_page(1, project("1", "a", "2") + project("2", "b", "1") + project("3", "self", "3"), "");
  EXPECT_THAT(paths(site.projects({})), ElementsAre("b/a", "a/b", "self"));
}

TEST_F(Projects, ComeInPagesAndOnceEachInTheirNewestForm) {
  Site& site = signed_in();
  for (const auto* name : {"b", "B"}) {  // one moved across pages: the list is read again, by other pages
    const bool is_first = name == std::string("b");
    const int size = is_first ? 1000 : 70;  // the site makes its pages smaller than we asked
    expect_page(1, project("1", "a") + project("2", name), pagination(1, 2, 5), size);
    expect_page(2, project("2", name) + project("3", "c"), pagination(2, 2, 5), size);
    expect_page(3, project(is_first ? "4" : "5", "d"), pagination(3, 2, 5), size);
  }
  EXPECT_THAT(paths(site.projects({})), ElementsAre("a", "B", "c", "d", "d"));
}

TEST_F(Projects, AnInvalidFirstPageIsAnError) {
  Site& site = signed_in();
  server.expect("GET", kSite + "projects*").reply(400, ts_error("400006", "Bad Request", "Invalid page number"));
  EXPECT_THAT(error_of([&] { site.projects({}); }).what(), HasSubstr("400006"));
}

TEST_F(Projects, AWebPageIsExplained) {
  Site& site = signed_in();
  server.expect("GET", kSite + "projects*").reply(200, web_page());
  EXPECT_THAT(error_of([&] { site.projects({}); }).what(),
              AllOf(HasSubstr("listing the projects"), HasSubstr("a web page")));
}

// ---- find_project

std::vector<Project> some() {
  return {{"1", "default", "default"},       {"2", "Finance", "Finance"},         {"3", "Daily", "Finance/Daily"},
          {"4", "Sales", "Sales"},           {"5", "Daily", "Sales/Daily"},       {"6", "A/B", "Sales/A\\/B"},
          {"7", "archive", "Sales/archive"}, {"8", "Archive", "Finance/Archive"}, {"9", "finance", "Sales/finance"}};
}

TEST(FindProject, ByPathOrUniqueName) {
  const auto projects = some();
  EXPECT_EQ(find_project(projects, "Finance/Daily").id, "3");
  EXPECT_EQ(find_project(projects, "finance/DAILY").id, "3");
  EXPECT_EQ(find_project(projects, "Default").id, "1");
  EXPECT_EQ(find_project(projects, "A\\/B").id, "6");
  EXPECT_EQ(find_project(projects, "A/B").id, "6");
  EXPECT_EQ(find_project(projects, "Sales/A\\/B").id, "6");
}

TEST(FindProject, ExactCaseWins) {
  const auto projects = some();
  EXPECT_EQ(find_project(projects, "archive").id, "7");
  EXPECT_EQ(find_project(projects, "Archive").id, "8");
  EXPECT_EQ(find_project(projects, "Finance").id, "2");
}

TEST(FindProject, APathIsMoreThanAName) {
  const auto projects = some();
  EXPECT_EQ(find_project(projects, "finance").id, "2") << "the one at the top";
}

std::string message_of(const std::vector<Project>& projects, const std::string& wanted, ErrorKind kind) {
  try {
    find_project(projects, wanted);
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  ADD_FAILURE() << "found";
  return "";
}

TEST(FindProject, AmbiguousNamesAreListed) {
  EXPECT_THAT(message_of(some(), "Daily", ErrorKind::conflict),
              AllOf(HasSubstr("2 projects"), HasSubstr("'Finance/Daily', 'Sales/Daily'"), HasSubstr("full path"),
                    Not(HasSubstr("default"))));
  EXPECT_THAT(message_of(some(), "ARCHIVE", ErrorKind::conflict),
              AllOf(HasSubstr("'Finance/Archive'"), HasSubstr("'Sales/archive'")));
}

TEST(FindProject, MissingOnesGetTheNearestAndTheCandidates) {
  EXPECT_THAT(message_of(some(), "Finanze/Daily", ErrorKind::not_found),
              AllOf(HasSubstr("Did you mean 'Finance/Daily'"), HasSubstr("'Sales/A\\/B'")));
  std::vector<Project> many;
  for (int i = 100; i < 150; ++i) many.push_back({std::to_string(i), "p" + std::to_string(i), "p" + std::to_string(i)});
  EXPECT_THAT(message_of(many, "completely different", ErrorKind::not_found),
              AllOf(HasSubstr("'p119' and 30 more"), Not(HasSubstr("'p120'")), Not(HasSubstr("mean"))));
  EXPECT_THAT(message_of({}, "x", ErrorKind::not_found), HasSubstr("none at all"));
}

}  // namespace
}  // namespace tabferry::tableau
