// The times of http::NetworkOptions, held against one transfer. Private to this room.
#pragma once

#include <curl/curl.h>

#include <chrono>

#include "http/client.h"
#include "http/transfer.h"

namespace tabferry::http {

// How long one may wait for the network until the next look. Throws Error{transient} where a time is up.
std::chrono::milliseconds time_left(const Request& request, const Transfer& transfer, const NetworkOptions& network,
                                    CURL* easy);

}  // namespace tabferry::http
