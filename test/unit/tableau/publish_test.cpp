#include <thread>

#include "publish_fixture.h"
#include "tableau/upload.h"

namespace tabferry::tableau {
namespace {

using ::testing::IsEmpty;
using ::testing::StartsWith;

class PublishInOne : public Publish {};
class PublishInChunks : public Publish {};
class PublishJob : public Publish {};
class PublishUnknown : public Publish {};

// ---- in one request

TEST_F(PublishInOne, SendsPayloadAndFile) {
  Site& site = signed_in();
  expect_look("");
  expect_post()
      .with_body("<datasource name=\"Sales &lt;&quot;daily&quot;> &amp; ü 🚀\"><project id=\"p-1\"/></datasource>")
      .reply(201, ts(there(kNew)));
  const PublishResult result = site.publish_datasource(request(1000), {});
  EXPECT_EQ(result.datasource.id, "d-1");
  EXPECT_EQ(result.datasource.name, "Sales <\"daily\"> & ü 🚀");
  EXPECT_EQ(result.datasource.content_url, "Sales_1");
  EXPECT_EQ(result.datasource.webpage_url, "https://site/#/datasources/7");
  EXPECT_EQ(result.datasource.updated_at, kNew);
  EXPECT_EQ(result.datasource.project_id, "p-1");
  EXPECT_FALSE(result.replaced);
  EXPECT_THAT(result.note, IsEmpty());
  EXPECT_THAT(result.job_id, IsEmpty());
  const auto seen = server.seen().back();
  EXPECT_THAT(seen.header("content-type"), StartsWith("multipart/mixed; boundary="));
  EXPECT_EQ(seen.header("content-length"), std::to_string(seen.body.size()));
  EXPECT_THAT(seen.body, HasSubstr("name=\"tableau_datasource\"; filename=\"sales.tdsx\""));
  EXPECT_EQ(file_in(seen.body, "tableau_datasource"), content);
  EXPECT_EQ(sent.back(), 1000U);
  EXPECT_THAT(steps, ElementsAre("uploading"));
}

TEST_F(PublishInOne, SaysThatItReplaces) {
  Site& site = signed_in();
  expect_look(there(kOld));
  expect_post().reply(201, ts(there(kNew)));
  EXPECT_TRUE(site.publish_datasource(request(10), {}).replaced);
}

TEST_F(PublishInOne, AnEndedSessionIsRenewedForThePublishToo) {
  Site& site = signed_in();
  expect_look("");
  expect_post().reply(401, ts_error("401002", "Unauthorized Access", "Invalid"));
  expect_new_session("tok2");
  expect_post().reply(201, ts(there(kNew)));
  site.publish_datasource(request(1000), {});
  EXPECT_EQ(file_in(server.seen().back().body, "tableau_datasource"), content);
}

TEST_F(PublishInOne, IsSentAgainWhereTheSiteDidNothing) {
  Site& site = signed_in();
  expect_look("");
  expect_post().reply(503, "", {{"Retry-After", "1"}});
  expect_post().reply(429, "", {{"Retry-After", "Fri, 02 Jan 2026 03:05:06 GMT"}});
  expect_post().reply(201, ts(there(kNew)));
  site.publish_datasource(request(1000), {});
  EXPECT_EQ(file_in(server.seen().back().body, "tableau_datasource"), content);
  EXPECT_THAT(clock.slept(), ElementsAre(1s, 60s));
}

TEST_F(PublishInOne, IsSentAgainWhereTheConnectionBrokeBeforeItsEnd) {
  options.single_request_limit_bytes = 16'000'000;
  Site& site = signed_in();
  expect_look("");
  expect_post().reset_after(1000);
  expect_post().reply(201, ts(there(kNew)));
  PublishRequest large = request(0);
  const std::string all(16'000'000, 'x');
  large.file = http::text_body(all);
  site.publish_datasource(large, {});
  EXPECT_TRUE(file_in(server.seen().back().body, "tableau_datasource") == all);
}

TEST_F(PublishInOne, ARefusalSaysWhatTheSiteHolds) {
  Site& site = signed_in();
  expect_look(there(kOld));
  expect_post().reply(400, ts_error("400011", "Bad Request", "There was a problem publishing the file."));
  const auto error = error_of([&] { site.publish_datasource(request(10), {}); });
  EXPECT_EQ(error.kind(), ErrorKind::corrupt);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("publishing 'Sales <"), HasSubstr("400011"), HasSubstr("Tableau Desktop"),
                                  HasSubstr("still holds the version of 2026-01-01T00:00:00Z")));
  EXPECT_EQ(posts(), 1U);
}

