// What curl's result codes mean to a person. Private to this room.
#pragma once

#include <curl/curl.h>

#include <string>

#include "http/client.h"

namespace tabferry::http {

struct TransferFailure {
  CURLcode code;
  CURL* easy;
  const char* curl_words;  // curl's own description; may be empty
  const std::string& url;
  const NetworkOptions& network;
  bool connected;
  bool wholly_sent;
};

// Throws Error: denied (certificate, proxy), config (URL, CA file), transient (all that may pass).
[[noreturn]] void fail_transfer(const TransferFailure& failure);

}  // namespace tabferry::http
