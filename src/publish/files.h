// The files of one table, read in order while the next ones are on their way.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "io/byte_source.h"
#include "publish/plan.h"

namespace tabferry::publish {

// The plain bytes of one planned file, from its start: unpacked where its name ends in .gz; refused where it is not the
// listed version any more.
std::unique_ptr<io::ByteSource> open_file(const PlannedTable& table, const store::Object& file);

// True for a file that is unpacked on its way: its name ends in .gz, and it is not empty.
bool is_packed(const store::Object& file);

// Opens files ahead of the reader, as far as the store's ReadAhead goes: the bytes that may wait in memory are shared
// out, first come first served, and what a file has delivered is free for the next. One thread; `table` must outlive
// it.
class Files {
 public:
  // Begins to open at once.
  explicit Files(const PlannedTable& table);
  ~Files();

  // The next file of the table, in order; its source may be read until the next call. Absent behind the last one.
  const store::Object* next();
  io::ByteSource& source();
  // To be told as the current file is read: bytes as stored.
  uint64_t taken_bytes() const;

 private:
  class Counted;
  struct Opened {
    const store::Object* file;
    uint64_t window_bytes;            // that were set aside for it
    std::shared_ptr<uint64_t> taken;  // bytes as stored that were read of it
    std::unique_ptr<io::ByteSource> plain;
  };

  void open_ahead();
  void open(const store::Object& file, uint64_t window_bytes);
  uint64_t reserved_bytes() const;

  const PlannedTable& table_;
  const store::ReadAhead read_ahead_;
  size_t next_ = 0;            // of the files that are not open yet
  std::deque<Opened> opened_;  // the first one is being read
  bool begun_ = false;
};

}  // namespace tabferry::publish