TEST_F(PublishInOne, AMissingRightIsNamed) {
  Site& site = signed_in();
  for (const std::string code : {"403007", "403004"}) {
    expect_look("");
    expect_post().reply(403, ts_error(code, "Forbidden", "no"));
    const auto error = error_of([&] { site.publish_datasource(request(10), {}); });
    EXPECT_EQ(error.kind(), ErrorKind::denied);
    EXPECT_THAT(error.what(), AllOf(HasSubstr(code), HasSubstr("Publish permission (Write)"),
                                    HasSubstr("the site holds no data source of that name")));
    expect_look(there(kOld));
    expect_post().reply(403, ts_error(code, "Forbidden", "no"));
    EXPECT_THAT(error_of([&] { site.publish_datasource(request(10), {}); }).what(),
                AllOf(HasSubstr("Overwrite permission"), HasSubstr(kOld)));
  }
  expect_look("");
  expect_post().reply(403, ts_error("403008", "Forbidden", "quota"));
  EXPECT_THAT(error_of([&] { site.publish_datasource(request(10), {}); }).what(), HasSubstr("quota"));
}

TEST_F(PublishInOne, ServerErrorsOfTableausOwnAreFailures) {
  Site& site = signed_in();
  expect_look(there(kOld));
  expect_post().reply(500, ts_error("500000", "Internal Server Error", "oops"));
  const auto error = error_of([&] { site.publish_datasource(request(10), {}); });
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(), HasSubstr("500000"));
  EXPECT_EQ(posts(), 1U);
}

TEST_F(PublishInOne, AProxyThatRefusesTheSizeIsExplained) {
  Site& site = signed_in();
  expect_look("");
  expect_post().reply(413, web_page());
  const auto error = error_of([&] { site.publish_datasource(request(10), {}); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("413"), HasSubstr("raise the proxy's limit")));
}

TEST_F(PublishInOne, AFileThatChangedIsNotPublished) {
  options.single_request_limit_bytes = 32'000'000;
  Site& site = signed_in();
  expect_look(there(kOld));
  expect_post().close_after_reading();
  PublishRequest changed = request(0);
  changed.file = http::text_body(std::string(16'000'000, 'x'));
  changed.file.size_bytes += 1000;
  const auto error = error_of([&] { site.publish_datasource(changed, {}); });
  EXPECT_EQ(error.kind(), ErrorKind::conflict);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("shorter"), HasSubstr(kOld)));
  ASSERT_TRUE(server.wait_for_requests(4));
  EXPECT_FALSE(server.seen()[3].whole_body);
}

TEST_F(PublishInOne, MayBeAHyperFile) {
  Site& site = signed_in();
  expect_look("");
  server.expect("POST", kSite + "datasources?datasourceType=hyper&overwrite=true")
      .with_body("filename=\"sales.tdsx.hyper\"")
      .reply(201, ts(there(kNew)));
  PublishRequest hyper = request(10);
  hyper.type = "hyper";
  site.publish_datasource(hyper, {});
}

// ---- in chunks

TEST_F(PublishInChunks, OfTheConfiguredSize) {
  options.chunk_bytes = 1000;
  Site& site = signed_in();
  expect_look(there(kOld));
  expect_begin("3877:63f8579222de403ea574673e22dafdca-1:0");
  expect_append("3877:63f8579222de403ea574673e22dafdca-1:0")
      .times(3)
      .with_body("name=\"tableau_file\"")
      .reply(200, ts("<fileUpload fileSize=\"1\"/>"));
  expect_commit("3877:63f8579222de403ea574673e22dafdca-1:0")
      .with_body("<project id=\"p-1\"/>")
      .reply(202, job("progress=\"0\""));
  expect_job().times(2).reply(200, job("progress=\"50\" finishCode=\"1\""));
  expect_job().reply(200, job("progress=\"100\" finishCode=\"0\" completedAt=\"2026-01-02T03:04:10Z\""));
  expect_look_by_id(kNew);
  const PublishResult result = site.publish_datasource(request(2001), {});
  EXPECT_EQ(result.datasource.updated_at, kNew);
  EXPECT_EQ(result.job_id, "j-1");
  EXPECT_TRUE(result.replaced);
  EXPECT_THAT(result.note, IsEmpty());

  std::vector<std::string> chunks;
  for (const auto& seen : server.seen()) {
    EXPECT_EQ(seen.header("content-length").empty(), seen.method == "GET");
    if (seen.method != "PUT") continue;
    EXPECT_EQ(file_in(seen.body, "request_payload"), "");
    chunks.push_back(file_in(seen.body, "tableau_file"));
  }
  EXPECT_THAT(chunks, ElementsAre(content.substr(0, 1000), content.substr(1000, 1000), content.substr(2000)));
  EXPECT_EQ(sent.back(), 2001U);
  EXPECT_TRUE(std::is_sorted(sent.begin(), sent.end()));
  EXPECT_THAT(steps, ElementsAre("uploading", "publishing", "waiting for the publishing job j-1"));
}

