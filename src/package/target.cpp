#include "package/target.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

#include "base/error.h"
#include "base/text.h"
#include "io/file.h"

namespace fs = std::filesystem;

namespace tabferry::package {
namespace {

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

}  // namespace

Target::Target(fs::path output, bool nameless) : output_(std::move(output)) {
  if (nameless) open_nameless();
  if (!fd_) open_named();
}

Target::~Target() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void Target::open_nameless() { fd_ = base::Fd(::open(folder_of(output_).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC,
                                                     0600)); }

// Network and some layered file systems know no nameless files.
void Target::open_named() {
  std::string name = output_.string() + ".tmp-XXXXXX";
  fd_ = base::Fd(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd_) base::fail_errno(errno, fmt::format("making a file beside {}", base::quoted(output_.string(), 400)));
  temporary_ = name;
}

// linkat() does not replace a file and the rename does, so the file gets a passing name first.
void Target::give_name() {
  const std::string self = fmt::format("/proc/self/fd/{}", fd_.get());
  for (int attempt = 0;; ++attempt) {
    const fs::path name = output_.string() + fmt::format(".tmp-{}-{}", ::getpid(), attempt);
    if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
      temporary_ = name;
      return;
    }
    if (errno != EEXIST || attempt == 1000)
      base::fail_errno(errno, fmt::format("naming the finished package beside {}",
                                          base::quoted(output_.string(), 400)));
  }
}

void Target::commit() {
  if (temporary_.empty()) give_name();
  io::commit_file(temporary_, output_);
  temporary_.clear();
}

}  // namespace tabferry::package
