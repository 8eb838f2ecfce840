#include "base/clock.h"

#include <fmt/format.h>

#include <condition_variable>
#include <cstdio>
#include <mutex>

namespace tabferry::base {
namespace {

class SystemClock : public Clock {
 public:
  WallTime now() const override {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
  SteadyTime steady_now() const override { return std::chrono::steady_clock::now(); }
  bool sleep_for(std::chrono::milliseconds duration, std::stop_token stop) const override {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, duration, [] { return false; });
    return !stop.stop_requested();
  }
};

struct Fields {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

std::optional<WallTime> from_fields(const Fields& f) {
  using namespace std::chrono;
  const year_month_day date{year{f.year}, month{static_cast<unsigned>(f.month)}, day{static_cast<unsigned>(f.day)}};
  if (!date.ok() || f.hour > 23 || f.minute > 59 || f.second > 60) return std::nullopt;
  return WallTime{sys_days{date} + hours{f.hour} + minutes{f.minute} + seconds{f.second}};
}

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::string iso_time(WallTime time) {
  using namespace std::chrono;
  const auto midnight = floor<days>(time);
  const year_month_day date{midnight};
  const hh_mm_ss clock{floor<seconds>(time - midnight)};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

std::optional<WallTime> parse_iso_time(std::string_view text) {
  Fields f;
  int used = 0;
  const std::string copy(text);
  const int got = std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &f.year, &f.month, &f.day, &f.hour, &f.minute,
                              &f.second, &used);
  if (got != 6) return std::nullopt;
  auto rest = text.substr(static_cast<size_t>(used));
  if (!rest.empty() && rest[0] == '.') rest.remove_prefix(std::min(rest.find_first_not_of("0123456789", 1), rest.size()));
  if (rest != "Z") return std::nullopt;
  return from_fields(f);
}

std::optional<WallTime> parse_http_date(std::string_view text) {
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  Fields f;
  char month[4] = {};
  const std::string copy(text);
  const int got = std::sscanf(copy.c_str(), "%*3s, %2d %3s %4d %2d:%2d:%2d GMT", &f.day, month, &f.year, &f.hour,
                              &f.minute, &f.second);
  const auto at = kMonths.find(month);
  if (got != 6 || at == std::string_view::npos || at % 3 != 0) return std::nullopt;
  f.month = static_cast<int>(at / 3) + 1;
  return from_fields(f);
}

}  // namespace tabferry::base
