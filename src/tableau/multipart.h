// The multipart/mixed bodies of publishing: an XML payload and at most one slice of a file, never in memory as a whole.
// Private to this room. https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_concepts_publish.htm
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/client.h"

namespace tabferry::tableau {

// A file that several requests read, one slice after the other, in one pass: going back opens it anew.
// Throws Error{conflict} where it has not the size that was announced.
class FileSlices {
 public:
  explicit FileSlices(http::Body file) : file_(std::move(file)) {}

  uint64_t size_bytes() const { return file_.size_bytes; }
  // At least one byte of the file from `offset` on; offset < size_bytes(). Reading its last byte also makes sure that
  // the file ends there.
  size_t read(uint64_t offset, std::span<char> into);

 private:
  void go_to(uint64_t offset);

  http::Body file_;
  std::unique_ptr<io::ByteSource> source_;
  uint64_t at_ = 0;
};

struct FilePart {
  std::string name;      // "tableau_datasource", "tableau_file"
  std::string filename;  // made safe here
  std::shared_ptr<FileSlices> file;
  uint64_t offset = 0;
  uint64_t size_bytes = 0;
};

struct Multipart {
  std::string content_type;
  http::Body body;
  uint64_t file_begins_at = 0;  // in the body
};

// `payload` may be empty (an append has none). The file outlives the body.
Multipart multipart_of(std::string_view payload, const std::optional<FilePart>& file);

// The last part of a path without what could end a quoted string or a header; never empty; ends in ".TYPE".
std::string safe_filename(std::string_view filename, std::string_view type);

}  // namespace tabferry::tableau
