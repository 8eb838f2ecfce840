#include "cli/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "base/text.h"

namespace tabferry::cli {
namespace {

constexpr std::chrono::milliseconds kRedrawEvery{100};
constexpr std::chrono::milliseconds kLineEvery{60'000};  // where progress is a log

size_t terminal_columns(std::FILE* out) {
  winsize size{};
  return ::ioctl(::fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string meter(double fraction) {
  constexpr size_t kWidth = 10;
  const auto full = static_cast<size_t>(fraction * kWidth);
  std::string text(full, '=');
  if (full < kWidth) text += '>';
  text.resize(kWidth, ' ');
  return "[" + text + "]";
}

// Foreign names must not move the cursor; columns are counted a code point each.
std::string fitted(std::string_view text, size_t columns) {
  std::string result;
  size_t used = 0;
  for (const char c : text) {
    const bool starts = (c & 0xC0) != 0x80;
    if (starts && used == columns) break;
    used += starts ? 1 : 0;
    result += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  }
  return result;
}

// Of items where they are counted, else of bytes.
double fraction_of(const report::Progress& progress) {
  const uint64_t total = progress.items_total > 0 ? progress.items_total : progress.total;
  const uint64_t done = progress.items_total > 0 ? progress.items : progress.done;
  return total == 0 ? 0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
}

// "12 of 40 items", "3.4 MB", "1,350,000 rows", "ETA 2.1 s"
std::vector<std::string> amounts_of(const report::Progress& progress, double seconds) {
  std::vector<std::string> parts;
  const auto done = base::human_bytes(progress.done);
  if (progress.items_total > 0)
    parts = {fmt::format("{} of {} items", base::human_count(progress.items), base::human_count(progress.items_total)),
             done};
  else
    parts = {progress.total > 0 ? fmt::format("{} of {}", done, base::human_bytes(progress.total)) : done};
  if (progress.rows > 0) parts.push_back(base::counted(progress.rows, "row"));
  const double fraction = fraction_of(progress);
  if (fraction > 0 && fraction < 1 && seconds > 1)
    parts.push_back("ETA " + base::human_seconds(seconds / fraction - seconds));
  return parts;
}

}  // namespace

Form form_for(bool quiet) {
  if (quiet) return Form::quiet;
  const char* term = std::getenv("TERM");
  const bool can_move = term != nullptr && std::string_view(term) != "dumb" && *term != '\0';
  return ::isatty(STDERR_FILENO) != 0 && can_move ? Form::bars : Form::lines;
}

std::string bar_text(const report::Progress& progress, double seconds, size_t columns) {
  std::string text = progress.step;
  const bool is_measured = progress.items_total > 0 || progress.total > 0;
  const double fraction = fraction_of(progress);
  if (is_measured) text += fmt::format("  {} {:3.0f} %", meter(fraction), fraction * 100);
  for (const auto& part : amounts_of(progress, seconds)) text += "  " + part;
  return fitted(text, columns);
}

std::string progress_text(const report::Progress& progress, double seconds) {
  auto parts = amounts_of(progress, seconds);
  if (progress.items_total > 0 || progress.total > 0)
    parts.insert(parts.begin(), fmt::format("{:.0f} %", fraction_of(progress) * 100));
  return progress.step + ": " + base::join(parts, ", ");
}

Terminal::Terminal(Form form, std::FILE* out, size_t columns, const base::Clock& clock)
    : form_(form), out_(out), columns_(columns), clock_(clock) {
  if (form == Form::lines) last_drawn_ = clock.steady_now();  // what is over in a minute needs no such line
}

Terminal::~Terminal() { clear(); }

void Terminal::line(const std::string& text) {
  std::fprintf(out_, "%s%s\n", bar_shown_ ? "\r\033[K" : "", fitted(text, text.size()).c_str());
  std::fflush(out_);
  bar_shown_ = false;
}

void Terminal::step(const std::string& what) {
  if (form_ == Form::quiet) return;
  const std::lock_guard lock(mutex_);
  line(what);
}

void Terminal::warning(const std::string& what) {
  const std::lock_guard lock(mutex_);  // a warning is told even when --quiet
  line("warning: " + what);
}

void Terminal::begin(const report::Progress& progress, base::SteadyTime now) {
  if (progress.step == step_) return;
  step_ = progress.step;
  step_start_ = now;
}

void Terminal::progress(const report::Progress& progress) {
  if (form_ == Form::quiet) return;
  const std::lock_guard lock(mutex_);
  const auto now = clock_.steady_now();
  begin(progress, now);
  const bool is_end = form_ == Form::bars && progress.done == progress.total;
  if (now - last_drawn_ < (form_ == Form::bars ? kRedrawEvery : kLineEvery) && !is_end) return;
  last_drawn_ = now;
  const double seconds = std::chrono::duration<double>(now - step_start_).count();
  if (form_ == Form::lines) return line(progress_text(progress, seconds));
  const size_t columns = columns_ != 0 ? columns_ : terminal_columns(out_);
  std::fprintf(out_, "\r%s\033[K", bar_text(progress, seconds, columns - 1).c_str());
  std::fflush(out_);
  bar_shown_ = true;
}

void Terminal::clear() {
  const std::lock_guard lock(mutex_);
  if (!bar_shown_) return;
  std::fputs("\r\033[K", out_);
  std::fflush(out_);
  bar_shown_ = false;
}

}  // namespace tabferry::cli
