// `backup:` and `prune:`: what is taken, how, and what of it stays.
#include <algorithm>
#include <charconv>

#include "app/settings_reading.h"
#include "base/nearest.h"
#include "base/text.h"

namespace tabferry::app {
namespace {

using Kind = ConfigTree::Kind;
using namespace std::chrono_literals;

constexpr std::array<std::string_view, 3> kCapped = {"workbooks", "datasources", "flows"};
constexpr std::array<std::string_view, 3> kIncremental = {"reference", "copy", "off"};
constexpr std::array<std::string_view, 2> kScopes = {"admin", "visible"};
constexpr uint64_t kMaxLanes = 256;
constexpr uint64_t kMaxRevisions = 10'000;
constexpr uint64_t kMaxCap = 1'000'000'000;
constexpr uint64_t kMaxKept = 100'000;
constexpr uint64_t kMaxHours = 24 * 3660;
constexpr uint64_t kMaxRequests = 100'000'000;

// A whole number and the letters behind it; absent where there are no digits.
struct Amount {
  uint64_t number;
  std::string_view unit;
};
std::optional<Amount> amount_of(std::string_view text) {
  Amount amount{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), amount.number);
  if (problem != std::errc{}) return std::nullopt;
  amount.unit = text.substr(static_cast<size_t>(end - text.data()));
  return amount;
}

std::vector<SelectorText> read_selectors(const ConfigNode& node) {
  std::vector<SelectorText> selectors;
  for (const auto& item : node.items()) selectors.push_back(selector_at(item));
  return selectors;
}

void read_kinds(const std::optional<ConfigNode>& node, BackupSettings& backup) {
  if (!node) return;
  backup.kinds.clear();
  for (const auto& item : node->items()) {
    const std::string kind = read_word(item, kBackupKinds);
    if (kind == "revisions") backup.revisions = kUsualRevisions;
    else if (backup.takes(kind)) item.fail("{} stands here twice", kind);
    else backup.kinds.push_back(kind);
  }
  if (backup.kinds.empty())
    node->fail("names no kind; there are workbooks, datasources, flows and metadata, and revisions beside them");
}

// A number says how many; the kind alone means as many as a site keeps.
void read_revisions(const std::optional<ConfigNode>& node, BackupSettings& backup) {
  if (!node) return;
  const uint64_t number = node->whole_number(0, kMaxRevisions);
  if (number == 0 && backup.revisions > 0)
    node->fail("is 0, but revisions stands among the kinds; take one of the two out");
  backup.revisions = number;
}

// "7d", "36h", "never"
void read_full_every(const ConfigNode& node, BackupSettings& backup) {
  const std::string text = node.text_or_number();
  if (text == "never") {
    backup.full_every.reset();
    return;
  }
  const auto amount = amount_of(text);
  const uint64_t hours = !amount ? 0 : amount->unit == "d" ? 24 : amount->unit == "h" ? 1 : 0;
  if (hours == 0 || amount->number == 0 || amount->number > kMaxHours / hours)
    node.fail("{} is no time; write days or hours, such as 7d or 36h, or never", base::quoted(text));
  backup.full_every = std::chrono::hours(amount->number * hours);
}

// 50, "10%"
void read_max_failures(const ConfigNode& node, FailureBound& bound) {
  if (node.is(Kind::number)) {
    bound.count = node.whole_number(0, kMaxCap);
    return;
  }
  const std::string text = node.text();
  const auto amount = amount_of(text);
  if (!amount || amount->unit != "%" || amount->number > 100)
    node.fail("{} is neither a number of items, such as 50, nor a part of them, such as 10%", base::quoted(text));
  bound.percent = static_cast<unsigned>(amount->number);
}

AcceptedMissing read_accepted(const ConfigNode& node) {
  node.expect_only({{"selector", "reason", "until"}, {}});
  return {.selector = selector_at(node.need("selector", "which items, such as workbooks:Finance/Old/*")),
          .reason = node.need("reason", "why their absence is all right; it stands in the report").name(),
          .ends = read_day(node.need("until", "the last day on which it counts, such as 2027-01-31")) + 24h};
}

void read_caps(const ConfigNode& node, BackupSettings& backup) {
  node.expect_only({{kCapped.begin(), kCapped.end()}, {}});
  for (const auto& entry : node.entries()) backup.max_per_kind[entry.key()] = entry.whole_number(0, kMaxCap);
}

// As `config show` prints them.
std::string shown(const std::vector<SelectorText>& selectors) {
  std::vector<std::string> texts;
  for (const auto& selector : selectors) texts.push_back(selector.text);
  return base::join(texts, ", ");
}

std::string shown(const FailureBound& bound) {
  return bound.count ? std::to_string(*bound.count) : fmt::format("{}%, at least {}", bound.percent, bound.at_least);
}

std::string shown(const std::map<std::string, uint64_t>& caps) {
  std::vector<std::string> texts;
  for (const auto& [kind, most] : caps) texts.push_back(fmt::format("{}: {}", kind, most));
  return base::join(texts, ", ");
}

std::string shown(const std::optional<std::chrono::hours>& time) {
  if (!time) return "never";
  return time->count() % 24 == 0 ? fmt::format("{}d", time->count() / 24) : fmt::format("{}h", time->count());
}

// Reads the keys of `backup:`, where it stands, and tells each and where it came from.
class BackupReader {
 public:
  BackupReader(const ConfigNode& root, Reading& reading)
      : root_(root), map_(root.find("backup")), reading_(reading), backup_(reading.settings.backup) {}

