#include "sim/content/opened.h"

#include <zip.h>

#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "io/file.h"
#include "package/archive.h"
#include "sim/core/refusal.h"

namespace tabferry::sim {
namespace {

constexpr uint64_t kMaxDocumentBytes = uint64_t{64} << 20;

bool is_extract(std::string_view entry) {
  const std::string name = base::lower(entry);
  return name.ends_with(".hyper") || name.ends_with(".tde");
}

bool is_document(std::string_view entry, std::string_view document_type) {
  if (document_type == "flow") return entry == "flow";
  return entry.find('/') == std::string_view::npos && base::lower(entry).ends_with(document_type);
}

const package::Entry& document_among(const std::vector<package::Entry>& entries, std::string_view document_type) {
  const package::Entry* found = nullptr;
  for (const auto& entry : entries) {
    if (package::is_junk(entry.name) || !is_document(entry.name, document_type)) continue;
    if (found != nullptr) base::fail(base::ErrorKind::corrupt, "there is more than one document in the package");
    found = &entry;
  }
  if (found == nullptr) base::fail(base::ErrorKind::corrupt, "there is no document '{}' in the package", document_type);
  if (found->size_bytes > kMaxDocumentBytes) base::fail(base::ErrorKind::corrupt, "the document is too large");
  return *found;
}

Opened read_document(std::string_view text, Kind kind) {
  return kind == Kind::flow ? read_flow_document(text) : read_tableau_document(text, kind);
}

Opened open_package(const std::filesystem::path& file, Kind kind, std::string_view document_type) {
  const io::FileSource opened(file);
  package::ZipSource source(opened.fd());
  const package::Archive archive(source, ZIP_RDONLY | ZIP_CHECKCONS, "the package");
  package::check_entries(archive.entries(), opened.size_bytes(), "the package");
  std::string document;
  archive.unpack(document_among(archive.entries(), document_type), [&](std::string_view bytes) { document += bytes; });
  Opened content = read_document(document, kind);
  for (const auto& entry : archive.entries())
    if (is_extract(entry.name)) content.has_extracts = true;
  return content;
}

Opened open_bare(const std::filesystem::path& file, Kind kind) {
  if (io::size_of(file) > kMaxDocumentBytes) base::fail(base::ErrorKind::corrupt, "the document is too large");
  return read_document(io::read_text(file, kMaxDocumentBytes), kind);
}

// The engine alone can look into it; what the site knows of it is what every extract is to its data source.
Opened open_extract(const std::filesystem::path& file, std::string_view name) {
  io::FileSource source(file);
  char front[5] = {};
  if (source.read(front) < sizeof front || std::string_view(front, sizeof front) != "Hyper")
    base::fail(base::ErrorKind::corrupt, "it is no extract");
  Opened content;
  content.has_extracts = true;
  content.connections.push_back({.type = "hyper",
                                 .server = {},
                                 .port = {},
                                 .user = "tableau_internal_user",
                                 .database = {},
                                 .datasource = std::string(name),
                                 .content_url = {},
                                 .authentication = "auth-none"});
  return content;
}

Opened opened(const std::filesystem::path& file, Kind kind, std::string_view file_type, std::string_view name) {
  if (file_type == "hyper") return open_extract(file, name);
  if (kind == Kind::flow) return open_package(file, kind, "flow");  // .tfl files are zip files too
  if (file_type == "twb" || file_type == "tds") return open_bare(file, kind);
  return open_package(file, kind, kind == Kind::workbook ? ".twb" : ".tds");
}

}  // namespace

Opened open_published(const std::filesystem::path& file, Kind kind, std::string_view file_type, std::string_view name) {
  try {
    return opened(file, kind, file_type, name);
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::corrupt) throw;
    refuse(400011, "There was a problem publishing the file '{}.{}': {}", name, file_type, error.what());
  }
}

}  // namespace tabferry::sim
