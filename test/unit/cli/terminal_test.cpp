#include "cli/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.h"

namespace tabferry::cli {
namespace {

// What a Terminal wrote.
class Screen {
 public:
  std::FILE* file() { return file_; }
  std::string text() {
    std::string all(static_cast<size_t>(std::ftell(file_)), '\0');
    std::rewind(file_);
    EXPECT_EQ(std::fread(all.data(), 1, all.size(), file_), all.size());
    return all;
  }
  ~Screen() { std::fclose(file_); }

 private:
  std::FILE* file_ = std::tmpfile();
};

TEST(Bar, TellsBytesRowsAndEta) {
  const report::Progress progress{.step = "loading orders", .done = 163'000'000, .total = 362'000'000, .rows = 1'350'000};
  EXPECT_EQ(bar_text(progress, 10, 200), "loading orders  [====>     ]  45 %  163.0 MB of 362.0 MB  1,350,000 rows  ETA 12.2 s");
  EXPECT_EQ(bar_text(progress, 10, 20), "loading orders  [===");
}

TEST(Bar, CanDoWithoutATotal) { EXPECT_EQ(bar_text({.step = "x", .done = 5}, 10, 80), "x  5 B"); }

TEST(Terminal, PlainLinesHaveNoBars) {
  Screen screen;
  Terminal terminal(Form::lines, screen.file(), 80);
  terminal.step("loading\x1b[31m");
  terminal.progress({.step = "x", .done = 1, .total = 2});
  terminal.warning("careful");
  EXPECT_EQ(screen.text(), "loading [31m\nwarning: careful\n");
}

TEST(Terminal, PlainLinesTellProgressOnceAMinute) {
  Screen screen;
  const test::FakeClock clock;
  Terminal terminal(Form::lines, screen.file(), 80, clock);
  for (uint64_t second = 0; second <= 125; second += 5) {
    terminal.progress({.step = "saving", .done = second * 1000, .items = second, .items_total = 250});
    clock.sleep_for(std::chrono::seconds(5), {});
  }
  EXPECT_EQ(screen.text(), "saving: 24 %, 60 of 250 items, 60.0 kB, ETA 3 min 10 s\n"
                           "saving: 48 %, 120 of 250 items, 120.0 kB, ETA 2 min 10 s\n");
}

TEST(Terminal, QuietTellsNoProgress) {
  Screen screen;
  const test::FakeClock clock;
  Terminal terminal(Form::quiet, screen.file(), 80, clock);
  clock.sleep_for(std::chrono::minutes(5), {});
  terminal.progress({.step = "saving", .done = 1});
  EXPECT_EQ(screen.text(), "");
}

TEST(Terminal, QuietStillWarns) {
  Screen screen;
  Terminal terminal(Form::quiet, screen.file(), 80);
  terminal.step("loading");
  terminal.warning("careful");
  EXPECT_EQ(screen.text(), "warning: careful\n");
}

TEST(Terminal, TheBarIsGoneBeforeALine) {
  Screen screen;
  Terminal terminal(Form::bars, screen.file(), 80);
  terminal.progress({.step = "x", .done = 2, .total = 2});
  terminal.step("next");
  EXPECT_THAT(screen.text(), testing::EndsWith("\r\033[Knext\n"));
}

}  // namespace
}  // namespace tabferry::cli
