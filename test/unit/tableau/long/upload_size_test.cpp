// An upload of more than a gigabyte, broken off once near its end: memory, and what goes over the wire.
#include "tableau/upload.h"
#include "unit/tableau/large_file.h"
#include "unit/tableau/publish_fixture.h"

namespace tabferry::tableau {
namespace {

class UploadAtSize : public Publish {};

TEST_F(UploadAtSize, MemoryDoesNotGrowWithTheFile) {
  constexpr uint64_t kFileBytes = (uint64_t{20} << 26) + 12'345;  // 20 chunks of 64 MiB and a bit
  options.chunk_bytes = kMaxChunkBytes;
  Site& site = signed_in();
  expect_look(there(kOld));
  expect_begin("1:a");
  expect_append("1:a").times(18).drop_body().reply(200, ts("<fileUpload/>"));
  expect_append("1:a").drop_body().reset_after(30'000'000);
  expect_begin("2:b");
  expect_append("2:b").times(21).drop_body().reply(200, ts("<fileUpload/>"));
  expect_commit("2:b").reply(202, job("progress=\"0\""));
  expect_job().reply(200, job("finishCode=\"0\" completedAt=\"2026-01-02T03:04:10Z\""));
  expect_look_by_id(kNew);
  Reads reads;
  PublishRequest large = request(0);
  large.file = large_file(kFileBytes, reads);
  uint64_t sent_bytes = 0;
  large.on_sent = [&](uint64_t bytes) { sent_bytes = bytes; };
  reset_peak_memory();
  const uint64_t before = memory_now();
  EXPECT_EQ(site.publish_datasource(large, {}).datasource.updated_at, kNew);
  EXPECT_LT(peak_memory(), before + (uint64_t{24} << 20));
  RecordProperty("peak_growth_bytes", std::to_string(peak_memory() - before));
  EXPECT_EQ(reads.opened, 2);
  EXPECT_LE(reads.largest, size_t{1} << 20);
  EXPECT_EQ(sent_bytes, kFileBytes);

  uint64_t second_upload = 0;
  for (const auto& seen : server.seen()) {
    if (seen.method != "PUT") continue;
    EXPECT_LE(seen.body_bytes, kMaxChunkBytes + 1000);
    if (seen.target.ends_with("2:b")) second_upload += seen.body_bytes;
  }
  EXPECT_GE(second_upload, kFileBytes);
  EXPECT_LE(second_upload, kFileBytes + 21 * 1000);
}

}  // namespace
}  // namespace tabferry::tableau
