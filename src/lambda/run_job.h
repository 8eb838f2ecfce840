// A job -> the command of app that does it.
#pragma once

#include <stop_token>

#include "app/command_end.h"
#include "app/settings.h"
#include "lambda/deadline.h"
#include "lambda/event.h"
#include "report/reporter.h"

namespace tabferry::lambda {

// Throws what the command throws; where the time was up and it cannot go on another time, Error{refused} that says so.
app::CommandEnd run_job(const Job& job, const app::Environment& environment, report::Reporter& reporter,
                        const Deadline& deadline);

}  // namespace tabferry::lambda
