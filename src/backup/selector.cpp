#include "backup/selector.h"

#include <algorithm>
#include <vector>

#include "backup/content_kinds.h"
#include "backup/metadata_kinds.h"
#include "base/error.h"
#include "base/nearest.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

constexpr std::string_view kLuid = "luid:";
constexpr char kSlashInName = '\1';  // what "\/" becomes, so that `*` goes over it as over any letter

// Kinds of metadata, content among them; and revisions, which have a list only where they were asked for.
const std::vector<std::string_view>& known_kinds() {
  static const auto kinds = [] {
    auto all = metadata_kinds();
    all.push_back(kRevisions);
    return all;
  }();
  return kinds;
}

std::string with_plain_slashes(std::string_view path) {
  std::string plain;
  for (size_t at = 0; at < path.size(); ++at) {
    const bool escaped = path.substr(at).starts_with("\\/");
    plain += escaped ? kSlashInName : path[at];
    at += escaped ? 1 : 0;
  }
  return plain;
}

bool is_kind(std::string_view word) {
  const auto& kinds = known_kinds();
  return std::find(kinds.begin(), kinds.end(), word) != kinds.end();
}

std::string kind_of(std::string_view written, std::string_view selector) {
  std::string word = base::lower(written);
  std::replace(word.begin(), word.end(), '-', '_');
  for (const std::string& form : {word, word + "s"}) {
    if (is_kind(form)) return form;
    for (const auto& row : content_kinds())
      if (form == row.folder) return std::string(row.kind);
    if (form == "data_sources") return "datasources";  // how people say it
  }
  base::fail(ErrorKind::usage,
             "{}: there is no kind {}{}. A name with ':' in its first part is written behind another ':', as in {}",
             base::quoted(selector), base::quoted(written), base::did_you_mean(word, known_kinds()),
             base::quoted(fmt::format(":{}", selector)));
}

}  // namespace

Selector::Selector(std::string_view text) : text_(text) {
  std::string_view rest = text;
  const auto colon = text.substr(0, text.find('/')).find(':');
  const bool has_kind = colon != std::string_view::npos && !rest.starts_with(kLuid);
  if (has_kind) {
    if (colon > 0) kind_ = kind_of(text.substr(0, colon), text);
    rest.remove_prefix(colon + 1);
  }
  if (rest.starts_with(kLuid)) {
    luid_ = base::lower(rest.substr(kLuid.size()));
    if (luid_.empty()) base::fail(ErrorKind::usage, "{} names no luid", base::quoted(text));
    return;
  }
  if (rest.empty() && kind_.empty())
    base::fail(ErrorKind::usage, "a selector is empty: write [kind:]project/name, such as workbooks:Finance/**");
  glob_ = base::Glob(rest.empty() ? "**" : with_plain_slashes(rest));
}

bool Selector::matches(std::string_view kind, std::string_view luid, std::string_view natural_key) const {
  if (!kind_.empty() && kind != kind_) return false;
  if (!luid_.empty()) return base::lower(luid) == luid_;
  const std::string key = with_plain_slashes(natural_key);
  return key == glob_.pattern() || glob_.matches(key);
}

}  // namespace tabferry::backup
