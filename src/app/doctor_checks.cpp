#include "app/doctor_checks.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "app/buckets.h"
#include "base/text.h"

using namespace std::chrono_literals;
using Status = tabferry::app::Finding::Status;

namespace tabferry::app {
namespace {

constexpr auto kOddClock = 5min;
constexpr auto kWrongClock = 15min;  // S3 refuses what is signed so far off: RequestTimeTooSkewed
constexpr auto kSoon = std::chrono::days(14);
constexpr std::string_view kSetClock =
    "Set this machine's clock (timedatectl set-ntp true), or that server's if this one is right";
constexpr std::string_view kNewToken =
    "Make a new token on the site (My Account Settings) and put it where the secret is kept";

// Where the first sentence ends: a full stop outside of quotes, a space, and no small letter.
size_t end_of_sentence(std::string_view text) {
  bool quoted = false;
  for (size_t i = 0; i + 2 < text.size(); ++i) {
    const char before = i == 0 ? ' ' : text[i - 1];
    if (text[i] == '\'' && !quoted && !std::isalnum(static_cast<unsigned char>(before)))
      quoted = true;
    else if (text[i] == '\'' && quoted && !std::isalnum(static_cast<unsigned char>(text[i + 1])))
      quoted = false;
    else if (!quoted && text[i] == '.' && text[i + 1] == ' ' && !std::islower(static_cast<unsigned char>(text[i + 2])))
      return i;
  }
  return text.size();
}

}  // namespace

std::string_view name_of(Status status) {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::warning:
      return "warning";
    case Status::problem:
      return "problem";
    case Status::skipped:
      return "skipped";
  }
  return "problem";
}

std::pair<std::string, std::string> seen_and_cure(std::string_view message) {
  const auto line = message.rfind('\n');
  if (line != std::string_view::npos)
    return {std::string(message.substr(0, line)), std::string(message.substr(line + 1))};
  const size_t end = end_of_sentence(message);
  return {std::string(message.substr(0, end)), end == message.size() ? "" : std::string(message.substr(end + 2))};
}

bool Examination::check(const std::string& area, const std::string& name, const Probe& probe,
                        const MoreCure& more_cure) {
  reporter_.step(fmt::format("checking {}: {}", area, name));
  const auto began = clock_.steady_now();
  Check check{.area = area, .name = name, .finding = {.seen = ""}};
  try {
    check.finding = probe();
  } catch (const base::Error& error) {
    if (error.kind() == base::ErrorKind::cancelled) throw;
    auto [seen, cure] = seen_and_cure(error.what());
    if (const std::string more = more_cure ? more_cure(error) : ""; !more.empty())
      cure += (cure.empty() || cure.ends_with('?') ? " " : ". ") + more;
    check.finding = {.status = Status::problem, .seen = std::move(seen), .cure = std::string(base::trim(cure))};
  }
  check.seconds = std::chrono::duration<double>(clock_.steady_now() - began).count();
  checks_.push_back(std::move(check));
  return checks_.back().finding.status != Status::problem;
}

void Examination::skip(const std::string& area, const std::string& name, const std::string& why) {
  checks_.push_back({.area = area, .name = name, .finding = {.status = Status::skipped, .seen = why}});
}

std::vector<const publish::Objects*> objects_of(const publish::DatasourceSpec& spec) {
  std::vector<const publish::Objects*> all;
  for (const auto& table : spec.tables) {
    all.push_back(&table.files);
    if (table.header_file) all.push_back(&*table.header_file);
  }
  return all;
}

std::string bucket_of(const std::string& url) { return url.substr(5, url.find('/', 5) - 5); }

std::string folder_key(const std::string& url) {
  const auto slash = url.find('/', 5);
  const std::string prefix = slash == std::string::npos ? "" : url.substr(slash + 1);
  return prefix.empty() || prefix.ends_with('/') ? prefix : prefix + "/";
}

