// `tabferry-sim make`: its options, and what it says.
#pragma once

#include <memory>

namespace CLI {
class App;
}

namespace tabferry::sim::make {

class Command {
 public:
  // Adds the subcommand to the program, which must live longer.
  explicit Command(CLI::App& program);
  ~Command();

  bool was_given() const;
  // Makes the site and tells of it on stdout; the exit code. Throws base::Error.
  int run() const;

 private:
  struct Wish;
  std::unique_ptr<Wish> wish_;
  CLI::App* app_;
};

}  // namespace tabferry::sim::make
