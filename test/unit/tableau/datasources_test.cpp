#include "tableau/datasources.h"

#include "site_fixture.h"

namespace tabferry::tableau {
namespace {

class FindDatasource : public SiteTest {
 protected:
  test::Step& expect_list(const std::string& query) {
    return server.expect("GET", kSite + "datasources?" + query + "pageSize=1000&pageNumber=1");
  }
};

TEST_F(FindDatasource, ByNameAndProject) {
  Site& site = signed_in();
  expect_list("filter=name:eq:Sales%20%28daily%29%3A%20%C3%BC%20%F0%9F%9A%80%22&")
      .reply(200, datasources(datasource("d-1", "Sales (daily): ü 🚀&quot;", "2026-01-01T00:00:00Z", "other") +
                                  datasource("d-2", "Sales (daily): ü 🚀&quot;", "2026-01-02T00:00:00Z"),
                              2));
  const auto found = site.find_datasource("p-1", "Sales (daily): ü 🚀\"", {});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, "d-2");
  EXPECT_EQ(found->name, "Sales (daily): ü 🚀\"");
  EXPECT_EQ(found->project_id, "p-1");
  EXPECT_EQ(found->content_url, "Sales_1");
  EXPECT_EQ(found->webpage_url, "https://site/#/datasources/7");
  EXPECT_EQ(found->updated_at, "2026-01-02T00:00:00Z");
}

TEST_F(FindDatasource, ReadsAllWhereAFilterCannotSayTheName) {
  Site& site = signed_in();
  for (const std::string name : {"a, b", "a & b"}) {
    const std::string escaped = name == "a & b" ? "a &amp; b" : name;
    expect_list("").reply(200, ts("<pagination pageNumber=\"1\" pageSize=\"1\" totalAvailable=\"2\"/><datasources>" +
                                  datasource("d-1", "x", "t") + "</datasources>"));
    server.expect("GET", kSite + "datasources?pageSize=1000&pageNumber=2")
        .reply(200, ts("<pagination pageNumber=\"2\" pageSize=\"1\" totalAvailable=\"2\"/><datasources>" +
                       datasource("d-2", escaped, "t") + "</datasources>"));
    server.expect("GET", kSite + "datasources?pageSize=1000&pageNumber=3")
        .reply(400, ts_error("400006", "Bad Request", "page"));
    const auto found = site.find_datasource("p-1", name, {});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, "d-2");
  }
}

TEST_F(FindDatasource, PrefersTheExactCase) {
  Site& site = signed_in();
  expect_list("filter=name:eq:Sales&")
      .reply(200, datasources(datasource("d-1", "Sales", "t") + datasource("d-2", "SALES", "t")));
  EXPECT_EQ(site.find_datasource("p-1", "Sales", {})->id, "d-1");
  expect_list("filter=name:eq:sales&").reply(200, datasources(datasource("d-3", "Sales", "t")));
  EXPECT_EQ(site.find_datasource("p-1", "sales", {})->id, "d-3");
}

TEST_F(FindDatasource, KnowsThatThereIsNone) {
  Site& site = signed_in();
  expect_list("filter=name:eq:Sales&").reply(200, datasources("", 0));
  EXPECT_FALSE(site.find_datasource("p-1", "Sales", {}));
  // Personal Space: no project at all.
  expect_list("filter=name:eq:Sales&")
      .reply(200, datasources("<datasource id=\"d\" name=\"Sales\"><location type=\"PersonalSpace\"/></datasource>"));
  EXPECT_FALSE(site.find_datasource("p-1", "Sales", {}));
}

}  // namespace
}  // namespace tabferry::tableau
