// A zip file that is open: its entries as the central directory names them, and their bytes.
#pragma once

#include <zip.h>

#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "package/zip_source.h"

namespace tabferry::package {

struct Entry {
  uint64_t index = 0;          // in the central directory
  std::string name;            // bytes as they are
  uint64_t size_bytes = 0;     // unpacked, as the directory says
  uint64_t packed_bytes = 0;
  uint16_t method = 0;         // 0 stored, 8 deflated
  bool encrypted = false;
  time_t modified = 0;
};

// Keeps `source` in use as long as it lives. `label` names it in messages. One thread.
class Archive {
 public:
  // Opens with libzip's flags (ZIP_RDONLY, ZIP_CHECKCONS). Throws Error{corrupt}.
  Archive(ZipSource& source, int flags, std::string label);

  const std::vector<Entry>& entries() const { return entries_; }
  // Unpacks one entry, block by block; checks its checksum. Throws Error{corrupt} with the entry's name, also where
  // more or fewer bytes come than the directory says.
  void unpack(const Entry& entry, const std::function<void(std::string_view)>& block) const;
  zip_t* get() const { return zip_.get(); }
  // Writes the changes and closes. Throws what `source` met, else Error{corrupt}.
  void close();

 private:
  [[noreturn]] void fail_entry(const Entry& entry, std::string_view reason) const;

  struct Discard {
    void operator()(zip_t* zip) const { zip_discard(zip); }
  };
  ZipSource& source_;
  std::string label_;
  std::unique_ptr<zip_t, Discard> zip_;
  std::vector<Entry> entries_;
};

// Refuses what no package of Tableau has and only a hostile or broken one would: Error{corrupt}. `file_bytes`: the
// zip's size.
void check_entries(const std::vector<Entry>& entries, uint64_t file_bytes, const std::string& label);

// Junk of operating systems and folders.
bool is_junk(std::string_view name);
// Cached results of queries on the old data.
bool is_old_cache(std::string_view name);

// Identifies the bytes behind a descriptor: another inode, size or time is another version.
std::string version_of(int fd);

}  // namespace tabferry::package
