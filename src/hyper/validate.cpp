#include <sys/wait.h>

#include "base/error.h"
#include "base/text.h"
#include "hyper/engine.h"
#include "hyper/engine_log.h"
#include "hyper/process.h"
#include "io/file.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::hyper {
namespace {

constexpr std::chrono::milliseconds kSlice{10};

int run(const Command& command, const std::stop_token& stop) {
  Process process(command);
  for (;;) {
    if (const auto status = process.wait_for_end(kSlice)) return *status;
    if (stop.stop_requested()) base::fail_cancelled("checking an extract");
  }
}

// Without the two lines that it says at every start.
std::string words_of(const fs::path& output) {
  const std::string text = io::read_text(output);
  std::vector<std::string> lines;
  for (const auto line : base::split(text, '\n')) {
    if (base::trim(line).empty() || line.starts_with("LogFile:") || line.starts_with("hyperd server version")) continue;
    lines.emplace_back(base::trim(line));
  }
  return base::join(lines, "\n");
}

}  // namespace

Verdict validate(const fs::path& program, const fs::path& file, const fs::path& folder, std::stop_token stop) {
  const fs::path output = folder / kOutputName;
  // The log would go beside the program; the file's name must be absolute, as hyperd works in the folder.
  const int status = run({fs::absolute(program),
                          {"validate", "-d", fs::absolute(file).string(), "--log-dir=" + folder.string(), "--skip-license"},
                          folder, output}, stop);
  const std::string words = words_of(output);
  if (WIFSIGNALED(status))
    base::fail(ErrorKind::io, "checking the extract {}: hyperd died: {}. {}", file.string(), words_for_status(status),
               last_words(output));
  const bool valid = status == 0 && words.ends_with("is valid.") && words.find("could not be validated") == std::string::npos;
  return {.valid = valid, .words = words};
}

}  // namespace tabferry::hyper