TEST_F(PublishInChunks, ExactMultiplesHaveNoEmptyLastChunk) {
  options.chunk_bytes = 1000;
  Site& site = signed_in();
  expect_look("");
  expect_begin("1:a");
  expect_append("1:a").times(2).reply(201, ts("<fileUpload fileSize=\"1\"/>"));
  expect_commit("1:a").reply(201, ts(there(kNew)));  // a site may answer at once, asJob or not
  EXPECT_EQ(site.publish_datasource(request(2000), {}).datasource.id, "d-1");
}

TEST_F(PublishInChunks, TheLimitIsTheLargestSingleRequest) {
  EXPECT_EQ(SiteOptions{}.single_request_limit_bytes, uint64_t{64} << 20);
  options.single_request_limit_bytes = uint64_t{1} << 40;  // Tableau's own limit stands above ours
  options.chunk_bytes = uint64_t{1} << 40;
  Site& site = signed_in();
  expect_look("");
  expect_begin("1:a");
  expect_append("1:a").times(2).reply(200, ts("<fileUpload/>"));
  expect_commit("1:a").reply(201, ts(there(kNew)));
  PublishRequest large = request(0);
  const std::string all((size_t{64} << 20) + 1, 'x');
  large.file = http::text_body(all);
  site.publish_datasource(large, {});
  const auto seen = server.seen();
  EXPECT_EQ(file_in(seen[4].body, "tableau_file").size(), size_t{64} << 20);
  EXPECT_EQ(file_in(seen[5].body, "tableau_file").size(), 1U);
}

TEST(ChunkSize, GrowsSoThatThousandAreEnough) {
  EXPECT_EQ(chunk_size_for(5000, 1000), 1000U);
  EXPECT_EQ(chunk_size_for(1'000'000, 1000), 1000U);
  EXPECT_EQ(chunk_size_for(1'000'001, 1000), 1001U);
  EXPECT_EQ(chunk_size_for(5000, 0), 5U);
  EXPECT_EQ(chunk_size_for(kMaxChunkBytes * 1000, 1), kMaxChunkBytes);
  EXPECT_EQ(chunk_size_for(1, uint64_t{1} << 40), kMaxChunkBytes);
  EXPECT_THROW(chunk_size_for(kMaxChunkBytes * 1000 + 1, 1), base::Error);
}

TEST(UploadId, CannotLeaveItsPlace) {
  EXPECT_EQ(upload_id_in_url("3877:63f8-1:0"), "3877:63f8-1:0");
  EXPECT_EQ(upload_id_in_url("../a?b&c d"), "..%2Fa%3Fb%26c%20d");
}

TEST_F(PublishInChunks, AnAppendOfUnknownOutcomeBeginsANewUpload) {
  options.chunk_bytes = 1000;
  Site& site = signed_in();
  expect_look("");
  expect_begin("1:a");
  expect_append("1:a").reply(200, ts("<fileUpload/>"));
  expect_append("1:a").close_after_reading();
  expect_begin("2:b");
  expect_append("2:b").reply(500, ts_error("500000", "Internal Server Error", "errors.upload.concurrent_write"));
  expect_begin("3:c");
  expect_append("3:c").times(2).reply(200, ts("<fileUpload/>"));
  expect_commit("3:c").reply(201, ts(there(kNew)));
  site.publish_datasource(request(2000), {});
  const auto seen = server.seen();
  EXPECT_EQ(file_in(seen[seen.size() - 2].body, "tableau_file"), content.substr(1000));
  EXPECT_EQ(file_in(seen[seen.size() - 3].body, "tableau_file"), content.substr(0, 1000));
  EXPECT_EQ(steps.size(), 4U);
  EXPECT_THAT(steps[1], AllOf(HasSubstr("uploading part 2 of 2"), HasSubstr("again from the start, 2 of 3")));
}

