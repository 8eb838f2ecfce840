#include "sim/rules.h"

#include <gtest/gtest.h>

#include "sim/refusal.h"

namespace tabferry::sim {
namespace {

const base::WallTime kMonday = *base::parse_iso_time("2026-03-02T08:00:00Z");
const base::WallTime kTuesday = *base::parse_iso_time("2026-03-03T08:00:00Z");

int code_of(const std::function<void()>& refused) {
  try {
    refused();
  } catch (const Refusal& refusal) {
    return refusal.code();
  }
  return 0;
}

const Project& project_named(const State& state, std::string_view name) {
  for (const auto& [id, project] : state.projects)
    if (project.name == name) return project;
  throw std::runtime_error("no such project");
}

PublishOrder order_in(const State& state, const std::string& name, const std::string& file) {
  return {.name = name, .project_id = default_project_id(state), .owner_id = state.users.begin()->first,
          .file_type = "tdsx", .content_file = file, .size_bytes = 10};
}

TEST(SimRules, TheDemoSiteIsAsPromised) {
  const State state = make_demo_site(kMonday);
  EXPECT_EQ(state.site_content_url, "demo");
  ASSERT_EQ(state.users.size(), 1U);
  EXPECT_EQ(state.users.begin()->second.site_role, "SiteAdministratorCreator");
  EXPECT_EQ(state.projects.size(), 3U);
  EXPECT_EQ(project_named(state, "Daily").parent_id, project_named(state, "Finance").id);
  EXPECT_EQ(project_named(state, "default").parent_id, "");
}

TEST(SimRules, ProjectPathsKnowSlashesInNames) {
  EXPECT_EQ(parse_project_path("Finance/Daily"), (std::vector<std::string>{"Finance", "Daily"}));
  EXPECT_EQ(parse_project_path(R"(A\/B/C:\D)"), (std::vector<std::string>{"A/B", R"(C:\D)"}));
  EXPECT_EQ(parse_project_path(R"(Daily "Q1"; 100%)").size(), 1U);
  EXPECT_THROW(parse_project_path(""), base::Error);
  EXPECT_THROW(parse_project_path("A//B"), base::Error);
}

TEST(SimRules, ProjectsAreMadeOnce) {
  State state = make_demo_site(kMonday);
  const auto id = ensure_project(state, {"finance", "DAILY"}, kTuesday);
  EXPECT_EQ(state.projects.size(), 3U);
  EXPECT_EQ(id, project_named(state, "Daily").id);
  ensure_project(state, {"Sales", "Daily"}, kTuesday);
  EXPECT_EQ(state.projects.size(), 5U);
}

TEST(SimRules, ANameInAProjectIsOneNameInAnyCase) {
  State state = make_demo_site(kMonday);
  const auto made = publish(state, order_in(state, "Sales", "1"), kMonday);
  EXPECT_EQ(made.replaced_file, "");
  EXPECT_EQ(code_of([&] { publish(state, order_in(state, "SALES", "2"), kTuesday); }), 403007);
  EXPECT_EQ(state.datasources.size(), 1U);
  auto elsewhere = order_in(state, "sales", "3");
  elsewhere.project_id = project_named(state, "Daily").id;
  publish(state, elsewhere, kTuesday);
  EXPECT_EQ(state.datasources.size(), 2U);
}

TEST(SimRules, AnOverwriteKeepsTheIdentity) {
  State state = make_demo_site(kMonday);
  const auto made = publish(state, order_in(state, "Sales (daily)", "1"), kMonday);
  const Datasource before = state.datasources.at(made.datasource_id);
  auto order = order_in(state, "Sales (daily)", "2");
  order.overwrite = true;
  const auto again = publish(state, order, kTuesday);
  const Datasource& after = state.datasources.at(again.datasource_id);
  EXPECT_EQ(again.datasource_id, made.datasource_id);
  EXPECT_EQ(again.replaced_file, "1");
  EXPECT_EQ(after.content_url, "Salesdaily");
  EXPECT_EQ(after.content_url, before.content_url);
  EXPECT_EQ(after.created_at, "2026-03-02T08:00:00Z");
  EXPECT_EQ(after.updated_at, "2026-03-03T08:00:00Z");
  EXPECT_EQ(after.content_file, "2");
}

TEST(SimRules, OverwriteOfNothingCreates) {
  State state = make_demo_site(kMonday);
  auto order = order_in(state, "New", "1");
  order.overwrite = true;
  publish(state, order, kMonday);
  EXPECT_EQ(state.datasources.size(), 1U);
}

TEST(SimRules, ContentUrlsAreUniqueOnTheSite) {
  State state = make_demo_site(kMonday);
  const auto first = publish(state, order_in(state, "A B", "1"), kMonday);
  const auto second = publish(state, order_in(state, "AB", "2"), kMonday);
  const auto third = publish(state, order_in(state, "売上", "3"), kMonday);
  const auto& url = [&](const Published& done) { return state.datasources.at(done.datasource_id).content_url; };
  EXPECT_EQ(url(first), "AB");
  EXPECT_TRUE(url(second).starts_with("AB_"));
  EXPECT_FALSE(url(third).empty());
}

TEST(SimRules, AnUnknownProjectIsRefused) {
  State state = make_demo_site(kMonday);
  auto order = order_in(state, "Sales", "1");
  order.project_id = "00000000-0000-4000-8000-000000000000";
  EXPECT_EQ(code_of([&] { publish(state, order, kMonday); }), 404005);
  EXPECT_EQ(code_of([&] { datasource_by_id(state, "x"); }), 404004);
}

TEST(SimRules, AJobPublishesWhenItFinishes) {
  State state = make_demo_site(kMonday);
  Job job{.id = "j", .type = "PublishDatasource"};
  job.order = order_in(state, "Sales", "1");
  EXPECT_EQ(finish_job(state, job, kMonday), "");
  EXPECT_EQ(job.finish_code, 0);
  EXPECT_EQ(job.completed_at, "2026-03-02T08:00:00Z");
  EXPECT_EQ(state.datasources.size(), 1U);
  EXPECT_EQ(finish_job(state, job, kTuesday), "");   // once is enough
  EXPECT_EQ(job.completed_at, "2026-03-02T08:00:00Z");
}

TEST(SimRules, AFailedJobStoresNothing) {
  State state = make_demo_site(kMonday);
  Job planned{.id = "j", .planned_failure = "Disk is full"};
  planned.order = order_in(state, "Sales", "1");
  EXPECT_EQ(finish_job(state, planned, kMonday), "1");   // the file that nothing names
  EXPECT_EQ(planned.finish_code, 1);
  EXPECT_EQ(planned.notes, "Disk is full");
  EXPECT_TRUE(state.datasources.empty());

  publish(state, order_in(state, "Sales", "2"), kMonday);
  Job overtaken{.id = "k"};
  overtaken.order = order_in(state, "Sales", "3");   // somebody was quicker
  EXPECT_EQ(finish_job(state, overtaken, kMonday), "3");
  EXPECT_EQ(overtaken.finish_code, 1);
  EXPECT_FALSE(overtaken.notes.empty());
}

TEST(SimState, SurvivesItsFile) {
  State state = make_demo_site(kMonday);
  publish(state, order_in(state, "Quote \" and\nline and 売上", "1"), kMonday);
  state.jobs["j"] = {.id = "j", .type = "PublishDatasource", .order = order_in(state, "Later", "2"), .was_seen = true};
  state.jobs["k"] = {.id = "k", .completed_at = "2026-03-02T08:00:00Z", .notes = "no", .finish_code = 1};
  const State again = parse_state(to_text(state), "state.json");
  EXPECT_EQ(to_text(again), to_text(state));
  EXPECT_EQ(again.jobs.at("j").order->content_file, "2");
  EXPECT_FALSE(again.jobs.at("k").order.has_value());
  EXPECT_EQ(again.datasources.begin()->second.name, "Quote \" and\nline and 売上");
}

TEST(SimState, RefusesWhatIsNoState) {
  EXPECT_THROW(parse_state("{", "state.json"), base::Error);
  EXPECT_THROW(parse_state("{}", "state.json"), base::Error);
  EXPECT_THROW(parse_state(R"({"format": 2})", "state.json"), base::Error);
  EXPECT_THROW(parse_state(R"({"format": 1, "siteId": 7})", "state.json"), base::Error);
}

}  // namespace
}  // namespace tabferry::sim
