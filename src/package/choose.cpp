#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "package/package.h"

using tabferry::base::ErrorKind;

namespace tabferry::package {
namespace {

constexpr std::string_view kHow =
    "Set `extract:` of the data source in tabferry.yaml to the one that is meant: its data source, its dbname or its "
    "entry";

std::string shown(const Extract& extract) {
  return fmt::format("{} ({})", base::quoted(extract.datasource, 200), base::quoted(extract.dbname, 300));
}

std::string list(const std::vector<const Extract*>& extracts) {
  std::vector<std::string> words;
  for (const auto* extract : extracts) words.push_back(shown(*extract));
  return base::join(words, "; ");
}

bool is_meant(const Extract& extract, const std::string& choice) {
  const auto same = [&](const std::string& name) { return base::equal_ignoring_case(name, choice); };
  return same(extract.dbname) || (!extract.entry.empty() && same(extract.entry)) || same(extract.datasource) ||
         std::ranges::any_of(extract.names, same);
}

const Extract& inside(const Model& model, const Extract& extract) {
  if (extract.entry.empty())
    base::fail(ErrorKind::config, "the data source {} of {} reads the extract {}, which is not in the package. Open "
               "it in Tableau Desktop, "
               "let it find the extract, and save it as a packaged data source (.tdsx) again",
               base::quoted(extract.datasource, 200), base::quoted(model.path.string(), 400),
               base::quoted(extract.dbname, 400));
  return extract;
}

}  // namespace

const Extract& choose(const Model& model, const std::string& choice) {
  std::vector<const Extract*> all;
  std::vector<const Extract*> meant;
  for (const auto& extract : model.extracts) {
    all.push_back(&extract);
    if (!choice.empty() && is_meant(extract, choice)) meant.push_back(&extract);
  }
  const std::string path = base::quoted(model.path.string(), 400);
  if (all.empty()) base::fail(ErrorKind::config, "{} has no extract", path);
  if (choice.empty() && all.size() == 1) return inside(model, *all.front());
  if (choice.empty()) base::fail(ErrorKind::config, "{} has {} extracts and none was chosen: {}. {}", path, all.size(),
                                 list(all), kHow);
  if (meant.size() == 1) return inside(model, *meant.front());
  if (meant.empty()) base::fail(ErrorKind::config, "{} has no extract {}; it has: {}. {}", path,
                                base::quoted(choice, 300), list(all), kHow);
  base::fail(ErrorKind::config, "in {} the choice {} fits {} extracts: {}. Choose one by its dbname or entry "
             "(`extract:` in tabferry.yaml)", path,
             base::quoted(choice, 300), meant.size(), list(meant));
}

}  // namespace tabferry::package