TEST_F(PublishInChunks, ThreeUploadsAreEnough) {
  Site& site = signed_in();
  expect_look(there(kOld));
  for (const std::string id : {"1:a", "2:b", "3:c"}) {
    expect_begin(id);
    expect_append(id).close_after_reading();
  }
  const auto error = error_of([&] { site.publish_datasource(request(2000), {}); });
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(),
              AllOf(HasSubstr("uploading part 1 of 1"), HasSubstr("Nothing was published"), HasSubstr(kOld)));
}

TEST_F(PublishInChunks, AnEndedSessionIsRenewedInMidUpload) {
  options.chunk_bytes = 1000;
  Site& site = signed_in();
  expect_look("");
  expect_begin("1:a");
  expect_append("1:a").reply(200, ts("<fileUpload/>"));
  expect_append("1:a").reply(401, ts_error("401002", "Unauthorized Access", "Invalid"));
  expect_new_session("tok2");
  expect_append("1:a").with_header("x-tableau-auth", "tok2").reply(200, ts("<fileUpload/>"));
  expect_commit("1:a").reply(201, ts(there(kNew)));
  site.publish_datasource(request(2000), {});
  const auto seen = server.seen();
  EXPECT_EQ(file_in(seen[seen.size() - 2].body, "tableau_file"), content.substr(1000));
}

TEST_F(PublishInChunks, AStopEndsTheUpload) {
  Site& site = signed_in();
  expect_look(there(kOld));
  expect_begin("1:a");
  expect_append("1:a").stall();
  std::stop_source stop;
  const std::jthread stopper([&] {
    EXPECT_TRUE(server.wait_for_requests(5));
    stop.request_stop();
  });
  const auto error = error_of([&] { site.publish_datasource(request(2000), stop.get_token()); });
  EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  EXPECT_THAT(error.what(), HasSubstr("Nothing was published"));
}

// ---- jobs

TEST_F(PublishJob, IsAskedForSoonAndThenLessOften) {
  Site& site = signed_in();
  expect_look("");
  expect_job_begun();
  expect_job().times(11).reply(200, job("progress=\"1\""));
  expect_job().reply(200, job("finishCode=\"0\" completedAt=\"2026-01-02T03:04:10Z\""));
  expect_look(there(kNew));
  site.publish_datasource(request(2000), {});
  EXPECT_THAT(clock.slept(), ElementsAre(200ms, 500ms, 1s, 1s, 2s, 4s, 8s, 16s, 30s, 30s, 30s, 0ms));
}

TEST_F(PublishJob, ThatFailsGivesItsNotes) {
  Site& site = signed_in();
  expect_look(there(kOld));
  expect_job_begun();
  expect_job().reply(200, job("finishCode=\"1\" completedAt=\"2026-01-02T03:04:10Z\"",
                              "<statusNotes><statusNote type=\"x\" value=\"1\" text=\"A note "
                              "&lt;1&gt;\"/></statusNotes><extractRefreshJob><notes>Unable to read the "
                              "extract</notes></extractRefreshJob>"));
  const auto error = error_of([&] { site.publish_datasource(request(2000), {}); });
  EXPECT_EQ(error.kind(), ErrorKind::corrupt);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("'j-1' failed"), HasSubstr("Unable to read the extract"),
                                  HasSubstr("A note <1>"), HasSubstr(kOld)));
}

TEST_F(PublishJob, ThatIsCancelledIsSaid) {
  Site& site = signed_in();
  expect_look("");
  expect_job_begun();
  expect_job().reply(200, job("finishCode=\"2\" completedAt=\"2026-01-02T03:04:10Z\""));
  const auto error = error_of([&] { site.publish_datasource(request(2000), {}); });
  EXPECT_EQ(error.kind(), ErrorKind::conflict);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("cancelled"), HasSubstr("no reason")));
}

