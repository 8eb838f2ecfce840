#include "http/retry.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

using std::chrono::milliseconds;

namespace tabferry::http {

bool worth_repeating(const Request& request, const Outcome& outcome) {
  if (outcome.response) switch (outcome.response->status) {
      case 429:
      case 503: return true;  // the far side did nothing with it
      case 500:
      case 502:
      case 504: return request.may_repeat;
      default: return false;
    }
  if (outcome.failure->kind() != base::ErrorKind::transient) return false;
  if (!outcome.connected) return true;
  return request.may_repeat || (request.repeat_if_cut && !outcome.wholly_sent);
}

std::optional<milliseconds> retry_after(const Response& response, base::WallTime now) {
  const std::string value(base::trim(response.header("retry-after")));
  if (value.empty()) return std::nullopt;
  uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error == std::errc{} && end == value.data() + value.size()) return std::chrono::seconds{seconds};
  if (error == std::errc::result_out_of_range) return std::chrono::seconds{UINT32_MAX};
  const auto then = base::parse_http_date(value);
  if (!then) return std::nullopt;
  const auto their_now = base::parse_http_date(response.header("date")).value_or(now);
  return std::max(milliseconds{0}, *then - their_now);
}

Pace::Ending ending_of(const Outcome& outcome, const Retry& retry, base::WallTime now) {
  if (!outcome.response) return {.troubled = outcome.failure->kind() == base::ErrorKind::transient};
  const int status = outcome.response->status;
  Pace::Ending ending{.troubled = status == 429 || status >= 500};
  if (status == 429 || status == 503) ending.retry_after = retry_after(*outcome.response, now);
  if (ending.retry_after) ending.retry_after = std::min(*ending.retry_after, retry.max_wait);
  return ending;
}

milliseconds wait_after(int attempt, const Outcome& outcome, const Retry& retry, base::WallTime now,
                        std::mt19937_64& dice) {
  if (outcome.response)
    if (const auto asked = retry_after(*outcome.response, now)) return std::min(*asked, retry.max_wait);
  const auto doubled = retry.first_wait * (int64_t{1} << std::clamp(attempt - 1, 0, 20));
  const auto longest = std::min<milliseconds>(doubled, retry.max_wait);
  return milliseconds{std::uniform_int_distribution<int64_t>(0, std::max<int64_t>(0, longest.count()))(dice)};
}

}  // namespace tabferry::http
