#include "sim/content/extract_edit.h"

#include "base/error.h"
#include "base/tempdir.h"
#include "base/text.h"
#include "hyper/engine.h"
#include "io/file.h"
#include "io/file_sink.h"
#include "package/archive.h"
#include "package/package.h"
#include "sim/core/ids.h"
#include "sim/core/refusal.h"
#include "table/schema.h"

namespace tabferry::sim {
namespace {

namespace fs = std::filesystem;

void unpack(const package::Model& model, const std::string& entry, const fs::path& target) {
  io::FileSource zip(model.path);
  package::ZipSource source(zip.fd());
  const package::Archive archive(source, ZIP_RDONLY, "the package");
  for (const auto& one : archive.entries()) {
    if (one.name != entry) continue;
    io::FileSink sink(target, {.mode = 0600});
    archive.unpack(one, [&](std::string_view block) { sink.write(block); });
    sink.commit();
    return;
  }
  base::fail(base::ErrorKind::corrupt, "the package has no entry {}", base::quoted(entry));
}

// A copy of the extract, to be changed or read.
fs::path extract_of(const fs::path& file, const fs::path& copy, bool is_package) {
  if (!is_package) {
    fs::copy_file(file, copy);
    return copy;
  }
  const package::Model model = package::read(file);
  unpack(model, package::choose(model, "").entry, copy);
  return copy;
}

// The first bytes tell: of a zip, of an extract (tried against hyperd 0.0.26963). Refuses anything else: a live data
// source is a document alone.
bool is_zip(const fs::path& file) {
  char first[5] = {};
  io::FileSource source(file);
  const std::string_view front(first, source.read(first));
  if (!front.starts_with("PK") && front != "Hyper") refuse(400011, "There is no extract in the file to be worked on.");
  return front.starts_with("PK");
}

void work_on(const ExtractEdit& edit, const fs::path& folder, const fs::path& extract, const fs::path& payload) {
  const hyper::Engine engine = hyper::Engine::start({.program = hyper::find_engine(""), .folder = folder}, {});
  hyper::Session session = engine.connect({});
  session.attach(extract.string());
  if (!payload.empty()) session.query(fmt::format("ATTACH DATABASE {} AS y", table::sql_name(payload.string())));
  edit.work(session);
  if (!payload.empty()) session.query("DETACH DATABASE y");
  session.detach();
}

fs::path edited_or_fail(const ExtractEdit& edit) {
  const base::TempDir own(edit.folder);
  const bool is_package = is_zip(edit.file);
  const fs::path extract = extract_of(edit.file, own.path() / "target.hyper", is_package);
  fs::path payload;
  if (!edit.payload.empty()) payload = extract_of(edit.payload, own.path() / "payload.hyper", is_zip(edit.payload));
  work_on(edit, own.path(), extract, payload);
  const fs::path output = edit.folder / (make_luid() + (is_package ? ".tdsx" : ".hyper"));
  if (is_package) {
    const package::Model model = package::read(edit.file);
    package::swap(model, package::choose(model, ""), extract, output, {}, {});
  } else {
    fs::rename(extract, output);
  }
  return output;
}

}  // namespace

void require_engine() {
  try {
    hyper::find_engine("");
  } catch (const base::Error& error) {
    refuse(403157, "This simulator cannot change extracts without the extract engine. {}", error.what());
  }
}

fs::path edited(const ExtractEdit& edit) {
  try {
    return edited_or_fail(edit);
  } catch (const Refusal&) {
    throw;
  } catch (const base::Error& error) {
    if (error.kind() == base::ErrorKind::io) throw;
    refuse(400011, "{}", error.what());
  } catch (const fs::filesystem_error& error) {
    base::fail(base::ErrorKind::io, "copying an extract: {}", error.what());
  }
}

}  // namespace tabferry::sim
