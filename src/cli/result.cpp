#include "cli/result.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdlib>

#include "base/clock.h"

namespace tabferry::cli {
namespace {

const auto kBegan = std::chrono::steady_clock::now();  // as good as the command

}  // namespace

int print(const app::CommandEnd& end, bool json, Terminal& terminal, std::ostream& text_out) {
  terminal.clear();
  if (json)
    print_json(end.report);
  else
    text_out << report::to_text(end.report, text_columns()) << std::flush;
  return end.exit_code;
}

void print_json(const report::Report& report) {
  auto json = report::to_json(report);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - kBegan;
  json["ended_at"] = base::iso_time(base::system_clock().now());
  json["seconds"] = std::round(took.count() * 1000) / 1000;
  std::cout << doc::to_line(json) << std::endl;
}

size_t text_columns() {
  if (::isatty(STDOUT_FILENO) == 0) return 0;
  const char* said = std::getenv("COLUMNS");
  if (const int columns = said != nullptr ? std::atoi(said) : 0; columns > 0) return static_cast<size_t>(columns);
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

bool reader_has_gone() {
  pollfd out{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  return ::poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

}  // namespace tabferry::cli
