// A reporter that says nothing.
#pragma once

#include "report/reporter.h"

namespace tabferry::test {

class SilentReporter : public report::Reporter {
 public:
  void step(const std::string&) override {}
  void progress(const report::Progress&) override {}
  void warning(const std::string&) override {}
};

}  // namespace tabferry::test