  void read() {
    if (map_)
      map_->expect_only({{"kinds", "revisions", "include", "exclude", "full_every", "incremental", "max_failures",
                          "accept_missing", "scope", "concurrency", "max_per_kind"},
                         {"tag"}});
    read_what();
    read_how();
    read_bounds();
  }

 private:
  std::optional<ConfigNode> at(std::string_view key) const { return map_ ? map_->find(key) : std::nullopt; }

  void told(std::string_view key, std::string value) {
    if (const auto node = at(key)) reading_.origins.set(*node, std::move(value));
    else if (map_) reading_.origins.by_default(*map_, key, std::move(value));
    else reading_.origins.by_default(root_, fmt::format("backup.{}", key), std::move(value));
  }

  void read_what() {
    read_kinds(at("kinds"), backup_);
    read_revisions(at("revisions"), backup_);
    told("kinds", base::join(backup_.kinds, ", "));
    told("revisions", std::to_string(backup_.revisions));
    if (const auto node = at("include")) told("include", shown(backup_.include = read_selectors(*node)));
    if (const auto node = at("exclude")) told("exclude", shown(backup_.exclude = read_selectors(*node)));
    if (const auto node = at("scope"))
      backup_.scope = read_word(*node, kScopes) == "admin" ? BackupSettings::Scope::admin
                                                           : BackupSettings::Scope::visible;
    told("scope", backup_.scope == BackupSettings::Scope::admin ? "admin" : "visible");
  }

  void read_how() {
    using Incremental = BackupSettings::Incremental;
    if (const auto node = at("incremental")) {
      const std::string word = read_word(*node, kIncremental);
      backup_.incremental = word == "reference" ? Incremental::reference
                            : word == "copy"    ? Incremental::copy
                                                : Incremental::off;
    }
    told("incremental", std::string(name_of(backup_.incremental)));
    if (const auto node = at("full_every")) read_full_every(*node, backup_);
    told("full_every", shown(backup_.full_every));
    if (const auto node = at("concurrency")) backup_.lanes = static_cast<int>(node->whole_number(1, kMaxLanes));
    told("concurrency", std::to_string(backup_.lanes));
  }

  void read_bounds() {
    if (const auto node = at("max_failures")) read_max_failures(*node, backup_.max_failures);
    told("max_failures", shown(backup_.max_failures));
    if (const auto node = at("accept_missing")) {
      for (const auto& item : node->items()) backup_.accept_missing.push_back(read_accepted(item));
      told("accept_missing", base::counted(backup_.accept_missing.size(), "rule"));
    }
    if (const auto node = at("max_per_kind")) {
      read_caps(*node, backup_);
      told("max_per_kind", shown(backup_.max_per_kind));
    }
  }

  const ConfigNode& root_;
  const std::optional<ConfigNode> map_;
  Reading& reading_;
  BackupSettings& backup_;
};

}  // namespace

std::string_view name_of(BackupSettings::Incremental incremental) {
  return kIncremental[static_cast<size_t>(incremental)];
}

SelectorText selector_at(const ConfigNode& node) {
  return {.text = node.name(), .place = fmt::format("{}: {}", node.place(), node.path())};
}

std::string read_word(const ConfigNode& node, std::span<const std::string_view> words) {
  const std::string word = node.name();
  if (std::find(words.begin(), words.end(), word) != words.end()) return word;
  node.fail("{} is none of {}{}", base::quoted(word), fmt::join(words, ", "), base::did_you_mean(word, words));
}

void read_backup(const ConfigNode& root, Reading& reading) {
  if (root.find("backup") || !reading.settings.store.empty()) BackupReader(root, reading).read();
}

void read_prune(const ConfigNode& root, Reading& reading) {
  const auto map = root.find("prune");
  if (!map) return;
  auto& prune = reading.settings.prune;
  const std::map<std::string_view, uint64_t*> rules = {
      {"keep_last", &prune.keep_last},     {"keep_hourly", &prune.keep_hourly},   {"keep_daily", &prune.keep_daily},
      {"keep_weekly", &prune.keep_weekly}, {"keep_monthly", &prune.keep_monthly}, {"keep_yearly", &prune.keep_yearly}};
  map->expect_only(
      {{"keep_last", "keep_hourly", "keep_daily", "keep_weekly", "keep_monthly", "keep_yearly"}, {}});
  for (const auto& entry : map->entries()) {
    *rules.at(entry.key()) = entry.whole_number(0, kMaxKept);
    reading.origins.set(entry, std::to_string(*rules.at(entry.key())));
  }
  if (!prune.keeps_any()) map->fail("keeps nothing; say how many stay, such as keep_daily: 7, or take it out");
}

void read_limits(const ConfigNode& root, Reading& reading) {
  const auto map = root.find("limits");
  if (!map) return;
  map->expect_only({{"requests_per_hour"}, {"publishes_per_hour"}});
  const auto node = map->find("requests_per_hour");
  if (!node) return;
  const uint64_t number = node->whole_number(0, kMaxRequests);
  reading.settings.limits.requests_per_hour = number;
  reading.origins.set(*node, number == 0 ? "0 (no limit)" : std::to_string(number));
}

}  // namespace tabferry::app
