// Tells people how a run ended: webhooks, SNS topics, commands (design section 4, `notify:`).
//
//   webhook  POST of JSON. Slack's and Mattermost's form gets {"text"}; any other one {"text", "status", "command",
//            "site", "snapshot"} (which healthchecks' pings take too).
//            https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
//   sns      the headline as subject, the text as message
//   exec     /bin/sh -c COMMAND, in the configuration's folder, for 60 s at most: the report's JSON on its standard
//            input, the text in $TABFERRY_TEXT, and $TABFERRY_STATUS, _COMMAND, _SITE, _SNAPSHOT. Of our environment it
//            gets PATH, HOME, USER, LOGNAME, LANG, LC_ALL, TZ, TMPDIR: the rest may hold secrets
//
// What foreign names hold (a workbook called "<!channel>" or "$(rm x)") is text everywhere.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "app/settings.h"
#include "report/report.h"
#include "report/reporter.h"

namespace tabferry::app {

// `lines`: what, why, what is on the site now, what to do; cut to 12. Empty: the report's headline.
// Status done: on_success; partial: on_partial; failed and cancelled: on_failure. "site" and "snapshot" are texts of
// the report's details. A target that cannot be told is a warning, nothing more; it never shows an address that may be
// a secret. Where `stop` is requested already each target has one try. Throws nothing of base::Error.
void notify(const report::Report& report, const std::vector<std::string>& lines, const Settings& settings,
            const Environment& environment, report::Reporter& reporter, std::stop_token stop);

// Resolves a webhook's address as notify() does, and gives what of it may be shown. Sends nothing. Throws what
// SecretReading::read() throws (references.h), and Error{config} for what is no address of a webhook.
std::string shown_address(const NotifyTarget& webhook, const Settings& settings, const Environment& environment,
                          std::stop_token stop);

}  // namespace tabferry::app
