#include "base/fd.h"

#include <unistd.h>

namespace tabferry::base {

void Fd::reset() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace tabferry::base
