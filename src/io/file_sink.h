// A file being written: without a name in its folder until it is finished (O_TMPFILE), so that a killed run leaves
// nothing there. Where the file system knows no nameless files (network and layered ones), under a hidden passing name.
// This is the one way in which the house writes a file that others will read.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/fd.h"
#include "io/byte_sink.h"

namespace tabferry::io {

// Files of this name are passing ones: FOLDER/.tabferry-tmp-<16 hex digits>[-<number>], made from the final name and
// locked (flock) by their writer. One that a killed run left is removed by the next writer of the same file.
inline constexpr std::string_view kPassingPrefix = ".tabferry-tmp-";

struct FileSinkOptions {
  bool replace = true;     // false: commit() throws Error{conflict} where something of that name is there
  unsigned mode = 0644;    // less the umask
  bool nameless = true;    // false: as on a file system that knows no nameless files
};

class FileSink : public ByteSink {
 public:
  // The folder must be there. Throws Error{io}.
  explicit FileSink(std::filesystem::path path, const FileSinkOptions& options = {});
  ~FileSink() override;   // removes what was not committed
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  void write(std::string_view bytes) override;
  // Syncs the bytes, gives the file its name in one step, and syncs the folder. A file that is replaced needs a passing
  // name between two system calls: there is none in which a nameless file replaces another.
  void commit() override;

  // The file itself, for reading and writing by those who do not write from front to end.
  int fd() const { return fd_.get(); }

 private:
  void open_nameless();
  void open_named();
  bool link_to(const std::filesystem::path& name) const;
  void appear();
  void replace();

  std::filesystem::path path_;
  std::filesystem::path passing_;   // empty as long as there is no name
  FileSinkOptions options_;
  base::Fd fd_;
};

// Removes a passing file whose writer is dead: nobody holds its lock. False where it is in use, or gone.
bool remove_if_dead(const std::filesystem::path& passing);

// Syncs the folder in which `path` stands: a new name is lost in a power cut before that.
void sync_folder_of(const std::filesystem::path& path);

}  // namespace tabferry::io
