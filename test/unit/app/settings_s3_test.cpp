// `s3:` as far as it is about what a backup writes: Object Lock, storage class.
#include "config_fixture.h"

namespace tabferry::app {
namespace {

using std::chrono::days;
using testing::HasSubstr;

class SettingsS3Test : public ConfigFixture {};

TEST_F(SettingsS3Test, ALockIsForAllBucketsOrForOne) {
  const auto settings = load("s3: {object_lock: {mode: GOVERNANCE, days: 30}, buckets: {own: {object_lock: {mode: COMPLIANCE, days: 7}}, "
                             "plain: {region: eu-west-1}}}\n");
  auto& buckets = *settings.buckets;
  EXPECT_EQ(buckets.lock_time_of("own"), days(7));
  EXPECT_EQ(buckets.s3_options("own").lock_mode, "COMPLIANCE");
  EXPECT_EQ(buckets.lock_time_of("plain"), days(30));
  EXPECT_EQ(buckets.s3_options("plain").lock_mode, "GOVERNANCE");
  EXPECT_EQ(origin_of(settings, "s3.buckets.own.object_lock.days"), "7 (tabferry.yaml:1)");
  EXPECT_EQ(load("s3: {region: eu-west-1}\n").buckets->lock_time_of("any"), days(0));
}

TEST_F(SettingsS3Test, ADirectoryThatStandsInForABucketLocksNothing) {
  const auto settings = load("s3: {object_lock: {mode: GOVERNANCE, days: 30}, endpoint: 'file:///data'}\n");
  EXPECT_EQ(settings.buckets->lock_time_of("acme"), days(0));
}

TEST_F(SettingsS3Test, ALockThatIsNoneIsRefused) {
  EXPECT_THAT(error_of("s3: {object_lock: {mode: governance, days: 30}}\n"), HasSubstr("s3.object_lock.mode: 'governance' is no mode"));
  EXPECT_THAT(error_of("s3: {object_lock: {mode: GOVERNANCE}}\n"), HasSubstr("days"));
  EXPECT_THAT(error_of("s3: {object_lock: {days: 3}}\n"), HasSubstr("mode"));
  EXPECT_THAT(error_of("s3: {object_lock: {mode: GOVERNANCE, days: 0}}\n"), HasSubstr("s3.object_lock.days"));
  EXPECT_THAT(error_of("s3: {object_lock: {mode: GOVERNANCE, days: 36501}}\n"), HasSubstr("s3.object_lock.days"));
  EXPECT_THAT(error_of("s3: {object_lock: {mode: GOVERNANCE, years: 1}}\n"), HasSubstr("years"));
  EXPECT_THAT(error_of("s3: {object_lock: GOVERNANCE}\n"), HasSubstr("s3.object_lock"));
}

TEST_F(SettingsS3Test, AClassThatCannotBeReadAtOnceIsRefused) {
  EXPECT_THAT(error_of("s3: {storage_class: DEEP_ARCHIVE}\n"), HasSubstr("write GLACIER_IR"));
  EXPECT_EQ(load("s3: {storage_class: GLACIER_IR}\n").buckets->settings_of("any").storage_class, "GLACIER_IR");
}

}  // namespace
}  // namespace tabferry::app
