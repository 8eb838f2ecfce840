#include "backup/words.h"

#include <algorithm>

#include "base/clock.h"

namespace tabferry::backup {

std::string label_of(const std::string& natural_key, const std::string& luid) {
  return natural_key.empty() ? luid : natural_key;
}

std::string in_words(const std::string& kind) {
  std::string words = kind;
  std::replace(words.begin(), words.end(), '_', ' ');
  return kind == "datasources" ? "data sources" : words;
}

std::string singular(const std::string& kind) {
  auto words = in_words(kind);
  if (words.ends_with('s')) words.pop_back();
  return words;
}

std::string time_in_words(const std::string& iso) {
  return base::parse_iso_time(iso) ? iso.substr(0, 10) + " " + iso.substr(11, 5) + " UTC" : iso;
}

std::string site_name_of(const ManifestHead& head) {
  return head.site.content_url.empty() ? "the default site" : "site " + head.site.content_url;
}

}  // namespace tabferry::backup
