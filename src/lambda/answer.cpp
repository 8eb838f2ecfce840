#include "lambda/answer.h"

#include <cmath>

#include "base/clock.h"
#include "base/text.h"
#include "doc/json.h"

using tabferry::doc::Json;

namespace tabferry::lambda {
namespace {

constexpr size_t kKeptOfAList = 10;
constexpr size_t kMostMessageBytes = 6'000;

// The member that takes the most room; the first words of every report stay.
std::string longest_member(const Json& json) {
  std::string longest;
  size_t most = 0;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_structured() || key == "shortened" || key == "site") continue;
    const size_t size = doc::to_line(value).size();
    if (size > most) longest = key, most = size;
  }
  return longest;
}

// Cut once, then left out.
void shorten(Json& json, const std::string& key) {
  auto& shortened = json["shortened"];
  const bool is_cut = shortened.contains(key);
  auto& value = json[key];
  if (!is_cut) shortened[key] = value.size();
  if (value.is_array() && !is_cut && value.size() > kKeptOfAList)
    value.erase(value.begin() + kKeptOfAList, value.end());
  else
    json.erase(key);
}

Json fitted(Json json, size_t most_bytes) {
  while (doc::to_line(json).size() > most_bytes) {
    const auto key = longest_member(json);
    if (key.empty()) break;
    shorten(json, key);
  }
  return json;
}

Json json_of(const report::Report& report, std::chrono::milliseconds took) {
  auto json = report::to_json(report);
  json["ended_at"] = base::iso_time(base::system_clock().now());
  json["seconds"] = std::round(static_cast<double>(took.count())) / 1000;
  return json;
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const auto part : base::split(text, '\n'))
    if (const auto words = base::trim(part); !words.empty()) line += (line.empty() ? "" : " ") + std::string(words);
  if (line.size() <= kMostMessageBytes) return line;
  line.resize(kMostMessageBytes);
  while (!base::is_utf8(line)) line.pop_back();  // cut within a character
  return line + "...";
}

// The library's own failure() is not used: its escaping of JSON writes beyond its buffer for letters outside of ASCII.
std::string body_of(const std::string& message, std::string_view type, const report::Report& report,
                    std::chrono::milliseconds took) {
  return doc::to_line({{"errorMessage", one_line(message)},
                       {"errorType", fmt::format("tabferry.{}", type)},
                       {"stackTrace", Json::array()},
                       {"report", fitted(json_of(report, took), kMostFailureBytes - kMostMessageBytes)}});
}

// What doctor found, with its cures; else the headline.
std::string message_of(const report::Report& report) {
  std::string message = report.headline;
  const auto checks = report.details.find("checks");
  if (checks == report.details.end()) return message;
  for (const auto& check : *checks)
    if (check.value("status", "") == "problem")
      message += fmt::format("\n{}, {}: {}. {}", check.value("area", ""), check.value("name", ""),
                             check.value("seen", ""), check.value("cure", ""));
  return message;
}

// Of the one reason, where the report names it.
std::string kind_of(const report::Report& report) {
  const auto error = report.details.find("error");
  return error == report.details.end() ? "problem" : error->value("kind", "problem");
}

}  // namespace

std::string answer_of(const report::Report& report, std::chrono::milliseconds took, size_t most_bytes) {
  return doc::to_line(fitted(json_of(report, took), most_bytes));
}

std::string failure_of(const base::Error& error, const report::Report& report, std::chrono::milliseconds took) {
  return body_of(error.what(), base::name_of(error.kind()), report, took);
}

std::string failure_of(const report::Report& report, std::chrono::milliseconds took) {
  return body_of(message_of(report), kind_of(report), report, took);
}

}  // namespace tabferry::lambda
