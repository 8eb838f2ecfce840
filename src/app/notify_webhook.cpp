// Webhooks: JSON by POST.
#include <array>

#include "app/notice.h"
#include "app/settings_address.h"
#include "app/settings_reading.h"
#include "base/error.h"
#include "base/text.h"
#include "doc/json.h"

using namespace std::chrono_literals;
using tabferry::base::ErrorKind;

namespace tabferry::app {
namespace {

constexpr std::string_view kZeroWidthSpace = "\xE2\x80\x8B";
// Words that call everybody, in Slack, Mattermost and those who are like them.
constexpr std::array<std::string_view, 4> kCalls = {"@all", "@channel", "@here", "@everyone"};

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

// https://docs.slack.dev/messaging/formatting-message-text: three characters are escaped, and nothing is a link or a
// call then. An '@' of a foreign name calls nobody either.
std::string escaped_for_chat(std::string text) {
  replace_all(text, "&", "&amp;");
  replace_all(text, "<", "&lt;");
  replace_all(text, ">", "&gt;");
  for (const auto call : kCalls)
    replace_all(text, call, fmt::format("@{}{}", kZeroWidthSpace, call.substr(1)));
  return text;
}

// Slack; Mattermost: https://HOST[/SUBPATH]/hooks/KEY; those who say that they take Slack's form: .../slack (Discord).
bool takes_chat_form(std::string_view url) {
  if (is_slack(url)) return true;
  const auto address = parse_browser_address(url);
  if (!address) return false;
  const std::string_view path = std::string_view(address->rest).substr(0, address->rest.find_first_of("?#"));
  return path.find("/hooks/") != std::string_view::npos || path.ends_with("/slack");
}

}  // namespace

std::string webhook_body(std::string_view url, const Notice& notice) {
  if (takes_chat_form(url)) return doc::to_line({{"text", escaped_for_chat(notice.text)}});
  return doc::to_line({{"text", notice.text},
                       {"status", notice.status},
                       {"command", notice.command},
                       {"site", notice.site},
                       {"snapshot", notice.snapshot}});
}

void post(const base::Secret& url, const Notice& notice, const http::NetworkOptions& network, const Delivery& delivery,
          std::stop_token stop) {
  auto hurried = network;
  for (auto* const time : {&hurried.connect_timeout, &hurried.first_byte_timeout, &hurried.look_up_timeout})
    *time = std::min(*time, delivery.limit);
  http::Client client(hurried, {.attempts = delivery.attempts, .first_wait = 1s, .max_wait = 5s}, base::system_clock());
  const http::Request request{.method = "POST",
                              .url = url.reveal(),
                              .headers = {{"content-type", "application/json"}},
                              .body = http::text_body(webhook_body(url.reveal(), notice)),
                              .may_repeat = true,  // told twice is better than not at all
                              .total_limit = delivery.limit};
  const auto response = client.send(request, std::move(stop));
  if (response.status >= 200 && response.status < 300) return;
  const auto address = parse_browser_address(url.reveal());
  const bool passing = response.status == 429 || response.status >= 500;
  base::fail(passing ? ErrorKind::transient : ErrorKind::denied, "{} answered {}{}", address ? address->host : "it",
             response.status,
             response.status == 404 || response.status == 410 ? ": is the webhook still there?"
             : response.status >= 300 && response.status < 400
                 ? ": redirects are not followed; write the address that it leads to"
                 : "");
}

}  // namespace tabferry::app
