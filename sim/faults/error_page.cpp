#include "sim/faults/error_page.h"

#include <fmt/format.h>

namespace tabferry::sim {
namespace {

std::string_view reason_of(int status) {
  switch (status) {
    case 413:
      return "Request Entity Too Large";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Error";
  }
}

std::string_view words_of(int status) {
  if (status == 503) return "<p>We're doing some maintenance. We'll be back shortly &amp; thank you for waiting.</p>";
  return "<hr><center>gateway</center>";
}

}  // namespace

std::string html_page(int status) {
  return fmt::format(
      "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"><title>{0} {1}</title></head>\n<body>\n<center><h1>{0} "
      "{1}</h1></center>\n{2}<br>\n</body>\n</html>\n",
      status, reason_of(status), words_of(status));
}

std::string http_date(base::WallTime time) {
  using namespace std::chrono;
  static constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto midnight = floor<days>(time);
  const year_month_day date{midnight};
  const hh_mm_ss clock{floor<seconds>(time - midnight)};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[weekday{midnight}.c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

}  // namespace tabferry::sim
