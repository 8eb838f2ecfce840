// Uploads in chunks: their size and number, and what each way to fail leads to.
#include "tableau/upload.h"

#include "large_file.h"
#include "publish_fixture.h"

namespace tabferry::tableau {
namespace {

constexpr size_t kMiB = size_t{1} << 20;
const std::string kTaken = ts("<fileUpload fileSize=\"1\"/>");

// One way in which the second append of an upload fails, after which nobody knows whether the site has the chunk.
struct Fault {
  std::string name;
  std::function<void(test::Step&)> plays;
  std::string told;  // in the step that people see
  std::chrono::milliseconds time_out{60'000};
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class UnknownAppend : public Publish, public ::testing::WithParamInterface<Fault> {
 protected:
  UnknownAppend() {
    options.chunk_bytes = 4 * kMiB;  // more than what fits into the sockets' buffers
    options.network.first_byte_timeout = options.network.stall_timeout = GetParam().time_out;
  }
};

TEST_P(UnknownAppend, BeginsANewUploadAndNeverRepeatsTheChunk) {
  Site& site = signed_in();
  expect_look("");
  expect_begin("1:a");
  expect_append("1:a").reply(200, kTaken);
  GetParam().plays(expect_append("1:a"));
  expect_begin("2:b");
  expect_append("2:b").times(2).reply(200, kTaken);
  expect_commit("2:b").reply(201, ts(there(kNew)));
  EXPECT_EQ(site.publish_datasource(request(8 * kMiB), {}).datasource.updated_at, kNew);

  std::string uploaded;
  for (const auto& seen : server.seen())
    if (seen.method == "PUT" && seen.target.ends_with("2:b")) uploaded += file_in(seen.body, "tableau_file");
  EXPECT_TRUE(uploaded == content) << "the new upload holds the file, from its start";
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_THAT(steps[1], AllOf(HasSubstr("uploading part 2 of 2"), HasSubstr(GetParam().told),
                              HasSubstr("uploading again from the start, 2 of 3")));
}

INSTANTIATE_TEST_SUITE_P(
    Every, UnknownAppend,
    ::testing::Values(
        Fault{"ResetBeforeTheBody", [](auto& step) { step.reset_after(0); }, "broke"},
        Fault{"ResetInTheBody", [](auto& step) { step.reset_after(kMiB); }, "broke"},
        Fault{"ClosedBehindTheBody", [](auto& step) { step.close_after_reading(); }, "broke"},
        Fault{"AnswerCut", [](auto& step) { step.reply_cut(200, kTaken, 30); }, "broke"},
        Fault{"BodyStalls", [](auto& step) { step.stop_reading_after(kMiB); }, "time-out", 800ms},
        Fault{"NoAnswerInTime", [](auto& step) { step.stall(); }, "first-byte time-out", 800ms},
        Fault{"AnswerStalls", [](auto& step) { step.reply_then_stall(200, kTaken, 30); }, "stall time-out", 800ms},
        Fault{"GatewayInMidBody", [](auto& step) { step.reply_early(kMiB, 502, web_page()); }, "answered 502"},
        Fault{"Gateway", [](auto& step) { step.reply(502, web_page()); }, "answered 502"},
        Fault{"GatewayTimeOut", [](auto& step) { step.reply(504, web_page()); }, "answered 504"},
        Fault{"ConcurrentWrite",
              [](auto& step) { step.reply(500, ts_error("500000", "Internal", "errors.upload.concurrent_write")); },
              "concurrent_write"},
        Fault{"ForgottenUpload", [](auto& step) { step.reply(404, ts_error("404015", "Not Found", "upload session")); },
              "404015"}),
    [](const auto& fault) { return fault.param.name; });

class UploadInChunks : public Publish {
 protected:
  std::vector<uint64_t> appended() const {
    std::vector<uint64_t> bytes;
    for (const auto& seen : server.seen())
      if (seen.method == "PUT") bytes.push_back(seen.body_bytes);
    return bytes;
  }
};

// The site did nothing with these: the same chunk goes out again in the same upload.
TEST_F(UploadInChunks, ABusySiteGetsTheChunkAgain) {
  Site& site = signed_in();
  expect_look("");
  expect_begin("1:a");
  expect_append("1:a").reply(429, ts_error("429000", "Too Many Requests", "x"), {{"Retry-After", "7"}});
  expect_append("1:a").reply(503, web_page(), {{"Retry-After", "Fri, 02 Jan 2026 03:04:42 GMT"}});
  expect_append("1:a").reply(200, kTaken);
  expect_commit("1:a").reply(201, ts(there(kNew)));
  site.publish_datasource(request(2000), {});
  const auto seen = server.seen();
  EXPECT_EQ(file_in(seen[seen.size() - 2].body, "tableau_file"), content);
  EXPECT_THAT(clock.slept(), ElementsAre(7s, 30s));
}

TEST_F(UploadInChunks, ABusySiteIsWaitedForButNotForEver) {
  Site& site = signed_in();
  expect_look(there(kOld));
  for (const std::string id : {"1:a", "2:b", "3:c"}) {
    expect_begin(id);
    expect_append(id).times(3).reply(429, "", {{"Retry-After", "3600"}});
  }
  const auto error = error_of([&] { site.publish_datasource(request(2000), {}); });
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("429"), HasSubstr("Nothing was published"), HasSubstr(kOld)));
}

TEST_F(UploadInChunks, ABeginningIsRepeatedInItself) {
  Site& site = signed_in();
  expect_look("");
  server.expect("POST", kSite + "fileUploads").reply(500, ts_error("500000", "Internal", "x"));
  server.expect("POST", kSite + "fileUploads").close_after_reading();
  expect_begin("1:a");
  expect_append("1:a").reply(200, kTaken);
  expect_commit("1:a").reply(201, ts(there(kNew)));
  site.publish_datasource(request(2000), {});
  EXPECT_THAT(steps, ElementsAre("uploading", "publishing"));
}

TEST_F(UploadInChunks, ARefusedChunkIsAFailureAtOnce) {
  Site& site = signed_in();
  for (const auto& [status, code] : {std::pair(400, "400016"), {403, "403015"}, {413, ""}}) {
    expect_look(there(kOld));
    expect_begin("1:a");
    expect_append("1:a").reply(status, *code != '\0' ? ts_error(code, "no", "chunk") : web_page());
    EXPECT_THAT(error_of([&] { site.publish_datasource(request(2000), {}); }).what(),
                AllOf(HasSubstr(code), HasSubstr("uploading part 1 of 1"), HasSubstr(kOld)));
  }
}

TEST_F(UploadInChunks, AThousandOfThemAreEnough) {
  options.chunk_bytes = 1000;
  Site& site = signed_in();
  expect_look("");
  expect_begin("1:a");
  expect_append("1:a").times(1000).reply(200, kTaken);
  expect_commit("1:a").reply(201, ts(there(kNew)));
  site.publish_datasource(request(1'000'500), {});
  std::string uploaded;
  for (const auto& seen : server.seen())
    if (seen.method == "PUT") uploaded += file_in(seen.body, "tableau_file");
  EXPECT_TRUE(uploaded == content);
}

TEST_F(UploadInChunks, AFileForMoreThanAThousandOfThemIsRefusedUnread) {
  Site& site = signed_in();
  expect_look(there(kOld));
  Reads reads;
  PublishRequest huge = request(0);
  huge.file = large_file(kMaxChunkBytes * kMaxChunks + 1, reads);
  const auto error = error_of([&] { site.publish_datasource(huge, {}); });
  EXPECT_EQ(error.kind(), ErrorKind::refused);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("at most 1000 chunks"), HasSubstr(kOld)));
  EXPECT_EQ(reads.opened, 0);
}

// Three of the largest chunks: were one of them held in memory, the peak would show it.
TEST_F(UploadInChunks, NoChunkIsHeldInMemory) {
  options.chunk_bytes = kMaxChunkBytes;
  Site& site = signed_in();
  expect_look("");
  expect_begin("1:a");
  expect_append("1:a").times(3).drop_body().reply(200, kTaken);
  expect_commit("1:a").reply(201, ts(there(kNew)));
  Reads reads;
  PublishRequest large = request(0);
  large.file = large_file(3 * kMaxChunkBytes, reads);
  large.on_sent = {};
  reset_peak_memory();
  const uint64_t before = memory_now();
  site.publish_datasource(large, {});
  EXPECT_LT(peak_memory(), before + 24 * kMiB);
  EXPECT_EQ(reads.bytes, 3 * kMaxChunkBytes);
  EXPECT_EQ(reads.opened, 1) << "one pass over the file";
  EXPECT_LE(reads.largest, kMiB);
  EXPECT_EQ(appended().size(), 3U);
}

}  // namespace
}  // namespace tabferry::tableau
