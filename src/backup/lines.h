// JSON documents of any length: one object whose values stand each on a line, and whose long lists have one item a
// line. Any JSON reader takes them; this one goes through them line by line, so that memory does not grow with a site.
// Private to this room: plan.json, manifest.json, lists and receipts are written so.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "doc/json.h"
#include "io/byte_sink.h"
#include "io/byte_source.h"

namespace tabferry::backup {

// Writes one document to a sink. Values first, then lists, one after the other; end() closes the document.
class LineWriter {
 public:
  explicit LineWriter(io::ByteSink& sink);

  void value(std::string_view name, const doc::Json& value);
  void begin_list(std::string_view name);
  void item(std::string_view json);  // one line, without a line end in it
  void end_list();
  // With `sealed`, the last value is "sha256": of all bytes before its own line.
  void end(bool sealed = false);

  uint64_t size_bytes() const { return size_bytes_; }
  // Of the whole document, of a sealed one the seal. Behind end(), once.
  std::string sha256() { return sealed_.empty() ? hash_.hex() : sealed_; }

 private:
  void put(std::string_view bytes);
  void comma();

  io::ByteSink& sink_;
  base::Sha256 hash_;
  std::string sealed_;
  uint64_t size_bytes_ = 0;
  bool first_ = true;
  bool first_item_ = true;
};

struct LineVisitor {
  std::function<void(const std::string& name, doc::Json value)> value;
  std::function<void(const std::string& list, std::string_view line)> item;  // the line is JSON, not parsed yet
};

struct ReadLines {
  std::string sha256;  // as LineWriter::sha256() gave it
  uint64_t size_bytes = 0;
  bool sealed = false;  // it ends with its own sha256, and that is right
};

// Reads what LineWriter wrote. Throws Error{corrupt} with `where` for anything else, for a cut document, and where the
// seal does not fit the bytes.
ReadLines read_lines(io::ByteSource& source, const std::string& where, const LineVisitor& visitor);

}  // namespace tabferry::backup
