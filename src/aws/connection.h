// What every way of talking to AWS needs to know.
#pragma once

#include <chrono>

#include "http/client.h"

namespace tabferry::aws {

struct Connection {
  http::NetworkOptions network;  // proxy, CA bundle, time-outs
  // Of small requests; the runtime's own retries for objects are like it.
  http::Retry retry{
      .attempts = 5, .first_wait = std::chrono::milliseconds{250}, .max_wait = std::chrono::milliseconds{20'000}};
};

}  // namespace tabferry::aws