TEST_F(PublishJob, ThatRunsTooLongIsNamed) {
  options.job_timeout = 3s;
  Site& site = signed_in();
  expect_look("");
  expect_job_begun();
  expect_job().times(6).reply(200, job("progress=\"1\""));
  const auto error = error_of([&] { site.publish_datasource(request(2000), {}); });
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("'j-1' still runs"), HasSubstr("3.0 s"), HasSubstr("goes on at the site")));
}

TEST_F(PublishJob, ThatCannotBeSeenIsSettledByTheDataSource) {
  Site& site = signed_in();
  expect_look(there(kOld));
  expect_job_begun();
  expect_job().reply(404, ts_error("404018", "Resource Not Found", "no such job"));
  expect_look_by_id(kOld);
  expect_look_by_id(kNew);
  const PublishResult result = site.publish_datasource(request(2000), {});
  EXPECT_EQ(result.datasource.updated_at, kNew);
  EXPECT_EQ(result.job_id, "j-1");
  EXPECT_THAT(result.note, AllOf(HasSubstr("404018"), HasSubstr(kOld), HasSubstr(kNew)));
}

TEST_F(PublishJob, ThatCannotBeSeenAndChangesNothingIsUndecided) {
  Site& site = signed_in();
  expect_look(there(kOld));
  expect_job_begun();
  expect_job().reply(403, ts_error("403004", "Forbidden", "no"));
  server.expect("GET", kSite + "datasources/d-1").times(7).reply(200, ts(there(kOld)));
  const auto error = error_of([&] { site.publish_datasource(request(2000), {}); });
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("403004"), HasSubstr("job j-1 may still be at work")));
}

TEST_F(PublishJob, ThatEndsOddlyIsSettledByTheDataSource) {
  Site& site = signed_in();
  expect_look("");
  expect_job_begun();
  expect_job().reply(200, job("completedAt=\"2026-01-02T03:04:10Z\""));
  expect_look(there(kNew));
  EXPECT_THAT(site.publish_datasource(request(2000), {}).note, HasSubstr("finish code ''"));
}

TEST_F(PublishJob, WhoseDataSourceIsNotListedYetIsDoneAllTheSame) {
  Site& site = signed_in();
  expect_look("");
  expect_job_begun();
  expect_job().reply(200, job("finishCode=\"0\" completedAt=\"2026-01-02T03:04:10Z\""));
  for (int i = 0; i < 4; ++i) expect_look("");
  const PublishResult result = site.publish_datasource(request(2000), {});
  EXPECT_EQ(result.datasource.name, "Sales <\"daily\"> & ü 🚀");
  EXPECT_THAT(result.note, HasSubstr("does not show the data source yet"));
}

TEST_F(PublishJob, ASiteThatGoesDownMeanwhileLeavesTheJobRunning) {
  Site& site = signed_in();
  expect_look("");
  expect_job_begun();
  expect_job().times(4).close_after_reading();  // three attempts, and one of curl's on the connection that it kept
  const auto error = error_of([&] { site.publish_datasource(request(2000), {}); });
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("'j-1'"), HasSubstr("goes on at the site")));
}

TEST_F(PublishJob, AStopLeavesItRunning) {
  Site& site = signed_in();
  expect_look("");
  expect_job_begun();
  expect_job().reply(200, job("progress=\"1\""));
  std::stop_source stop;
  clock.on_sleep = [&] { stop.request_stop(); };
  const auto error = error_of([&] { site.publish_datasource(request(2000), stop.get_token()); });
  EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("'j-1'"), HasSubstr("goes on at the site")));
}

TEST_F(PublishJob, AnEndedSessionDoesNotEndTheWait) {
  Site& site = signed_in();
  expect_look("");
  expect_job_begun();
  expect_job().reply(401, ts_error("401002", "Unauthorized Access", "Invalid"));
  expect_new_session("tok2");
  expect_job()
      .with_header("x-tableau-auth", "tok2")
      .reply(200, job("finishCode=\"0\" completedAt=\"2026-01-02T03:04:10Z\""));
  expect_look(there(kNew));
  EXPECT_EQ(site.publish_datasource(request(2000), {}).datasource.id, "d-1");
}

// ---- nobody answered

