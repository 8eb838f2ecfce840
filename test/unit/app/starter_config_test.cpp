#include "config_fixture.h"

namespace tabferry::app {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StarterConfig : public ConfigFixture {
 protected:
  SiteSettings site_of(const std::string& url) { return load(starter_config(url)).sites.at(0); }
  std::string error_for(const std::string& url) {
    return message_of([&] { starter_config(url); }, base::ErrorKind::usage);
  }
};

TEST_F(StarterConfig, LoadsAndWorks) {
  const auto settings = load(starter_config("https://eu-west-1a.online.tableau.com/#/site/sales/home"));
  EXPECT_THAT(settings.warnings, IsEmpty());
  EXPECT_EQ(settings.datasources.at(0).key, "sales");
  EXPECT_EQ(settings.datasources[0].template_file, folder_.path() / "sales.tdsx");
  EXPECT_EQ(settings.datasources[0].tables.at(0).columns.size(), 4U);
  variables_["TABLEAU_PAT_SECRET"] = "s3cr3t";
  const auto credentials = site_options(settings.sites.at(0), settings, environment()).credentials();
  EXPECT_EQ(credentials.name, "tabferry");
  EXPECT_EQ(credentials.secret.reveal(), "s3cr3t");
}

TEST_F(StarterConfig, TakesServerAndSiteFromTheBrowser) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"https://eu-west-1a.online.tableau.com/#/site/sales/home", "https://eu-west-1a.online.tableau.com", "sales"},
      {"https://eu-west-1a.online.tableau.com/#/site/sales", "https://eu-west-1a.online.tableau.com", "sales"},
      {" https://tableau.acme.com/#/home\n", "https://tableau.acme.com", ""},
      {"https://tableau.acme.com/#/site/h-r_2/views/a/b?:iid=1", "https://tableau.acme.com", "h-r_2"},
      {"https://tableau.acme.com/#/projects/12", "https://tableau.acme.com", ""},
      {"http://127.0.0.1:8080/#/site/demo/home", "http://127.0.0.1:8080", "demo"},
      {"https://tableau.acme.com/t/hr/views/x/y", "https://tableau.acme.com", "hr"},
      {"https://tableau.acme.com", "https://tableau.acme.com", ""},
      {"http://127.0.0.1:8650/", "http://127.0.0.1:8650", ""}};
  for (const auto& [url, server, content_url] : cases) {
    EXPECT_EQ(site_of(url).server, server) << url;
    EXPECT_EQ(site_of(url).content_url, content_url) << url;
  }
}

TEST_F(StarterConfig, WithoutAnAddressItHasPlaceholders) {
  EXPECT_EQ(site_of("").server, "https://YOUR-POD.online.tableau.com");
  EXPECT_EQ(site_of("").content_url, "YOUR-SITE");
}

TEST_F(StarterConfig, SaysHowToMakeAToken) {
  EXPECT_THAT(starter_config(""), HasSubstr("My Account Settings"));
  EXPECT_THAT(starter_config(""), HasSubstr("Personal Access Token"));
}

TEST_F(StarterConfig, RefusesWhatIsNoAddressOfASite) {
  EXPECT_THAT(error_for("sales"),
      HasSubstr("'sales' is no address of a site; copy it from the browser when you are signed in: "
      "https://HOST/#/site/NAME/home"));
  EXPECT_THAT(error_for("https://tableau.acme.com/sites"), HasSubstr("is no address of a site"));
  EXPECT_THAT(error_for("ftp://tableau.acme.com/#/home"), HasSubstr("is no address of a site"));
  EXPECT_THAT(error_for("https://u:p@tableau.acme.com/#/home"), HasSubstr("is no address of a site"));
  EXPECT_THAT(error_for("https://tableau.acme.com/#/site/a\"b/home"),
      HasSubstr("'a\"b' is no site's part of an address"));
  for (const auto* page : {"", "/", "/#/home"})
    EXPECT_THAT(error_for(std::string("https://eu-west-1a.online.tableau.com") + page),
                HasSubstr("does not say which site: on Tableau Cloud"));
}

TEST_F(StarterConfig, TheCommentedKeysWorkWhenTheCommentIsTakenAway) {
  std::string text = starter_config("");
  for (const std::string comment : {"# memory:", "# s3:", "# csv:", "# store:", "# backup:", "# prune:", "# notify:"}) {
    const auto at = text.find(comment);
    ASSERT_NE(at, std::string::npos) << comment;
    text.erase(at, 2);
  }
  const auto settings = load(text);
  EXPECT_EQ(settings.datasources.at(0).tables.at(0).dialect.delimiter, ';');
  EXPECT_EQ(origin_of(settings, "s3.buckets.my-bucket.endpoint").substr(0, 20), "file:///data/buckets");
  EXPECT_EQ(settings.store, "s3://my-bucket/tableau");
  EXPECT_EQ(settings.backup.exclude.at(0).text, "Scratch/**");
  EXPECT_EQ(settings.backup.full_every, std::chrono::hours(24 * 7));
  EXPECT_EQ(settings.prune.keep_daily, 7U);
  EXPECT_EQ(settings.notify.on_failure.at(0).shown, "env:SLACK_WEBHOOK_URL");
  EXPECT_EQ(settings.notify.on_partial.size(), 1U);
}

TEST_F(StarterConfig, WithoutDataSourcesItIsOneForBackups) {
  std::string text = starter_config("https://eu-west-1a.online.tableau.com/#/site/sales/home");
  text.erase(text.find("# What `tabferry publish` makes."));
  text.erase(text.find("# store:"), 2);
  const auto settings = load(text);
  EXPECT_THAT(settings.datasources, IsEmpty());
  EXPECT_EQ(settings.sites.at(0).content_url, "sales");
  EXPECT_EQ(settings.store, "s3://my-bucket/tableau");
}

}  // namespace
}  // namespace tabferry::app
