// The second door, on a port of its own: where a test orders bad weather and reads what came of it.
//
//   GET    /faults     200, FaultRules::to_json()
//   POST   /faults     {"faults": ["429@1", ...]}: adds all or none; 201 {"added": [ids]}
//   DELETE /faults     204; no rule falls any more, counts and log stay
//   GET    /requests   200, RequestCounts::to_json()
//
// Bad input is 400 {"error": message}. A web page in somebody's browser can do nothing here: a POST must say
// Content-Type: application/json (else 415; a page would have to ask first, and nothing answers that), and the Host
// must be this machine's loopback (else 403: a foreign name that was bent to it).
#pragma once

#include <memory>
#include <string>

#include "sim/faults/fault_rules.h"
#include "sim/faults/request_counts.h"

namespace tabferry::sim {

class Control {
 public:
  // Listens on 127.0.0.1 (port 0: any free one) and serves from here on, on threads of its own. Throws Error{io} where
  // the port is taken. Both arguments must outlive it.
  Control(FaultRules& faults, const RequestCounts& requests, int port);
  ~Control();  // stops

  const std::string& url() const { return url_; }  // "http://127.0.0.1:8001"

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
  std::string url_;
};

}  // namespace tabferry::sim