TEST_F(PublishUnknown, ALostAnswerIsFoundInTheDataSource) {
  Site& site = signed_in();
  expect_look(there(kOld));
  expect_post().close_after_reading();
  expect_look_by_id(kOld);
  expect_look_by_id(kOld);
  expect_look_by_id(kNew);
  const PublishResult result = site.publish_datasource(request(10), {});
  EXPECT_EQ(result.datasource.updated_at, kNew);
  EXPECT_TRUE(result.replaced);
  EXPECT_THAT(result.note, AllOf(HasSubstr("broke"), HasSubstr(kOld), HasSubstr(kNew)));
  EXPECT_EQ(posts(), 1U) << "never sent again";
  EXPECT_THAT(clock.slept(), ElementsAre(0s, 1s, 2s));
}

TEST_F(PublishUnknown, ALostAnswerOfANewDataSource) {
  Site& site = signed_in();
  expect_look("");
  expect_post().reply_cut(201, ts(there(kNew)), 20);
  expect_look("");
  expect_look(there(kNew));
  const PublishResult result = site.publish_datasource(request(10), {});
  EXPECT_EQ(result.datasource.id, "d-1");
  EXPECT_FALSE(result.replaced);
  EXPECT_THAT(result.note, HasSubstr("not there before"));
}

TEST_F(PublishUnknown, ADataSourceThatWasReplacedByAnotherId) {
  Site& site = signed_in();
  expect_look(there(kOld));
  expect_post().close_after_reading();
  server.expect("GET", kSite + "datasources/d-1").reply(404, ts_error("404004", "Resource Not Found", "gone"));
  expect_look(datasource("d-9", "Sales &lt;&quot;daily&quot;&gt; &amp; ü 🚀", kOld));
  EXPECT_EQ(site.publish_datasource(request(10), {}).datasource.id, "d-9");
}

TEST_F(PublishUnknown, WhatAGatewaySaysIsNoAnswer) {
  Site& site = signed_in();
  for (const int status : {502, 504, 500, 408, 200}) {
    expect_look(there(kOld));
    expect_post().reply(status, web_page());
    expect_look_by_id(kNew);
    EXPECT_THAT(site.publish_datasource(request(10), {}).note, HasSubstr(std::to_string(status)));
  }
  EXPECT_EQ(posts(), 5U);
}

TEST_F(PublishUnknown, NoChangeWithinAMinuteIsUndecided) {
  Site& site = signed_in();
  expect_look(there(kOld));
  expect_post().close_after_reading();
  server.expect("GET", kSite + "datasources/d-1").times(7).reply(200, ts(there(kOld)));
  const auto error = error_of([&] { site.publish_datasource(request(10), {}); });
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(),
              AllOf(HasSubstr("broke before the whole answer"), HasSubstr("cannot be decided"),
                    HasSubstr("the version of 2026-01-01T00:00:00Z"), HasSubstr("jobs"), HasSubstr("run again")));
  EXPECT_EQ(posts(), 1U);
  EXPECT_EQ(clock.total(), 60s);
}

TEST_F(PublishUnknown, ACommitWithoutAnswerMayBeAJob) {
  Site& site = signed_in();
  expect_look("");
  expect_begin("1:a");
  expect_append("1:a").reply(200, ts("<fileUpload/>"));
  expect_commit("1:a").close_after_reading();
  for (int i = 0; i < 7; ++i) expect_look("");
  EXPECT_THAT(error_of([&] { site.publish_datasource(request(2000), {}); }).what(),
              AllOf(HasSubstr("a publishing job may be running"), HasSubstr("no data source of that name")));
  EXPECT_EQ(posts(), 1U);
}

TEST_F(PublishUnknown, ALookThatFailsIsSaidToo) {
  Site& site = signed_in();
  expect_look(there(kOld));
  expect_post().close_after_reading();
  server.expect("GET", kSite + "datasources/d-1").reply(403, ts_error("403004", "Forbidden", "no"));
  EXPECT_THAT(error_of([&] { site.publish_datasource(request(10), {}); }).what(),
              AllOf(HasSubstr("broke"), HasSubstr("403004"), HasSubstr("not known"), HasSubstr("safe")));
}

TEST_F(PublishUnknown, AStopAfterAllWasSentSaysSo) {
  Site& site = signed_in();
  expect_look(there(kOld));
  expect_post().stall();
  std::stop_source stop;
  const std::jthread stopper([&] {
    EXPECT_TRUE(server.wait_for_requests(4));
    stop.request_stop();
  });
  const auto error = error_of([&] { site.publish_datasource(request(10), stop.get_token()); });
  EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  EXPECT_THAT(error.what(), HasSubstr("may publish it all the same"));
}

}  // namespace
}  // namespace tabferry::tableau
