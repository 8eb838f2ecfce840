// The runtime of an AWS Lambda function: asks for the next event, runs it, answers. One after the other, until the
// program is ended.
#pragma once

#include <stop_token>

#include "report/reporter.h"

namespace tabferry::lambda {

// Of $AWS_LAMBDA_RUNTIME_API, by AWS's own library. Nothing is held from one event to the next: configuration, secrets
// and the site's session are each event's own. Gives the program's exit code: 0 after `stop` (which ends the program at
// once where no event is at work: one that arrives in that moment is lost, but Lambda ends only who waits), 1 where the
// API does not answer. Throws Error{usage} outside of a function.
//
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
// Known: aws-lambda-cpp 0.2.6 ends the process where the API's answer has no Content-Type; Lambda always sends one.
int serve(report::Reporter& reporter, std::stop_token stop);

}  // namespace tabferry::lambda
