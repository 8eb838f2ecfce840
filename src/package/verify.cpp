#include "package/verify.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "package/archive.h"

using tabferry::base::ErrorKind;

namespace tabferry::package {
namespace {

void compare_names(const std::vector<Entry>& entries, const Expected& expected, const std::string& label) {
  bool same = entries.size() == expected.names.size();
  for (size_t i = 0; same && i < entries.size(); ++i) same = entries[i].name == expected.names[i];
  if (!same)
    base::fail(ErrorKind::corrupt, "checking {}: its entries are not those that were written; is something wrong with "
               "the disk?",
               label);
}

// Unpacks the document and tells whether every byte is the template's.
bool holds(const Archive& archive, const Entry& entry, std::string_view bytes) {
  bool same = true;
  archive.unpack(entry, [&](std::string_view block) {
    same = same && bytes.starts_with(block);
    bytes.remove_prefix(std::min(block.size(), bytes.size()));
  });
  return same && bytes.empty();
}

}  // namespace

void verify(int fd, const Expected& expected, const std::string& label, const std::stop_token& stop) {
  ZipSource source(fd);
  const Archive archive(source, ZIP_RDONLY | ZIP_CHECKCONS, label);
  compare_names(archive.entries(), expected, label);
  const auto look_up = [&](std::string_view) {
    if (stop.stop_requested()) base::fail_cancelled(fmt::format("checking {}", label));
  };
  for (const auto& entry : archive.entries()) {
    if (entry.name == expected.document_entry && !holds(archive, entry, expected.document))
      base::fail(ErrorKind::conflict, "checking {}: the document {} is not the template's; was the template saved "
                 "meanwhile? Run it again",
                 label, base::quoted(entry.name));
    if (entry.name == expected.extract_entry && entry.size_bytes != expected.extract_bytes)
      base::fail(ErrorKind::conflict, "checking {}: the extract {} has {} bytes instead of {}; was it changed while "
                 "it was packed? Run it again",
                 label, base::quoted(entry.name), entry.size_bytes, expected.extract_bytes);
    if (entry.name != expected.document_entry) archive.unpack(entry, look_up);
  }
}

}  // namespace tabferry::package
