#include "sim/content/repack.h"

#include <fcntl.h>
#include <zip.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/text.h"
#include "doc/xml.h"
#include "package/archive.h"
#include "sim/make/packages.h"

namespace tabferry::sim {
namespace {

bool is_extract(const package::Entry& entry) {
  const std::string name = base::lower(entry.name);
  return name.starts_with("data/") && (name.ends_with(".hyper") || name.ends_with(".tde"));
}

base::Fd new_file(const std::filesystem::path& target) {
  base::Fd fd(::open(target.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) base::fail_errno(errno, fmt::format("making {}", base::quoted(target.string(), 400)));
  return fd;
}

// Names in a zip: no slash, nothing that a folder could be.
std::string entry_name(const std::string& name) {
  std::string entry;
  for (const char c : name) {
    const bool is_odd = c == '/' || c == '\\' || c == ':' || static_cast<unsigned char>(c) < 0x20;
    entry += is_odd ? '_' : c;
  }
  return entry;
}

std::string minimal_document(const std::string& name, const std::string& dbname) {
  doc::XmlWriter xml("datasource");
  xml.attribute("formatted-name", name).attribute("inline", "true").attribute("source-platform", "linux");
  xml.attribute("version", "18.1").open("connection").attribute("class", "federated").open("named-connections");
  xml.open("named-connection").attribute("caption", name).attribute("name", "hyper.0").open("connection");
  xml.attribute("authentication", "auth-none").attribute("class", "hyper").attribute("dbname", dbname);
  xml.attribute("default-settings", "yes").attribute("server", "").attribute("sslmode", "");
  xml.attribute("username", "tableau_internal_user").close().close().close().open("relation");
  xml.attribute("connection", "hyper.0").attribute("name", "Extract").attribute("table", "[Extract].[Extract]");
  return xml.attribute("type", "table").str();
}

}  // namespace

bool write_without_extracts(int fd, const std::filesystem::path& target) {
  const base::Fd written = new_file(target);
  package::ZipSource source(fd, written.get(), {}, {});
  package::Archive archive(source, 0, "the package");
  bool changed = false;
  for (const auto& entry : archive.entries())
    if (is_extract(entry)) changed |= zip_delete(archive.get(), entry.index) == 0;
  if (changed) archive.close();
  return changed;
}

uint64_t write_packaged_extract(const std::filesystem::path& hyper_file, const std::string& name,
                                const std::filesystem::path& target) {
  const std::string stem = entry_name(name);
  const std::string extract = fmt::format("Data/Extracts/{}.hyper", stem);
  make::PackageOrder order;
  order.texts.push_back({stem + ".tds", minimal_document(name, extract)});
  order.files.push_back({extract, hyper_file});
  return make::write_package(target, order);
}

}  // namespace tabferry::sim
