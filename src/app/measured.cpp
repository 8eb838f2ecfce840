#include "app/measured.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <optional>

#include "app/metrics.h"
#include "app/open_store.h"
#include "app/references.h"
#include "app/shard_index.h"
#include "backup/snapshots.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/text.h"
#include "io/file.h"
#include "io/file_sink.h"

namespace tabferry::app {
namespace {

// The site's name in the configuration; "" where it knows none of that name, for an event may name anything.
std::string site_name(const Settings& settings, const std::string& chosen) {
  try {
    return choose_site(settings, chosen).name;
  } catch (const base::Error&) {
    return "";  // the run says the same, and its failure is what is told
  }
}

// "sales" of a site whose content URL is written in the configuration; "" where a secret holds it.
std::string content_url_of(const Settings& settings, const std::string& name) {
  const auto& url = choose_site(settings, name).content_url;
  return is_reference(url) ? "" : backup::site_word(url);
}

// Of the newest complete backup of the site. Absent where there is none, where the store does not tell, or where it
// holds several sites and which one is meant stands in a secret.
std::optional<double> backup_age_hours(const Settings& settings, const std::string& site) {
  if (settings.store.empty()) return std::nullopt;
  try {
    const auto store = open_store(settings);
    const auto sites = backup::newest_of_each_site(*store, content_url_of(settings, site));
    if (sites.size() != 1 || !sites.front().complete) return std::nullopt;
    const std::chrono::duration<double, std::ratio<3600>> age = store->now() - sites.front().complete->folder.at;
    return std::max(0.0, age.count());
  } catch (const base::Error&) {
    return std::nullopt;  // the run's own failure names the store
  }
}

bool is_about_backups(const std::string& command) {
  return command == "backup" || command == "backup-seal" || command == "doctor";
}

// A device would be replaced by a file, a FIFO waited for, and a link's target is somebody else's business.
void expect_plain_file(const std::filesystem::path& file) {
  std::error_code error;
  const auto type = std::filesystem::symlink_status(file, error).type();
  if (type != std::filesystem::file_type::not_found && type != std::filesystem::file_type::regular)
    base::fail(base::ErrorKind::config, "{} is no plain file, and metrics go into such or to stdout or stderr",
               file.string());
}

void append(const std::string& file, const std::string& line) {
  expect_plain_file(file);
  const base::Fd fd(::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644));
  if (fd.get() < 0) base::fail_errno(errno, "opening " + file + " for metrics");
  const auto written = ::write(fd.get(), line.data(), line.size());  // at once: other runs append too
  if (written < 0) base::fail_errno(errno, "writing metrics to " + file);
  if (static_cast<size_t>(written) < line.size())
    base::fail(base::ErrorKind::io, "writing metrics to {}: only {} of {} bytes went in; is the disk full?", file,
               written, line.size());
}

void write_emf(const std::string& where, const std::string& line) {
  if (where.empty()) return;
  if (where != "stdout" && where != "stderr") return append(where, line);
  std::FILE* out = where == "stdout" ? stdout : stderr;
  if (std::fputs(line.c_str(), out) == EOF || std::fflush(out) != 0)
    base::fail_errno(errno, "writing metrics to " + where);
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
  expect_plain_file(file);
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return "";
  auto text = io::read_text(file);
  for (const auto line : base::split(text, '\n'))
    if (!line.empty() && !line.starts_with('#') && !line.starts_with("tabferry_"))
      base::fail(base::ErrorKind::config,
                 "{} holds more than tabferry's metrics, which would be lost; give them a file "
                 "of their own",
                 file.string());
  return text;
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

// As the report has it; where there is none, as the command line or the engine said.
std::optional<unsigned> shard_of(const Measured& run, const report::Report& report) {
  if (run.command != "backup-work") return std::nullopt;
  if (const auto told = report.details.find("shard"); told != report.details.end()) return told->get<unsigned>();
  if (run.shard) return run.shard;
  try {
    const auto told = told_index(run.environment);
    return told ? std::optional(told->index) : std::nullopt;
  } catch (const base::Error&) {
    return std::nullopt;  // the run says the same, and its failure is what is told
  }
}

void tell(const Measured& run, const ReadSettings& settings, const report::Report& report, double seconds) {
  const auto where = settings ? settings->metrics : usual_metrics(run.environment);
  if (where.emf.empty() && where.prometheus.empty()) return;
  RunMetrics metrics{.command = run.command,
                     .site = settings ? site_name(*settings, run.flags.site) : "",
                     .shard = shard_of(run, report),
                     .status = report.status,
                     .seconds = seconds,
                     .counts = report.counts};
  if (settings && is_about_backups(run.command) && !run.stop.stop_requested())
    metrics.backup_age_hours = backup_age_hours(*settings, metrics.site);
  const auto attempt = [&](const std::function<void()>& write) {
    try {
      write();
    } catch (const base::Error& error) {
      run.reporter.warning(fmt::format("the metrics of this run are not written: {}", error.what()));
    }
  };
  attempt([&] { write_emf(where.emf, emf_line(metrics, base::system_clock().now()) + "\n"); });
  attempt([&] { write_prometheus(where.prometheus, metrics); });
}

}  // namespace

CommandEnd measured(const Measured& run, const std::function<CommandEnd(ReadSettings&)>& body) {
  const auto began = base::system_clock().steady_now();
  ReadSettings settings;
  const auto seconds = [&] { return std::chrono::duration<double>(base::system_clock().steady_now() - began).count(); };
  try {
    auto end = body(settings);
    tell(run, settings, end.report, seconds());
    return end;
  } catch (const std::exception& failure) {
    const auto error = as_error(failure);
    tell(run, settings, report_of_failure(run.command, error), seconds());
    throw error;
  }
}

}  // namespace tabferry::app
