// What the site answers when it says no: Tableau's six-digit code, whose first three digits are the HTTP status.
// Codes and texts: "Handling Errors" and the error tables of the REST API reference
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_concepts_errors.htm).
#pragma once

#include <string>

#include "base/error.h"

namespace tabferry::sim {

class Refusal : public base::Error {
 public:
  Refusal(int code, const std::string& detail);

  int code() const { return code_; }
  // The code says it, but for alerts: 409023 goes with 404 (the reference, "Query Data-Driven Alert Details").
  int status() const { return code_ == 409023 ? 404 : code_ / 1000; }
  std::string summary() const;  // "Forbidden"; goes with the code
  std::string detail() const { return what(); }

 private:
  int code_;
};

// Throws Refusal{code, formatted detail}.
template <class... Args>
[[noreturn]] void refuse(int code, fmt::format_string<Args...> format, Args&&... args) {
  throw Refusal(code, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace tabferry::sim
