// The site on disk: a file of lines, each what one request changed. A killed simulator leaves at most a torn last line,
// which is what nobody was told of. Read at the start, and written anew when much of it was overtaken.
//
//   [["+","workbook","<id>",{"name":"Sales"},[parts]],["-","view","<id>"]]
#pragma once

#include <filesystem>
#include <vector>

#include "base/fd.h"
#include "sim/core/site.h"

namespace tabferry::sim {

// One thread at a time. It survives the end of the process, in whatever way it comes; not a power cut.
class Journal {
 public:
  explicit Journal(std::filesystem::path file) : file_(std::move(file)) {}

  // Puts what the file says into `site` and opens it for append(); false where there is no file yet. One that has many
  // overtaken lines, or a torn one, is rewritten. Throws Error{corrupt} with the line.
  bool load(Site& site);
  // Replaces the file by one that says `site`, and opens it for append().
  void rewrite(const Site& site);
  // Adds what the changes have made of the site. Throws Error{io}; the file is then as it was.
  void append(const Site& site, const std::vector<Site::Change>& changes);

 private:
  void open();

  std::filesystem::path file_;
  base::Fd fd_;
  uint64_t size_bytes_ = 0;
};

}  // namespace tabferry::sim
