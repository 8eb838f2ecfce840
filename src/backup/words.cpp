#include "backup/words.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "base/text.h"
#include "report/visible.h"

namespace tabferry::backup {
namespace {

constexpr size_t kQuotedBytes = 200;  // as content and documents quote an item

std::string without_item(const std::string& reason, const std::string& label) {
  const auto item = base::quoted(label, kQuotedBytes) + ": ";
  const auto at = reason.find(item);
  const bool leads = at != std::string::npos && (reason.starts_with("saving ") || reason.starts_with("reading "));
  return leads ? reason.substr(at + item.size()) : reason;
}

std::string with_tries(const std::string& reason, int tries) {
  return tries > 1 ? fmt::format("{} (tried {} times)", reason, tries) : reason;
}

}  // namespace

std::string label_of(const std::string& natural_key, const std::string& luid) {
  return natural_key.empty() ? luid : natural_key;
}

std::string label_of(const Entry& entry) { return label_of(entry.natural_key, entry.luid); }
std::string label_of(const Missing& missing) { return label_of(missing.natural_key, missing.luid); }

std::string in_words(const std::string& kind) {
  if (kind == "dqw") return "data quality warnings";  // the API's word, and so the file's
  std::string words = kind;
  std::replace(words.begin(), words.end(), '_', ' ');
  return kind == "datasources" ? "data sources" : words;
}

std::string singular(const std::string& kind) {
  auto words = in_words(kind);
  if (words.ends_with('s')) words.pop_back();
  return words;
}

std::string left_out_in_words(uint64_t count) {
  return fmt::format("{} {} left out by the configuration", base::human_count(count), count == 1 ? "is" : "are");
}

std::string on_one_line(std::string_view text, size_t letters) {
  return report::shortened(report::visible(text), letters);
}

std::string time_in_words(const std::string& iso) {
  return base::parse_iso_time(iso) ? iso.substr(0, 10) + " " + iso.substr(11, 5) + " UTC" : iso;
}

std::string reason_of(const Entry& entry) {
  return with_tries(without_item(entry.reason, label_of(entry)), entry.tries);
}

std::string reason_of(const Missing& missing) {
  return with_tries(without_item(missing.reason, label_of(missing)), missing.tries);
}

std::string with_code(int code, const std::string& reason) {
  if (code == 0 || reason.find(std::to_string(code)) != std::string::npos) return reason;
  return reason.empty() ? fmt::format("the site answered {}", code) : fmt::format("{} ({})", reason, code);
}

std::string site_name_of(const ManifestHead& head) {
  return head.site.content_url.empty() ? "the default site" : "site " + head.site.content_url;
}

}  // namespace tabferry::backup
