#include "backup/selector_hint.h"

#include <set>
#include <vector>

#include "backup/browse.h"
#include "backup/changes.h"
#include "base/error.h"
#include "base/text.h"

namespace tabferry::backup {
namespace {

constexpr size_t kShown = 3;
constexpr std::string_view kEarlier =
    "earlier snapshots may have it: latest~1, latest~2 ... (docs/snapshots.md: 'Since when is it gone?')";

// "workbooks:" of "workbooks:Finance/Sales", and what is behind it.
struct Written {
  std::string kind, path;
};

Written written_in(const std::string& text) {
  const auto colon = text.substr(0, text.find('/')).find(':');
  if (colon == std::string::npos) return {.kind = "", .path = text};
  return {.kind = text.substr(0, colon + 1), .path = text.substr(colon + 1)};
}

bool is_kind(const std::string& word) {
  if (word.find_first_of("/*") != std::string::npos) return false;
  try {
    return !Selector(word + ":").text().empty();
  } catch (const base::Error&) {
    return false;
  }
}

// Behind the last slash that is none of a name's own, nor the path's end.
std::string name_in(const std::string& path) {
  const auto slash = last_slash(std::string_view(path).substr(0, path.size() - (path.ends_with('/') ? 1 : 0)));
  return slash == std::string::npos || slash == 0 ? path : path.substr(slash + 1);
}

// Natural keys that have to do with a path, as selectors.
class Near {
 public:
  explicit Near(const Written& written) : kind_(written.kind), path_(base::lower(written.path)) {
    while (path_.ends_with('/')) path_.pop_back();
  }

  void look_at(const std::string& natural_key) {
    const auto key = base::lower(natural_key);
    if (key == path_ || key.ends_with("/" + path_)) items_.insert(kind_ + natural_key);
    if (key.starts_with(path_ + "/")) projects_.insert(kind_ + natural_key.substr(0, path_.size()) + "/**");
    const auto inner = key.find("/" + path_ + "/");
    if (inner != std::string::npos) projects_.insert(kind_ + natural_key.substr(0, inner + 1 + path_.size()) + "/**");
  }

  std::string words() const {
    std::vector<std::string> parts;
    if (!items_.empty()) parts.push_back(fmt::format("did you mean {}?", some_of(items_)));
    if (!projects_.empty()) parts.push_back(fmt::format("what is in the project: {}", some_of(projects_)));
    return base::join(parts, "; ");
  }

 private:
  static std::string some_of(const std::set<std::string>& texts) {
    std::vector<std::string> shown;
    for (const auto& text : texts)
      if (shown.size() < kShown) shown.push_back(base::quoted(text, 300));
    return base::join(shown, ", ") + (texts.size() > kShown ? " ..." : "");
  }

  std::string kind_, path_;
  std::set<std::string> items_, projects_;
};

}  // namespace

std::string hint_for(const store::Store& store, const std::string& snapshot, const Selector& selector) {
  const auto written = written_in(selector.text());
  if (written.kind == "luid:") return std::string(kEarlier);
  if (written.kind.empty() && is_kind(written.path))
    return fmt::format("all of a kind is written with ':' behind it: '{}:'", written.path);
  Near near(written);
  const bool is_plain = !written.path.empty() && written.path.find('*') == std::string::npos;
  if (is_plain)
    visit_contents(store, snapshot, {},
                   {.entry = [&](const Entry& one) { near.look_at(one.natural_key); }, .missing = {}, .file = {}});
  const auto words = near.words();
  const std::string rule = "a selector is the whole path, in the same letters: ";
  if (!words.empty()) return rule + words;
  if (!is_plain) return rule + std::string(kEarlier);
  return rule + fmt::format("{} looks in every project; {}",
                            base::quoted(written.kind + "**/" + name_in(written.path), 300), kEarlier);
}

}  // namespace tabferry::backup
