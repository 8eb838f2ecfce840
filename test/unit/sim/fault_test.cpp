#include "sim/faults/fault.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace tabferry::sim {
namespace {

std::string refusal_of(const std::string& text) {
  try {
    parse_fault(text);
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::usage);
    return error.what();
  }
  return "";
}

TEST(Fault, SaysWhatOnWhichAndWhere) {
  const Fault fault = parse_fault("truncate=100@2-4 on GET **/Workbooks/*/content");
  EXPECT_EQ(fault.kind, FaultKind::truncate);
  EXPECT_EQ(fault.number, 100u);
  EXPECT_EQ(fault.which.first, 2u);
  EXPECT_EQ(fault.which.last, 4u);
  EXPECT_TRUE(fault.concerns("GET", "/api/3.27/sites/s/workbooks/1/content"));
  EXPECT_TRUE(fault.concerns("GET", "/api/3.27/SITES/s/WorkBooks/1/content"));
  EXPECT_FALSE(fault.concerns("PUT", "/api/3.27/sites/s/workbooks/1/content"));
  EXPECT_FALSE(fault.concerns("GET", "/api/3.27/sites/s/flows/1/content"));
  EXPECT_EQ(fault.text, "truncate=100@2-4 on GET **/Workbooks/*/content");
}

TEST(Fault, NamesWhatIsWrongBehindOn) {
  for (const char* text : {"truncate@1 on GET", "truncate@1 on get **/content", "truncate@1 on **/content"})
    EXPECT_NE(refusal_of(text).find("stand a METHOD in capitals"), std::string::npos) << text;
}

TEST(Fault, HasItsKindsOwnFilter) {
  EXPECT_TRUE(parse_fault("429@1").concerns("DELETE", "/anything"));
  const Fault fault = parse_fault("concurrent-append@1");
  EXPECT_TRUE(fault.concerns("PUT", "/api/3.27/sites/s/fileUploads/1:2-3:0"));
  EXPECT_FALSE(fault.concerns("POST", "/api/3.27/sites/s/fileUploads"));
}

TEST(Fault, ReadsEachKindOfValue) {
  EXPECT_EQ(parse_fault("latency=400ms@1").wait, std::chrono::milliseconds(400));
  EXPECT_EQ(parse_fault("slow-first-byte=1.5s@1").wait, std::chrono::milliseconds(1500));
  EXPECT_EQ(parse_fault("429@1").number, 1u);
  EXPECT_EQ(parse_fault("429=30@1").number, 30u);
  EXPECT_EQ(parse_fault("429=date@1").number, std::nullopt);
  EXPECT_EQ(parse_fault("429=date@1").value, "date");
  EXPECT_EQ(parse_fault("503@1").number, 503u);
  EXPECT_EQ(parse_fault("500=xml@1").number, 500u);
  EXPECT_EQ(parse_fault("late-error@1").number, 504u);
  EXPECT_EQ(parse_fault("truncate@1").number, std::nullopt);
  EXPECT_EQ(parse_fault("forbid=403004@1").number, 403004u);
  EXPECT_EQ(parse_fault("pod-redirect=localhost@1").value, "localhost");
}

TEST(Fault, NotesMayHoldWhatTheSyntaxUses) {
  const Fault fault = parse_fault("fail-job=Stop at a@b = c on error now@1+ on POST **/workbooks");
  EXPECT_EQ(fault.value, "Stop at a@b = c on error now");
  EXPECT_EQ(fault.method, "POST");
  EXPECT_EQ(parse_fault("fail-job=working on it@3").value, "working on it");
}

TEST(Fault, RefusesWhatItCannotRead) {
  EXPECT_NE(refusal_of("latncy=1s@1").find("did you mean latency?"), std::string::npos);
  EXPECT_NE(refusal_of("429").find("@3"), std::string::npos);
  EXPECT_NE(refusal_of("429=soon@1").find("date none"), std::string::npos);
  for (const char* bad : {"",
                          "@1",
                          "latency@1",
                          "latency=4@1",
                          "latency=@1",
                          "429@0",
                          "429@x",
                          "429=99999999@1",
                          "503=pdf@1",
                          "expire-session=1@1",
                          "disposition@1",
                          "disposition=odd@1",
                          "forbid=404004@1",
                          "late-error=200@1",
                          "truncate=-1@1",
                          "fail-job@1",
                          "429@1 on GET",
                          "429@1 on get **",
                          "429@1 on GET a b",
                          "total-too-large=many@1",
                          "pod-redirect=a:80@1",
                          "pod-redirect=a/b@1"})
    EXPECT_NE(refusal_of(bad), "") << bad;
}

TEST(Fault, EveryKindIsReadAndHelped) {
  const std::string help = fault_help();
  for (const auto& row : fault_kinds()) {
    const std::string value = !row.needs_value                         ? ""
                              : row.value == FaultRow::Value::duration ? "=1s"
                              : row.value == FaultRow::Value::word     ? "=none"
                                                                       : "=text";
    EXPECT_EQ(parse_fault(std::string(row.name) + value + "@1").kind, row.kind) << row.name;
    EXPECT_NE(help.find("  " + std::string(row.name)), std::string::npos);
    EXPECT_FALSE(row.counts.empty() || row.what.empty()) << row.name;
  }
}

TEST(Fault, AlwaysIsAsIfItWereWritten) {
  const Fault fault = always(FaultKind::fail_job, "full @ noon");
  const Fault again = parse_fault(fault.text);
  EXPECT_EQ(fault.text, "fail-job=full @ noon@1+");
  EXPECT_EQ(again.value, fault.value);
  EXPECT_EQ(again.which.last, fault.which.last);
}

}  // namespace
}  // namespace tabferry::sim
