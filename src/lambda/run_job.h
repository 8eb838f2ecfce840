// A job -> the command of app that does it.
#pragma once

#include <stop_token>

#include "app/command_end.h"
#include "app/settings.h"
#include "lambda/deadline.h"
#include "lambda/event.h"
#include "report/reporter.h"

namespace tabferry::lambda {

// Throws what the command throws. Where the time was up and it cannot go on another time, Error{cancelled} that says
// so; of a publish the report says it, with what became of each data source.
app::CommandEnd run_job(const Job& job, const app::Environment& environment, report::Reporter& reporter,
                        const Deadline& deadline);

}  // namespace tabferry::lambda
