#include "sim/core/refusal.h"

namespace tabferry::sim {

Refusal::Refusal(int code, const std::string& detail) : base::Error(base::ErrorKind::refused, detail), code_(code) {}

std::string Refusal::summary() const {
  if (code_ == 401001) return "Signin Error";
  switch (status()) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized Access";
    case 403:
      return "Forbidden";
    case 404:
      return "Resource Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Resource Conflict";
    case 429:
      return "Too Many Requests";
    default:
      return "Internal Server Error";
  }
}

}  // namespace tabferry::sim
