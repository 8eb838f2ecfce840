// A private folder for one run: 0700, removed when its owner dies, recognised as garbage when its process was killed.
//
// DIR/tabferry-run-<6 letters>/ holds a file `.lock` that its owner keeps locked (flock). A folder of that name whose lock
// can be taken, or is gone, belongs to a dead run: sweep_leftovers() removes it. Nothing else in DIR is ever touched.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/fd.h"

namespace tabferry::base {

class TempDir {
 public:
  // Makes the folder below `parent` (which must exist). Throws Error{io}.
  explicit TempDir(const std::filesystem::path& parent);
  TempDir(TempDir&&) noexcept = default;
  TempDir& operator=(TempDir&&) = delete;
  ~TempDir();

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  Fd lock_;
};

// $TMPDIR, else /tmp.
std::filesystem::path default_temp_parent();

// Removes the folders below `parent` that killed runs of the same user left; returns their paths.
std::vector<std::filesystem::path> sweep_leftovers(const std::filesystem::path& parent);

}  // namespace tabferry::base
