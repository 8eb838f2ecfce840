// The progress that people see, on stderr: a bar on a terminal; elsewhere plain lines, of the
// progress one a minute; nothing when --quiet.
#pragma once

#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "report/reporter.h"

namespace tabferry::cli {

enum class Form { bars, lines, quiet };
// bars where stderr is a terminal that can move its cursor.
Form form_for(bool quiet);

class Terminal : public report::Reporter {
 public:
  explicit Terminal(Form form, std::FILE* out = stderr, size_t columns = 0,
                    const base::Clock& clock = base::system_clock());
  ~Terminal() override;

  void step(const std::string& what) override;
  void progress(const report::Progress& progress) override;
  void warning(const std::string& what) override;
  // Removes the bar, so that a result can be printed.
  void clear();

 private:
  void line(const std::string& text);
  void begin(const report::Progress& progress, base::SteadyTime now);

  const Form form_;
  std::FILE* const out_;
  const size_t columns_;  // 0: ask the terminal each time, as people resize it
  std::mutex mutex_;
  bool bar_shown_ = false;
  const base::Clock& clock_;
  std::string step_;  // of the bar
  base::SteadyTime step_start_;
  base::SteadyTime last_drawn_;  // a bar, or a line of progress
};

// "loading orders: 45 %, 163.0 MB of 362.0 MB, 1,350,000 rows, ETA 2.1 s".
std::string progress_text(const report::Progress& progress, double seconds);

// One bar: "loading orders  [=====>    ]  45 %  163.0 MB of 362.0 MB  1,350,000 rows  ETA 2.1 s", cut to `columns`.
std::string bar_text(const report::Progress& progress, double seconds, size_t columns);

}  // namespace tabferry::cli
