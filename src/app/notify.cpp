#include "app/notify.h"

#include <algorithm>

#include "app/notice.h"
#include "app/references.h"
#include "app/settings_reading.h"
#include "base/error.h"
#include "base/text.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::app {
namespace {

using Kind = NotifyTarget::Kind;

const std::vector<NotifyTarget>& targets_for(report::Status status, const NotifySettings& settings) {
  switch (status) {
    case report::Status::done: return settings.on_success;
    case report::Status::partial: return settings.on_partial;
    case report::Status::failed:
    case report::Status::cancelled: break;
    case report::Status::continues: {
      static const std::vector<NotifyTarget> kNobody;  // the run that ends it is told
      return kNobody;
    }
  }
  return settings.on_failure;
}

// A text of the details; of a site that is told in parts the address that browsers show.
std::string detail(const report::Report& report, std::string_view key) {
  const auto found = report.details.find(key);
  if (found == report.details.end()) return "";
  if (found->is_object()) return found->value("content_url", "");
  return found->is_string() ? found->get<std::string>() : "";
}

// One line without what a terminal, a mail or a chat would take for more than text.
std::string tidy(std::string_view line) {
  std::string text;
  for (const char c : line.substr(0, kNoticeLineBytes))
    text += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  while (!base::is_utf8(text)) text.pop_back();  // cut within a character
  return text + (line.size() > kNoticeLineBytes ? "..." : "");
}

std::vector<std::string> lines_in(const std::vector<std::string>& given) {
  std::vector<std::string> lines;
  for (const auto& one : given)
    for (const auto line : base::split(one, '\n')) lines.push_back(tidy(line));
  while (!lines.empty() && base::trim(lines.back()).empty()) lines.pop_back();
  if (lines.size() <= kNoticeLines) return lines;
  const size_t left = lines.size() - (kNoticeLines - 1);
  lines.resize(kNoticeLines - 1);
  lines.push_back(fmt::format("... and {} more lines in the report", left));
  return lines;
}

fs::path folder_of(const Settings& settings) { return fs::absolute(settings.file).parent_path(); }

base::Secret address_of(const NotifyTarget& webhook, const Settings& settings, const Environment& environment,
                        const std::stop_token& stop) {
  SecretReading reading({.folder = folder_of(settings), .environment = environment, .aws = settings.aws}, stop);
  return reading.read(webhook.place, webhook.value.reveal());
}

// All that is common to the targets of one notice.
class Teller {
 public:
  Teller(Notice notice, const Settings& settings, const Environment& environment, std::stop_token stop)
      : notice_(std::move(notice)), settings_(settings), environment_(environment) {
    if (stop.stop_requested()) delivery_.attempts = 1;
    else stop_ = std::move(stop);
  }

  void tell(const NotifyTarget& target) const {
    switch (target.kind) {
      case Kind::webhook: return tell_webhook(target);
      case Kind::sns: return settings_.aws->publish(target.value.reveal(), notice_.subject, notice_.text, stop_);
      case Kind::exec: return run_command(target.value, notice_, folder_of(settings_), environment_, delivery_, stop_);
    }
  }

 private:
  void tell_webhook(const NotifyTarget& target) const {
    const auto url = address_of(target, settings_, environment_, stop_);
    (void)shown_webhook(url.reveal());  // what a reference leads to was not looked at yet
    auto network = settings_.network;
    network.ca_bundle = environment_("SSL_CERT_FILE").value_or("");
    post(url, notice_, network, delivery_, stop_);
  }

  const Notice notice_;
  const Settings& settings_;
  const Environment& environment_;
  std::stop_token stop_;
  Delivery delivery_;
};

}  // namespace

Notice notice_of(const report::Report& report, const std::vector<std::string>& lines) {
  const auto text = lines_in(lines.empty() ? std::vector{report.headline} : lines);
  return {.text = base::join(text, "\n"),
          .subject = text.empty() ? report.command : text.front(),
          .status = std::string(report::name_of(report.status)),
          .command = report.command,
          .site = detail(report, "site"),
          .snapshot = detail(report, "snapshot"),
          .report = doc::to_line(report::to_json(report)) + "\n"};
}

std::string shown_address(const NotifyTarget& webhook, const Settings& settings, const Environment& environment,
                          std::stop_token stop) {
  return shown_webhook(address_of(webhook, settings, environment, stop).reveal());
}

void notify(const report::Report& report, const std::vector<std::string>& lines, const Settings& settings,
            const Environment& environment, report::Reporter& reporter, std::stop_token stop) {
  const auto& targets = targets_for(report.status, settings.notify);
  if (targets.empty()) return;
  const Teller teller(notice_of(report, lines), settings, environment, std::move(stop));
  for (const auto& target : targets) {
    try {
      reporter.step("telling " + target.shown);
      teller.tell(target);
    } catch (const base::Error& error) {
      reporter.warning(fmt::format("{} was not told: {}", target.shown, error.what()));
    }
  }
}

}  // namespace tabferry::app
