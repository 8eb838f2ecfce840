#include "store/store.h"

#include "base/error.h"
#include "base/text.h"

namespace tabferry::store {

void fail_changed(const std::string& url, bool deleted) {
  base::fail(base::ErrorKind::conflict, "{} was {} between listing and the end of reading; nothing of it was used. Run again when its writer has finished",
             base::quoted(url, 400), deleted ? "deleted" : "replaced or changed");
}

}  // namespace tabferry::store
