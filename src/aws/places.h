// Where AWS credentials may be: the places of the chain, as providers of the runtime. Private to this room.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "aws/credentials.h"
#include "aws/runtime.h"

namespace tabferry::aws {

struct Place {
  std::string name;                    // "the environment (AWS_ACCESS_KEY_ID)"
  std::string absent;                  // why it is not asked: "AWS_ACCESS_KEY_ID is not set"; empty: it is asked
  std::function<ProviderPtr()> make;   // anew for each question, so that files that were written anew are read anew;
                                       // null with aws_last_error() where it has nothing
  std::chrono::milliseconds patience;  // at most so long
};

// In order. Each is asked when the ones before it have nothing. `tls` is called by those that need it: reading the
// system's certificates takes a tenth of a second. Both it and what it gives must outlive the places.
std::vector<Place> places_of(const CredentialsOptions& options, const std::function<aws_tls_ctx*()>& tls);

// The first place's keys. Blocks until there is an answer or `patience` is over. Throws Error{denied} with every place
// and what it said.
Keys first_keys(const std::vector<Place>& places, std::chrono::milliseconds patience, std::stop_token stop);

}  // namespace tabferry::aws