std::optional<std::string> s3_bucket_of(const std::string& url, const Settings& settings) {
  if (!url.starts_with("s3://") || settings.buckets->folder_of(bucket_of(url))) return std::nullopt;
  return bucket_of(url);
}

std::string in_days(base::WallTime then, base::WallTime now) {
  const auto days = std::chrono::floor<std::chrono::days>(then) - std::chrono::floor<std::chrono::days>(now);
  if (days.count() == 0) return "today";
  const auto count = base::counted(static_cast<uint64_t>(std::abs(days.count())), "day");
  return days.count() > 0 ? "in " + count : count + " ago";
}

Finding judge_clock(const HeardTime& heard) {
  const auto off = heard.ours > heard.theirs ? heard.ours - heard.theirs : heard.theirs - heard.ours;
  const std::string times =
      fmt::format("{} says {}, this machine {}", heard.who, base::iso_time(heard.theirs), base::iso_time(heard.ours));
  if (off <= kOddClock) return {.seen = fmt::format("{} says the same time", heard.who)};
  const auto minutes = std::chrono::round<std::chrono::minutes>(off).count();
  const std::string seen =
      fmt::format("{}: {} minutes {}", times, minutes, heard.ours > heard.theirs ? "ahead" : "behind");
  if (off <= kWrongClock)
    return {.status = Status::warning,
            .seen = seen,
            .cure = fmt::format("{}. From 15 minutes on S3 refuses every request", kSetClock)};
  return {.status = Status::problem,
          .seen = seen,
          .cure = fmt::format("{}. S3 refuses requests that are more than 15 minutes off", kSetClock)};
}

void check_clock(Examination& examination) {
  if (examination.heard().empty()) return examination.skip("Clock", "time", "no server told its time");
  std::vector<std::string> told;
  for (const auto& heard : examination.heard()) {
    const auto whose = heard.side + " " + heard.who;
    if (std::find(told.begin(), told.end(), whose) != told.end()) continue;
    told.push_back(whose);
    examination.check("Clock", "time of " + heard.side, [&] { return judge_clock(heard); });
  }
}

std::optional<std::chrono::minutes> token_time_left(std::string_view site_says) {
  const auto parts = base::split(site_says, ':');
  if (parts.size() != 3) return std::nullopt;
  int64_t numbers[3] = {};
  for (size_t i = 0; i < 3; ++i) {
    const auto [end, error] = std::from_chars(parts[i].data(), parts[i].data() + parts[i].size(), numbers[i]);
    if (error != std::errc{} || end != parts[i].data() + parts[i].size() || numbers[i] < 0 || numbers[i] > 100'000)
      return std::nullopt;
  }
  return std::chrono::minutes(numbers[0] * 24 * 60 + numbers[1] * 60 + numbers[2]);
}

Finding judge_token(std::optional<base::WallTime> config_says, const std::string& site_says, base::WallTime now) {
  const auto left = token_time_left(site_says);
  const auto site_day = left ? std::optional(now + *left) : std::nullopt;
  std::vector<std::string> seen;
  if (config_says)
    seen.push_back(fmt::format("expires {} ({}) by pat_expires", in_days(*config_says, now),
                               base::iso_time(*config_says).substr(0, 10)));
  if (site_day)
    seen.push_back(fmt::format("the site's sign-in says '{}', most probably days:hours:minutes left", site_says));
  if (seen.empty())
    return {.seen =
                "the site does not say when the token expires: after 15 days without use, and one year at most. Set "
                "auth.pat_expires: YYYY-MM-DD, and doctor warns 14 days ahead"};
  const auto first = std::min(config_says.value_or(base::WallTime::max()), site_day.value_or(base::WallTime::max()));
  if (first > now + kSoon) return {.seen = base::join(seen, "; ")};
  const bool over = first <= now && config_says && *config_says <= now;
  return {.status = over ? Status::problem : Status::warning,
          .seen = base::join(seen, "; "),
          .cure = fmt::format("{}{}", kNewToken, config_says ? "; then set pat_expires to its day" : "")};
}

}  // namespace tabferry::app
