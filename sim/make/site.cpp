#include "sim/make/site.h"

#include <numeric>

#include "base/error.h"
#include "base/text.h"
#include "sim/core/folder.h"
#include "sim/core/journal.h"
#include "sim/make/bodies.h"
#include "sim/make/making.h"

namespace tabferry::sim::make {
namespace {

void make_items(Making& making, const Bodies& bodies) {
  take_demo_site(making);
  make_people(making);
  make_projects(making);
  make_content(making, bodies);
  make_about_content(making, bodies);
  make_permissions(making);
  make_automation(making);
  make_catalog(making);
  Item self = making.site().self();
  making.site().put(self.set_number("_lastNumber", making.last_number()));
}

Made counted(const Site& site, const Folder& folder) {
  Made made;
  for (size_t kind = 0; kind < kKindCount; ++kind) made.items[kind] = site.all(static_cast<Kind>(kind)).size();
  for (const auto& [file, uses] : site.files()) {
    ++made.files;
    made.file_bytes += std::filesystem::file_size(folder.path_of(file));
  }
  return made;
}

}  // namespace

uint64_t Made::all() const { return std::accumulate(items.begin(), items.end(), uint64_t{0}); }

Made make_site(const std::filesystem::path& path, const SiteOrder& order) {
  const Folder folder(path);
  if (std::filesystem::exists(folder.journal_path()))
    base::fail(base::ErrorKind::refused, "there is a site in {} already: name another folder, or remove this one first",
               base::quoted(path.string(), 400));
  folder.keep_only({});  // what a make that was broken off left
  const Bodies bodies(order, folder.path_of(""));
  Site site;
  Making making(site, order);
  make_items(making, bodies);
  Journal(folder.journal_path()).rewrite(site);
  return counted(site, folder);
}

}  // namespace tabferry::sim::make
