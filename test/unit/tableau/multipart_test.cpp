#include "tableau/multipart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace tabferry::tableau {
namespace {

using base::ErrorKind;
using ::testing::HasSubstr;

std::string all_of(const http::Body& body, size_t step) {
  std::string text;
  const auto source = body.open();
  std::string block(step, '\0');
  while (const size_t got = source->read(block)) text.append(block, 0, got);
  EXPECT_EQ(text.size(), body.size_bytes);
  return text;
}

std::string boundary_of(const Multipart& form) { return form.content_type.substr(form.content_type.find('=') + 1); }

TEST(Multipart, IsPayloadThenFile) {
  const auto file = std::make_shared<FileSlices>(http::text_body("0123456789"));
  const Multipart form = multipart_of(
      "<a/>",
      FilePart{.name = "tableau_datasource", .filename = "x.tdsx", .file = file, .offset = 0, .size_bytes = 10});
  const std::string b = boundary_of(form);
  const std::string expected =
      "--" + b +
      "\r\nContent-Disposition: form-data; name=\"request_payload\"\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n--" + b +
      "\r\nContent-Disposition: form-data; name=\"tableau_datasource\"; filename=\"x.tdsx\"\r\nContent-Type: "
      "application/octet-stream\r\n\r\n"
      "0123456789\r\n--" +
      b + "--\r\n";
  for (const size_t step : {size_t{1}, size_t{7}, size_t{100'000}}) EXPECT_EQ(all_of(form.body, step), expected);
  EXPECT_TRUE(form.content_type.starts_with("multipart/mixed; boundary="));
  EXPECT_EQ(expected.find("0123456789"), form.file_begins_at);
}

TEST(Multipart, MayBeThePayloadAlone) {
  const Multipart form = multipart_of("<a/>", std::nullopt);
  const std::string b = boundary_of(form);
  EXPECT_EQ(
      all_of(form.body, 5),
      "--" + b +
          "\r\nContent-Disposition: form-data; name=\"request_payload\"\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n--" +
          b + "--\r\n");
}

TEST(Multipart, HasABoundaryOfItsOwn) {
  EXPECT_NE(boundary_of(multipart_of("", std::nullopt)), boundary_of(multipart_of("", std::nullopt)));
}

struct Counted {
  int opened = 0;
  uint64_t read_bytes = 0;
};

class CountingSource : public io::ByteSource {
 public:
  CountingSource(std::unique_ptr<io::ByteSource> source, Counted& counted)
      : source_(std::move(source)), counted_(counted) {}
  size_t read(std::span<char> into) override {
    const size_t got = source_->read(into);
    counted_.read_bytes += got;
    return got;
  }

 private:
  std::unique_ptr<io::ByteSource> source_;
  Counted& counted_;
};

TEST(FileSlices, AreReadInOnePass) {
  Counted counted;
  const http::Body text = http::text_body("0123456789");
  const auto file =
      std::make_shared<FileSlices>(http::Body{.size_bytes = 10, .open = [&] {
                                                ++counted.opened;
                                                return std::make_unique<CountingSource>(text.open(), counted);
                                              }});
  for (uint64_t offset = 0; offset < 10; offset += 4) {
    const uint64_t size = std::min<uint64_t>(4, 10 - offset);
    const Multipart form = multipart_of(
        "", FilePart{.name = "tableau_file", .filename = "chunk", .file = file, .offset = offset, .size_bytes = size});
    EXPECT_THAT(all_of(form.body, 3),
                HasSubstr("\r\n\r\n" + std::string("0123456789").substr(offset, size) + "\r\n--"));
  }
  EXPECT_EQ(counted.opened, 1);
  EXPECT_EQ(counted.read_bytes, 10U);
  char again[2];
  EXPECT_GT(file->read(5, again), 0U);
  EXPECT_EQ(again[0], '5');
  EXPECT_EQ(counted.opened, 2);
}

ErrorKind kind_of_reading(const std::string& text, uint64_t announced) {
  const auto file =
      std::make_shared<FileSlices>(http::Body{.size_bytes = announced, .open = http::text_body(text).open});
  try {
    all_of(multipart_of("", FilePart{.name = "n", .filename = "f", .file = file, .offset = 0, .size_bytes = announced})
               .body,
           4);
  } catch (const base::Error& error) {
    return error.kind();
  }
  return ErrorKind::bug;
}

TEST(FileSlices, NoticeThatTheFileChanged) {
  EXPECT_EQ(kind_of_reading("0123456789", 11), ErrorKind::conflict);
  EXPECT_EQ(kind_of_reading("0123456789", 9), ErrorKind::conflict);
  EXPECT_EQ(kind_of_reading("0123456789", 10), ErrorKind::bug) << "is read without an error";
}

TEST(SafeFilename, CannotLeaveItsQuotes) {
  EXPECT_EQ(safe_filename("sales.tdsx", "tdsx"), "sales.tdsx");
  EXPECT_EQ(safe_filename("Sales.TDSX", "tdsx"), "Sales.TDSX");
  EXPECT_EQ(safe_filename("a\"; name=\"b\r\nX: y.tdsx", "tdsx"), "a_; name=_b__X: y.tdsx");
  EXPECT_EQ(safe_filename("/etc/../pass\\wd.hyper", "hyper"), "wd.hyper");
  EXPECT_EQ(safe_filename("Umsätze 🚀.tdsx", "tdsx"), "Umsätze 🚀.tdsx");
  EXPECT_EQ(safe_filename("sales", "tdsx"), "sales.tdsx");
  EXPECT_EQ(safe_filename("", "tdsx"), "datasource.tdsx");
  EXPECT_EQ(safe_filename("dir/", "hyper"), "datasource.hyper");
}

}  // namespace
}  // namespace tabferry::tableau
