#include "sim/core/multipart.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/error.h"

namespace tabferry::sim {
namespace {

struct Part {
  std::string name, filename, content_type, content;
  bool ended = false;
};

struct Collected {
  std::vector<Part> parts;
  PartEvents events() {
    return {[this](const PartHead& head) { parts.push_back({head.name, head.filename, head.content_type, ""}); },
            [this](std::string_view bytes) { parts.back().content += bytes; }, [this] { parts.back().ended = true; }};
  }
};

std::vector<Part> read_in_two(const std::string& body, const std::string& boundary, size_t cut) {
  Collected collected;
  MultipartReader reader(boundary, collected.events());
  reader.push(std::string_view(body).substr(0, cut));
  reader.push(std::string_view(body).substr(cut));
  reader.finish();
  return collected.parts;
}

std::vector<Part> read_bytewise(const std::string& body, const std::string& boundary) {
  Collected collected;
  MultipartReader reader(boundary, collected.events());
  for (const char byte : body) reader.push({&byte, 1});
  reader.finish();
  return collected.parts;
}

// What tableauserverclient sends (urllib3's encoder): a disposition type, an empty filename.
const std::string kAsPythonSends =
    "--b0und\r\n"
    "Content-Disposition: form-data; name=\"request_payload\"; filename=\"\"\r\n"
    "Content-Type: text/xml\r\n"
    "\r\n"
    "<tsRequest/>\r\n"
    "--b0und\r\n"
    "Content-Disposition: form-data; name=\"tableau_datasource\"; filename=\"a;b \\\"c\\\".tdsx\"\r\n"
    "Content-Type: application/octet-stream\r\n"
    "\r\n"
    "PK\r\n--b0un\r\n--b0undX\r\n\r\n--\r\n"
    "--b0und--\r\n";

void expect_as_python_sends(const std::vector<Part>& parts) {
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].name, "request_payload");
  EXPECT_EQ(parts[0].filename, "");
  EXPECT_EQ(parts[0].content_type, "text/xml");
  EXPECT_EQ(parts[0].content, "<tsRequest/>");
  EXPECT_EQ(parts[1].name, "tableau_datasource");
  EXPECT_EQ(parts[1].filename, "a;b \"c\".tdsx");
  EXPECT_EQ(parts[1].content, "PK\r\n--b0un\r\n--b0undX\r\n\r\n--");
  EXPECT_TRUE(parts[0].ended && parts[1].ended);
}

TEST(Multipart, ReadsTheSameWhereverTheBytesAreCut) {
  for (size_t cut = 0; cut <= kAsPythonSends.size(); ++cut) {
    SCOPED_TRACE(cut);
    expect_as_python_sends(read_in_two(kAsPythonSends, "b0und", cut));
  }
  expect_as_python_sends(read_bytewise(kAsPythonSends, "b0und"));
}

// What the migration SDK and the samples send: no disposition type, sometimes no quotes; an empty first part.
TEST(Multipart, ReadsTheBareHeaderForm) {
  const std::string body =
      "preamble\r\n--xyz  \r\nContent-Disposition: name=request_payload\r\nContent-Type: text/xml\r\n\r\n\r\n"
      "--xyz\r\ncontent-disposition:name=\"tableau_file\";filename=file\r\n\r\nbytes\r\n--xyz--\r\nepilogue";
  for (size_t cut = 0; cut <= body.size(); ++cut) {
    SCOPED_TRACE(cut);
    const auto parts = read_in_two(body, "xyz", cut);
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_EQ(parts[0].name, "request_payload");
    EXPECT_EQ(parts[0].content, "");
    EXPECT_EQ(parts[1].name, "tableau_file");
    EXPECT_EQ(parts[1].filename, "file");
    EXPECT_EQ(parts[1].content, "bytes");
  }
}

TEST(Multipart, AnEmptyPartMayHaveNoLineEndOfItsOwn) {
  const std::string body = "--x\r\nContent-Disposition: name=request_payload\r\n\r\n--x\r\n\r\nheaderless\r\n--x--";
  for (size_t cut = 0; cut <= body.size(); ++cut) {
    const auto parts = read_in_two(body, "x", cut);
    ASSERT_EQ(parts.size(), 2U) << cut;
    EXPECT_EQ(parts[0].content, "");
    EXPECT_EQ(parts[1].name, "");
    EXPECT_EQ(parts[1].content, "headerless");
  }
}

TEST(Multipart, PassesOnEveryByteValue) {
  std::string content;
  for (int i = 0; i < 100'000; ++i) content += static_cast<char>((i * 7 + i / 256) & 0xFF);
  const std::string body = "--q\r\nContent-Disposition: name=f\r\n\r\n" + content + "\r\n--q--";
  const auto parts = read_in_two(body, "q", 50'000);
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].content, content);
}

TEST(Multipart, NeverHoldsBackMuchOfAFile) {
  size_t given = 0;
  MultipartReader reader("q", {[](const PartHead&) {}, [&](std::string_view bytes) { given += bytes.size(); }, [] {}});
  reader.push("--q\r\nContent-Disposition: name=f\r\n\r\n");
  const std::string block(65536, '\r');
  for (size_t sent = block.size(); sent <= block.size() * 20; sent += block.size()) {
    reader.push(block);
    EXPECT_GE(given + 16, sent);
  }
}

TEST(Multipart, ACutBodyIsAnError) {
  for (size_t cut = 0; cut + 4 < kAsPythonSends.size();
       ++cut) {  // the last line end may be missing, and so may a hyphen
    Collected collected;
    MultipartReader reader("b0und", collected.events());
    reader.push(std::string_view(kAsPythonSends).substr(0, cut));
    EXPECT_THROW(reader.finish(), base::Error) << cut;
  }
}

TEST(Multipart, RefusesEndlessHeaders) {
  MultipartReader reader("q", {[](const PartHead&) {}, [](std::string_view) {}, [] {}});
  reader.push("--q\r\n");
  const auto push_forever = [&] {
    for (int i = 0; i < 1000; ++i) reader.push("X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
  };
  EXPECT_THROW(push_forever(), base::Error);
}

TEST(Multipart, FindsTheBoundary) {
  EXPECT_EQ(mixed_boundary("multipart/mixed; boundary=abc"), "abc");
  EXPECT_EQ(mixed_boundary("Multipart/Mixed;charset=utf-8; Boundary=\"a b;c\""), "a b;c");
  EXPECT_EQ(mixed_boundary("multipart/form-data; boundary=abc"), std::nullopt);
  EXPECT_EQ(mixed_boundary("multipart/mixed"), std::nullopt);
  EXPECT_EQ(mixed_boundary("multipart/mixed; boundary=" + std::string(201, 'x')), std::nullopt);
}

}  // namespace
}  // namespace tabferry::sim
