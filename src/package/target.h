// The package being written: private, and without a name in its folder until it is finished, so that a killed run
// leaves nothing there. Where the file system knows no nameless files, under "OUTPUT.tmp-XXXXXX".
#pragma once

#include <filesystem>

#include "base/fd.h"

namespace tabferry::package {

class Target {
 public:
  // Makes an empty file (mode 0600) in the folder of `output`. Throws Error{io}.
  explicit Target(std::filesystem::path output, bool nameless = true);
  ~Target();   // removes what was not committed
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  int fd() const { return fd_.get(); }   // for reading and writing
  // Makes the file durable and renames it over `output`.
  void commit();

 private:
  void open_nameless();
  void open_named();
  void give_name();

  std::filesystem::path output_;
  std::filesystem::path temporary_;   // empty as long as there is no name
  base::Fd fd_;
};

}  // namespace tabferry::package
