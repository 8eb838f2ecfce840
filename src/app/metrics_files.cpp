#include "app/metrics_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdio>

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/text.h"
#include "io/file.h"
#include "io/file_sink.h"

namespace tabferry::app {
namespace {

// Whether the file is there. A device would be replaced by a file, a FIFO waited for, and a link's target is somebody
// else's business: Error{config}.
bool is_there(const std::filesystem::path& file) {
  std::error_code error;
  const auto type = std::filesystem::symlink_status(file, error).type();
  if (type != std::filesystem::file_type::not_found && type != std::filesystem::file_type::regular)
    base::fail(base::ErrorKind::config, "{} is no plain file, and metrics go into such or to stdout or stderr",
               file.string());
  return type == std::filesystem::file_type::regular;
}

void append(const std::string& file, const std::string& line) {
  (void)is_there(file);
  const base::Fd fd(::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644));
  if (fd.get() < 0) base::fail_errno(errno, "opening " + file + " for metrics");
  const auto written = ::write(fd.get(), line.data(), line.size());  // at once: other runs append too
  if (written < 0) base::fail_errno(errno, "writing metrics to " + file);
  if (static_cast<size_t>(written) < line.size())
    base::fail(base::ErrorKind::io, "writing metrics to {}: only {} of {} bytes went in; is the disk full?", file,
               written, line.size());
}

// One after the other: each reads the file, and writes it with its own lines. The folder is what is locked, for the
// file is another one after each; where the file system knows no locks nothing is.
base::Fd locked_folder_of(const std::filesystem::path& file) {
  constexpr std::chrono::seconds kPatience{10};
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  base::Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) base::fail_errno(errno, "opening the folder of " + file.string());
  const auto& clock = base::system_clock();
  const auto until = clock.steady_now() + kPatience;
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    if (clock.steady_now() > until)
      base::fail(base::ErrorKind::io, "another run writes {} and has not ended within {} s", file.string(),
                 kPatience.count());
    clock.sleep_for(std::chrono::milliseconds(20), {});
  }
  return fd;
}

// What an earlier run wrote; "" where none did.
std::string own_text(const std::filesystem::path& file) {
  if (!is_there(file)) return "";
  auto text = io::read_text(file);
  for (const auto line : base::split(text, '\n'))
    if (!line.empty() && !line.starts_with('#') && !line.starts_with("tabferry_"))
      base::fail(base::ErrorKind::config,
                 "{} holds more than tabferry's metrics, which would be lost; give them a file "
                 "of their own",
                 file.string());
  return text;
}

}  // namespace

void write_emf(const std::string& where, const std::string& line) {
  if (where.empty()) return;
  if (where != "stdout" && where != "stderr") return append(where, line);
  std::FILE* out = where == "stdout" ? stdout : stderr;
  if (std::fputs(line.c_str(), out) == EOF || std::fflush(out) != 0)
    base::fail_errno(errno, "writing metrics to " + where);
}

void write_prometheus(const std::filesystem::path& file, const RunMetrics& metrics) {
  if (file.empty()) return;
  const auto lock = locked_folder_of(file);
  const std::string before = own_text(file);
  io::FileSink sink(file);
  sink.write(prometheus_text(metrics, base::system_clock().now(), before));
  // Whatever the umask: node_exporter is another user, and there is no secret in it.
  if (::fchmod(sink.fd(), 0644) != 0) base::fail_errno(errno, "letting others read " + file.string());
  sink.commit();
}

}  // namespace tabferry::app
