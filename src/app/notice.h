// What people are told, and the two ways of telling it that are not AWS's. Private to this room.
#pragma once

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings.h"
#include "base/secret.h"
#include "report/report.h"

namespace tabferry::app {

inline constexpr size_t kNoticeLines = 12;
inline constexpr size_t kNoticeLineBytes = 600;

struct Notice {
  std::string text;     // at most kNoticeLines lines of plain text
  std::string subject;  // its first line
  std::string status, command, site, snapshot;
  std::string report;   // its JSON: one line with its line end
};
Notice notice_of(const report::Report& report, const std::vector<std::string>& lines);

struct Delivery {
  int attempts = 3;
  std::chrono::milliseconds limit{15'000};         // of each try
  std::chrono::milliseconds command_limit{60'000};
};

// The body that a webhook of this address is sent.
std::string webhook_body(std::string_view url, const Notice& notice);
// Throws what the client throws, and Error{transient, denied} for an answer that is no 2xx: with the host, never more.
void post(const base::Secret& url, const Notice& notice, const http::NetworkOptions& network, const Delivery& delivery,
          std::stop_token stop);

// Runs it. Throws Error{io} where it cannot be started, ends with another code than 0, or takes too long (it is ended
// then, with the processes of its group), with the first of what it said.
void run_command(const base::Secret& command, const Notice& notice, const std::filesystem::path& folder,
                 const Environment& environment, const Delivery& delivery, std::stop_token stop);

}  // namespace tabferry::app
