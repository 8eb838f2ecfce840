#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "io/file.h"
#include "package/archive.h"
#include "package/package.h"
#include "package/verify.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::package {
namespace {

// What a zip needs beside its entries' bytes: headers, names, the directory.
constexpr uint64_t kBytesOfHeaders = uint64_t{1} << 20;

std::string shown(const fs::path& path) { return base::quoted(path.string(), 400); }

void refuse_bad_target(const Model& model, const Extract& extract, const fs::path& output) {
  if (extract.entry.empty())
    base::fail(ErrorKind::config, "the extract {} is not in the package {}: there is nothing to swap",
               base::quoted(extract.dbname, 300), shown(model.path));
  std::error_code ignored;
  if (fs::equivalent(model.path, output, ignored))
    base::fail(ErrorKind::config, "{} is the template, which is never written: name another output", shown(output));
  if (fs::is_directory(output, ignored)) base::fail(ErrorKind::config, "{} is a folder: name a file for the package",
                                                    shown(output));
}

[[noreturn]] void fail_changed(const fs::path& path, std::string_view when) {
  base::fail(ErrorKind::conflict, "{} was changed {}; nothing was written. Run it again when its writer has finished",
             shown(path), when);
}

// The file that is open is still the file of that name, with the bytes that were read.
void check_unchanged(const io::FileSource& file, const std::string& version, const fs::path& path,
                     std::string_view when) {
  if (version_of(file.fd()) != version) fail_changed(path, when);
  std::optional<io::FileSource> now;
  try {
    now.emplace(path);
  } catch (const base::Error& error) {
    if (error.kind() == ErrorKind::not_found) fail_changed(path, when);
    throw;
  }
  if (version_of(now->fd()) != version) fail_changed(path, when);
}

bool is_kept(const Entry& entry) { return !is_junk(entry.name) && !is_old_cache(entry.name); }

void check_space(const std::vector<Entry>& entries, const Extract& extract, uint64_t extract_bytes,
                 const fs::path& output) {
  uint64_t needed = extract_bytes + kBytesOfHeaders;
  for (const auto& entry : entries)
    if (is_kept(entry) && entry.name != extract.entry) needed += entry.packed_bytes;
  const uint64_t free = io::free_disk_bytes(output.has_parent_path() ? output.parent_path() : fs::path("."));
  if (needed > free)
    base::fail(ErrorKind::io, "writing {} needs {} and the disk has {} free: free some space, or take "
               "a folder on a larger disk (TMPDIR, --output)",
               shown(output), base::human_bytes(needed), base::human_bytes(free));
}

void require(bool done, const Archive& archive, const Entry& entry) {
  if (!done) base::fail(ErrorKind::corrupt, "packing {}: {}", base::quoted(entry.name), zip_strerror(archive.get()));
}

// Where the template's entry is deflated already, libzip (1.7.3, zip_set_file_compression.c) takes "deflate" for no change
// and forgets the level, which makes it the highest and four times as slow: its default method is deflate, too.
bool set_compression(const Archive& archive, const Entry& entry, Compression compression) {
  if (compression == Compression::stored)
    return zip_set_file_compression(archive.get(), entry.index, ZIP_CM_STORE, 0) == 0;
  const zip_int32_t method = entry.method == ZIP_CM_DEFLATE ? ZIP_CM_DEFAULT : ZIP_CM_DEFLATE;
  return zip_set_file_compression(archive.get(), entry.index, method, kDeflateLevel) == 0;
}

void replace(const Archive& archive, const Entry& entry, ZipSource& hyper, Compression compression) {
  zip_source_t* source = hyper.make();
  const bool replaced = zip_file_replace(archive.get(), entry.index, source, 0) == 0;
  if (!replaced) zip_source_free(source);
  require(replaced, archive, entry);
  require(set_compression(archive, entry, compression), archive, entry);
  require(zip_file_set_mtime(archive.get(), entry.index, entry.modified, 0) == 0, archive, entry);
}

// Kept entries are read again when the result is verified; better known before gigabytes are written.
void require_readable(const Entry& entry, const fs::path& path) {
  if (zip_compression_method_supported(entry.method, 0) == 0)
    base::fail(ErrorKind::corrupt, "{} of {} is packed in a way ({}) that Tableau does not use. Save the package "
               "again from Tableau Desktop",
               base::quoted(entry.name), shown(path), entry.method);
}

// Marks the changes; libzip copies the other entries' packed bytes when the archive is closed. Returns what will be
// there.
std::vector<std::string> mark_changes(const Archive& archive, const Model& model, const Extract& extract,
                                      ZipSource& hyper, Compression compression) {
  std::vector<std::string> names;
  bool found = false;
  for (const auto& entry : archive.entries()) {
    if (!is_kept(entry)) {
      require(zip_delete(archive.get(), entry.index) == 0, archive, entry);
      continue;
    }
    names.push_back(entry.name);
    if (entry.name != extract.entry) {
      require_readable(entry, model.path);
      continue;
    }
    replace(archive, entry, hyper, compression);
    found = true;
  }
  if (!found) base::fail(ErrorKind::config, "{} has no entry {}", shown(model.path), base::quoted(extract.entry, 300));
  return names;
}

}  // namespace

void swap(const Model& model, const Extract& extract, const fs::path& hyper_file, const fs::path& output,
          const std::function<void(uint64_t)>& progress, std::stop_token stop, Compression compression) {
  refuse_bad_target(model, extract, output);
  const io::FileSource hyper_bytes(hyper_file);
  const std::string hyper_version = version_of(hyper_bytes.fd());
  const io::FileSource original(model.path);
  check_unchanged(original, model.version, model.path, "after it was read");
  io::FileSink target(output, {.mode = 0600});   // private until its owner says otherwise
  ZipSource hyper(hyper_bytes.fd());
  ZipSource source(original.fd(), target.fd(), progress, stop);
  Archive archive(source, 0, shown(model.path));
  check_space(archive.entries(), extract, hyper.size_bytes(), output);
  const Expected expected{.names = mark_changes(archive, model, extract, hyper, compression), .document_entry = model.document_entry,
                          .document = model.document, .extract_entry = extract.entry,
                              .extract_bytes = hyper.size_bytes()};
  try {
    archive.close();
  } catch (const base::Error&) {
    hyper.rethrow(fmt::format("reading {}", shown(hyper_file)));
    throw;
  }
  verify(target.fd(), expected, fmt::format("the new package made from {}", shown(model.path)), stop);
  check_unchanged(hyper_bytes, hyper_version, hyper_file, "while it was packed");
  check_unchanged(original, model.version, model.path, "while it was packed");
  target.commit();
}

}  // namespace tabferry::package
