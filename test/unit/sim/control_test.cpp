#include "sim/faults/control.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include "base/error.h"
#include "doc/json.h"

namespace tabferry::sim {
namespace {

class ControlTest : public testing::Test {
 protected:
  ControlTest() : control_(rules_, counts_, 0), client_(control_.url()) {}

  httplib::Result post(const std::string& body, const char* type = "application/json") {
    return client_.Post("/faults", body, type);
  }
  doc::Json faults() { return doc::parse_json(client_.Get("/faults")->body, "the answer"); }

  FaultRules rules_;
  RequestCounts counts_;
  Control control_;
  httplib::Client client_;
};

TEST_F(ControlTest, AddsReadsAndRemoves) {
  const auto added = post(R"({"faults": ["429=2@1", "503@2+ on GET **"]})");
  EXPECT_EQ(added->status, 201);
  EXPECT_EQ(added->body, R"({"added":[1,2]})");
  const Occasion occasion{"GET", "/x", "", ""};
  rules_.done(*rules_.strike(FaultKind::too_many, occasion), occasion, "answered 429");
  EXPECT_EQ(faults()["rules"][0]["struck"], 1);
  EXPECT_EQ(faults()["log"][0]["path"], "/x");
  EXPECT_EQ(client_.Delete("/faults")->status, 204);
  EXPECT_EQ(faults()["rules"][1]["removed"], true);
  EXPECT_EQ(faults()["struck"], 1);
}

TEST_F(ControlTest, AddsAllOrNone) {
  const auto answer = post(R"({"faults": ["429@1", "nothing@1"]})");
  EXPECT_EQ(answer->status, 400);
  const auto error = doc::parse_json(answer->body, "the answer")["error"].get<std::string>();
  EXPECT_NE(error.find("'nothing'"), std::string::npos);
  EXPECT_TRUE(faults()["rules"].empty());
}

TEST_F(ControlTest, RefusesBadInputWithAMessage) {
  for (const char* body :
       {"", "[", "[]", "{}", R"({"faults": "429@1"})", R"({"faults": [1]})", R"({"faults": [], "x": 1})"}) {
    const auto answer = post(body);
    EXPECT_EQ(answer->status, 400) << body;
    EXPECT_NE(answer->body.find("error"), std::string::npos) << body;
  }
  EXPECT_EQ(client_.Get("/nothing")->status, 404);
  EXPECT_NE(client_.Get("/nothing")->body.find("GET /requests"), std::string::npos);
}

TEST_F(ControlTest, AWebPageCanDoNothing) {
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", ""})
    EXPECT_EQ(post(R"({"faults": ["429@1"]})", type)->status, 415) << type;
  EXPECT_EQ(client_.Options("/faults")->status, 404);
  for (const char* host : {"evil.example", "evil.example:80", "127.0.0.1.evil.example", ""})
    EXPECT_EQ(client_.Get("/faults", {{"Host", host}})->status, 403) << host;
  for (const char* host : {"localhost", "localhost:80", "[::1]:80"})
    EXPECT_EQ(client_.Get("/faults", {{"Host", host}})->status, 200) << host;
  EXPECT_TRUE(faults()["rules"].empty());
}

TEST_F(ControlTest, TellsRequests) {
  counts_.count("GET", "serverinfo", 200);
  EXPECT_EQ(client_.Get("/requests")->body, counts_.to_json());
}

TEST_F(ControlTest, SharesItsPortWithNobody) {
  const int port = std::stoi(control_.url().substr(control_.url().rfind(':') + 1));
  EXPECT_THROW(Control(rules_, counts_, port), base::Error);
}

}  // namespace
}  // namespace tabferry::sim
