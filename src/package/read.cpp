#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "io/file.h"
#include "package/archive.h"
#include "package/bind.h"
#include "package/document.h"
#include "package/package.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::package {
namespace {

// Workbooks reach tens of MB; doc::XmlDocument has the same limit.
constexpr uint64_t kMaxDocumentBytes = uint64_t{64} << 20;

std::string shown(const fs::path& path) { return base::quoted(path.string(), 400); }

void refuse_bare_document(int fd, const fs::path& path) {
  char head[8] = {};
  const ssize_t got = ::pread(fd, head, sizeof head, 0);
  std::string_view text(head, got > 0 ? static_cast<size_t>(got) : 0);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.starts_with("<"))
    base::fail(ErrorKind::config, "{} is a bare document (.tds or .twb) without data, not a package. In Tableau "
               "Desktop choose "
               "Data > (the data source) > Add to Saved Data Sources, with the type Tableau Packaged Data Source "
               "(.tdsx)", shown(path));
}

bool is_document(std::string_view name) {
  const std::string lower = base::lower(name);
  return lower.ends_with(".tds") || lower.ends_with(".twb");
}

[[noreturn]] void fail_no_document(const std::vector<Entry>& entries, const fs::path& path) {
  const auto nested =
      std::ranges::find_if(entries, [](const auto& e) { return is_document(e.name) && !is_junk(e.name); });
  if (nested == entries.end())
    base::fail(ErrorKind::corrupt, "{} is no Tableau package: there is no .tds or .twb at its top. Save it again from "
               "Tableau Desktop", shown(path));
  base::fail(ErrorKind::corrupt, "{} has its document {} in a folder, where Tableau does not look. Zip the contents "
             "of that "
             "folder, not the folder itself, or save the package again from Tableau Desktop", shown(path),
             base::quoted(nested->name));
}

const Entry& find_document(const std::vector<Entry>& entries, const fs::path& path) {
  std::vector<const Entry*> found;
  for (const auto& entry : entries)
    if (is_document(entry.name) && !is_junk(entry.name) && entry.name.find('/') == std::string::npos)
      found.push_back(&entry);
  if (found.empty()) fail_no_document(entries, path);
  if (found.size() > 1)
    base::fail(ErrorKind::corrupt, "{} has several documents at its top ({}, {}); a package has one. Save it again "
               "from Tableau Desktop",
               shown(path), base::quoted(found[0]->name), base::quoted(found[1]->name));
  return *found.front();
}

std::string read_document_bytes(const Archive& archive, const Entry& entry, const fs::path& path) {
  if (entry.size_bytes > kMaxDocumentBytes)
    base::fail(ErrorKind::corrupt, "{} of {} says it unpacks to {}; documents of more than {} are refused",
               base::quoted(entry.name), shown(path), base::human_bytes(entry.size_bytes),
               base::human_bytes(kMaxDocumentBytes));
  std::string bytes;
  archive.unpack(entry, [&](std::string_view block) { bytes += block; });   // stops at size_bytes
  return bytes;
}

void note_what_is_left_out(const std::vector<Entry>& entries, Model& model) {
  std::vector<std::string> junk;
  size_t cached = 0;
  for (const auto& entry : entries) {
    if (is_junk(entry.name)) junk.push_back(base::quoted(entry.name));
    else if (is_old_cache(entry.name)) ++cached;
  }
  const size_t count = junk.size();
  if (count > 3) junk.resize(3);
  if (count > 0)
    model.notes.push_back(fmt::format("left out of the result, as Tableau has no use for it: {}{}",
                                      base::join(junk, ", "),
                                      count > 3 ? fmt::format(" and {} more", count - 3) : ""));
  if (cached > 0)
    model.notes.push_back(fmt::format("left out of the result: TwbxExternalCache/ ({}), answers computed from the old "
                                      "data; Tableau makes it anew",
                                      base::counted(cached, "file")));
}

void refuse_without_extract(const Reading& reading, const Model& model) {
  if (!model.extracts.empty()) return;
  if (!reading.old_extracts.empty())
    base::fail(ErrorKind::config, "{} has its extract in the old format (.tde: {}), which cannot be swapped for a "
               ".hyper. Open it in "
               "Tableau Desktop 10.5 or later, refresh or extract it again, and save it", shown(model.path),
               base::quoted(reading.old_extracts.front()));
  base::fail(ErrorKind::config, "{} reads no .hyper extract: {} is a live connection. In Tableau Desktop choose Data "
             "> (the data source) > "
             "Extract Data, or connect to a .hyper file, and save it as a packaged data source again",
             shown(model.path), base::quoted(model.document_entry));
}

}  // namespace

Model read(const fs::path& path) {
  const io::FileSource file(path);
  if (file.size_bytes() == 0)
    base::fail(ErrorKind::corrupt, "{} is empty (0 bytes). Copy it again from where it came from, or save it again "
               "from Tableau Desktop", shown(path));
  refuse_bare_document(file.fd(), path);
  ZipSource source(file.fd());
  const Archive archive(source, ZIP_RDONLY, shown(path));
  check_entries(archive.entries(), file.size_bytes(), shown(path));
  const Entry& document = find_document(archive.entries(), path);
  Model model{.path = path, .version = version_of(file.fd()), .document_entry = document.name,
              .document = read_document_bytes(archive, document, path)};
  const Reading reading =
      read_document(model.document, fmt::format("{} of {}", base::quoted(document.name), shown(path)));
  model.notes = reading.notes;
  bind(reading, archive.entries(), model);
  refuse_without_extract(reading, model);
  for (const auto& old : reading.old_extracts)
    model.notes.push_back(fmt::format("{} is an extract in the old format (.tde); it stays as it is",
                                      base::quoted(old)));
  note_what_is_left_out(archive.entries(), model);
  return model;
}

}  // namespace tabferry::package
