#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"

namespace tabferry::cli {
namespace {

constexpr auto kRedrawEvery = std::chrono::milliseconds(100);

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

}  // namespace

Form form_for(bool quiet) {
  if (quiet) return Form::quiet;
  const char* term = std::getenv("TERM");
  const bool can_move = term != nullptr && std::string_view(term) != "dumb" && *term != '\0';
  return ::isatty(STDERR_FILENO) != 0 && can_move ? Form::bars : Form::lines;
}

std::string bar_text(const report::Progress& progress, double seconds, size_t columns) {
  std::string text = progress.step;
  const double fraction = fraction_of(progress);
  if (progress.items_total > 0)
    text += fmt::format("  {} {:3.0f} %  {} of {} items  {}", meter(fraction), fraction * 100, base::human_count(progress.items), base::human_count(progress.items_total), base::human_bytes(progress.done));
  else if (progress.total > 0)
    text += fmt::format("  {} {:3.0f} %  {} of {}", meter(fraction), fraction * 100, base::human_bytes(progress.done), base::human_bytes(progress.total));
  else
    text += "  " + base::human_bytes(progress.done);
  if (progress.rows > 0) text += "  " + base::counted(progress.rows, "row");
  if (fraction > 0 && fraction < 1 && seconds > 1) text += "  ETA " + base::human_seconds(seconds / fraction - seconds);
  return fitted(text, columns);
}

Terminal::Terminal(Form form, std::FILE* out, size_t columns)
    : form_(form), out_(out), columns_(columns) {}

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
  const std::lock_guard lock(mutex_);   // a warning is told even when --quiet
  line("warning: " + what);
}

void Terminal::progress(const report::Progress& progress) {
  if (form_ != Form::bars) return;
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (progress.step != step_) {
    step_ = progress.step;
    step_start_ = now;
  }
  if (now - last_drawn_ < kRedrawEvery && progress.done != progress.total) return;
  last_drawn_ = now;
  const double seconds = std::chrono::duration<double>(now - step_start_).count();
  std::fprintf(out_, "\r%s\033[K", bar_text(progress, seconds, (columns_ != 0 ? columns_ : terminal_columns(out_)) - 1).c_str());
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
