// A publish against a scripted server, step by step; what its tests and the uploads' share.
#pragma once

#include "http/client.h"
#include "unit/tableau/site_fixture.h"

namespace tabferry::tableau {

inline constexpr const char* kOld = "2026-01-01T00:00:00Z";
inline constexpr const char* kNew = "2026-01-02T03:04:00Z";

// A file whose slices can be told from one another.
inline std::string file_of(size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += std::to_string(i) + ",";
  return text.substr(0, size);
}

// The bytes of the file part of a form.
inline std::string file_in(const std::string& form, const std::string& name) {
  const auto part = form.find("name=\"" + name + "\"");
  if (part == std::string::npos) return "<no part " + name + ">";
  const auto begin = form.find("\r\n\r\n", part) + 4;
  return form.substr(begin, form.find("\r\n--tabferry-", begin) - begin);
}

inline std::string job(const std::string& attributes, const std::string& inner = "") {
  return ts("<job id=\"j-1\" mode=\"Asynchronous\" type=\"PublishDatasource\" " + attributes + ">" + inner + "</job>");
}

class Publish : public SiteTest {
 protected:
  Publish() { options.single_request_limit_bytes = 1000; }

  PublishRequest request(size_t size) {
    content = file_of(size);
    return {.name = "Sales <\"daily\"> & ü 🚀",
            .project_id = "p-1",
            .filename = "sales.tdsx",
            .type = "tdsx",
            .file = http::text_body(content),
            .on_sent = [this](uint64_t bytes) { sent.push_back(bytes); },
            .on_step = [this](const std::string& text) { steps.push_back(text); }};
  }
  // Looked up before it is published: the name has a '&', so the list is not filtered.
  void expect_look(const std::string& items) {
    server.expect("GET", kSite + "datasources?pageSize=1000&pageNumber=1").reply(200, datasources(items));
  }
  void expect_look_by_id(const std::string& updated_at) {
    server.expect("GET", kSite + "datasources/d-1").reply(200, ts(there(updated_at)));
  }
  std::string there(const std::string& updated_at) {
    return datasource("d-1", "Sales &lt;&quot;daily&quot;&gt; &amp; ü 🚀", updated_at);
  }
  test::Step& expect_post() {
    return server.expect("POST", kSite + "datasources?datasourceType=tdsx&overwrite=true")
        .with_header("x-tableau-auth", token_);
  }
  test::Step& expect_begin(const std::string& id) {
    return server.expect("POST", kSite + "fileUploads")
        .with_header("content-length", "0")
        .reply(201, ts("<fileUpload uploadSessionId=\"" + id + "\" fileSize=\"0\"/>"));
  }
  test::Step& expect_append(const std::string& id) { return server.expect("PUT", kSite + "fileUploads/" + id); }
  test::Step& expect_commit(const std::string& id) {
    return server.expect("POST",
                         kSite + "datasources?datasourceType=tdsx&overwrite=true&asJob=true&uploadSessionId=" + id);
  }
  test::Step& expect_job() { return server.expect("GET", kSite + "jobs/j-1"); }
  // A publish in one chunk of 2000 bytes whose commit is a job; the job's answers follow.
  void expect_job_begun() {
    expect_begin("7:a-1:0");
    expect_append("7:a-1:0").reply(200, ts("<fileUpload uploadSessionId=\"7:a-1:0\" fileSize=\"1\"/>"));
    expect_commit("7:a-1:0").reply(202, job("progress=\"0\" createdAt=\"2026-01-02T03:04:00Z\" finishCode=\"1\""));
  }
  size_t posts() {
    size_t count = 0;
    for (const auto& seen : server.seen())
      count += seen.method == "POST" && seen.target.find("/datasources?") != std::string::npos;
    return count;
  }

  std::string content;
  std::vector<uint64_t> sent;
  std::vector<std::string> steps;
};

}  // namespace tabferry::tableau
