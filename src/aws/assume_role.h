// STS AssumeRole. Private to this room.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
#pragma once

#include "aws/credentials.h"
#include "aws/service.h"

namespace tabferry::aws {

// The role's keys, by the keys of someone who may assume it. Throws Error{denied} with what STS said.
Keys assume_role(Service& sts, const CredentialsOptions& options, const Keys& by, std::stop_token stop);

}  // namespace tabferry::aws
