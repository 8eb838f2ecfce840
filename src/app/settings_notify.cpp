// `notify:`: who is told how a run ended.
#include "app/references.h"
#include "app/settings_address.h"
#include "app/settings_reading.h"
#include "aws/topic.h"
#include "base/text.h"

namespace tabferry::app {
namespace {

using Kind = NotifyTarget::Kind;

constexpr std::string_view kForms =
    "write https://..., env:NAME or another reference to such an address, sns:ARN, or exec:COMMAND";

// Of a command only what is run: its arguments may be secrets.
std::string first_word(std::string_view command) {
  const auto end = command.find_first_of(" \t\n;|&<>()$`\"'");
  return end == std::string_view::npos ? std::string(command) : std::string(command.substr(0, end)) + " ...";
}

NotifyTarget read_sns(const ConfigNode& node, const std::string& arn) {
  if (!aws::is_topic_arn(arn))
    node.fail("{} is no topic of SNS; write its ARN: sns:arn:aws:sns:REGION:ACCOUNT:NAME", base::quoted(arn));
  return {.kind = Kind::sns, .value = base::Secret(arn), .shown = "sns:" + arn};
}

NotifyTarget read_exec(const ConfigNode& node, std::string_view command) {
  command = base::trim(command);
  if (command.empty()) node.fail("exec: needs a command behind it: exec:COMMAND");
  return {.kind = Kind::exec, .value = base::Secret(std::string(command)), .shown = "exec:" + first_word(command)};
}

NotifyTarget read_webhook(const ConfigNode& node, const std::string& text, Reading& reading) {
  NotifyTarget target{.kind = Kind::webhook, .value = base::Secret(text)};
  if (is_reference(text)) {
    check_reference(node, text);
    target.shown = text;
    return target;
  }
  node.at_this_place([&] { target.shown = shown_webhook(text); });
  if (is_slack(text))
    reading.settings.warnings.push_back(fmt::format(
        "{} is written in plain text, and who knows it may write there; better: env:NAME or file:PATH", node.path()));
  return target;
}

NotifyTarget read_target(const ConfigNode& node, Reading& reading) {
  const std::string text = node.secret();
  NotifyTarget target = text.starts_with("sns:")         ? read_sns(node, text.substr(4))
                        : text.starts_with("arn:")       ? read_sns(node, text)
                        : text.starts_with("exec:")      ? read_exec(node, std::string_view(text).substr(5))
                                                         : read_webhook(node, text, reading);
  target.place = fmt::format("{}: {}", node.place(), node.path());
  reading.origins.set(node, target.shown);
  return target;
}

}  // namespace

bool is_slack(std::string_view url) {
  const auto address = parse_browser_address(url);
  return address && (address->host == "slack.com" || address->host.ends_with(".slack.com") ||
                     address->host.ends_with(".slack-gov.com"));
}

std::string shown_webhook(std::string_view url) {
  const auto address = parse_browser_address(url);
  if (!address)  // what is no address may be a secret
    base::fail(base::ErrorKind::config, "is no address of a webhook; {}", kForms);
  if (has_control_characters(url) || url.find(' ') != std::string_view::npos)
    base::fail(base::ErrorKind::config, "is no address of a webhook: it has a space or a control character in it");
  if (address->server.starts_with("http://") && !is_loopback(address->host))
    base::fail(base::ErrorKind::config, "is {}: reports would travel in clear text; write https://", address->server);
  return address->rest.empty() || address->rest == "/" ? address->server : address->server + "/...";
}

void read_notify(const ConfigNode& root, Reading& reading) {
  const auto map = root.find("notify");
  if (!map) return;
  map->expect_only({{"on_failure", "on_partial", "on_success"}, {}});
  const auto read = [&](std::string_view key, std::vector<NotifyTarget>& into) {
    if (const auto node = map->find(key))
      for (const auto& item : node->items()) into.push_back(read_target(item, reading));
  };
  auto& notify = reading.settings.notify;
  // Who wants to hear of failures hears of half ones too, unless they say otherwise ([]: nobody).
  read("on_failure", notify.on_failure);
  read("on_partial", notify.on_partial);
  read("on_success", notify.on_success);
  if (map->find("on_partial")) return;
  notify.on_partial = notify.on_failure;
  if (!notify.on_failure.empty()) reading.origins.by_default(*map, "on_partial", "as on_failure");
}

}  // namespace tabferry::app
