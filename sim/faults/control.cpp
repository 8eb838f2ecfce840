#include "sim/faults/control.h"

#include <httplib.h>

#include "base/error.h"
#include "base/text.h"
#include "doc/json.h"
#include "flow/lane.h"

namespace tabferry::sim {
namespace {

constexpr size_t kMostBytes = size_t{1} << 20;
constexpr size_t kThreads = 4;
constexpr const char* kJson = "application/json";

void answer(httplib::Response& response, int status, const std::string& json) {
  response.status = status;
  response.set_content(json, kJson);
}

void refuse_with(httplib::Response& response, int status, const std::string& message) {
  answer(response, status, doc::to_line(doc::Json{{"error", message}}));
}

bool is_own_host(std::string host) {
  const size_t colon = host.rfind(':');
  if (colon != std::string::npos && host.find(']', colon) == std::string::npos) host.resize(colon);
  return host == "127.0.0.1" || host == "localhost" || host == "[::1]";
}

bool is_json(const httplib::Request& request) {
  const std::string type = request.get_header_value("Content-Type");
  return base::lower(base::trim(std::string_view(type).substr(0, type.find(';')))) == kJson;
}

std::vector<Fault> faults_in(const std::string& body) {
  const doc::Json json = doc::parse_json(body, "the body");
  if (!json.is_object() || json.size() != 1 || !json.contains("faults") || !json["faults"].is_array())
    base::fail(base::ErrorKind::usage, R"(the body must be {{"faults": ["429@1", ...]}})");
  std::vector<Fault> faults;
  for (const auto& text : json["faults"]) {
    if (!text.is_string()) base::fail(base::ErrorKind::usage, "every fault must be a text");
    faults.push_back(parse_fault(text.get<std::string>()));
  }
  return faults;
}

void add(FaultRules& faults, const httplib::Request& request, httplib::Response& response) {
  if (!is_json(request)) return refuse_with(response, 415, "the Content-Type must be application/json");
  try {
    const auto ids = faults.add(faults_in(request.body));
    answer(response, 201, doc::to_line(doc::Json{{"added", ids}}));
  } catch (const base::Error& error) {
    refuse_with(response, 400, error.what());
  }
}

void say_what_is_missing(const httplib::Request& request, httplib::Response& response) {
  if (!response.body.empty() || response.status < 400) return;
  refuse_with(response, response.status,
              fmt::format("{} {} is not served here; there are GET, POST and DELETE /faults "
                          "and GET /requests",
                          request.method, base::quoted(request.path)));
}

}  // namespace

class Control::Listener : public httplib::Server {
 public:
  Listener(FaultRules& faults, const RequestCounts& requests) {
    new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    set_keep_alive_max_count(1);  // an idle connection would hold up the end
    set_payload_max_length(kMostBytes);
    set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
      if (is_own_host(request.get_header_value("Host"))) return HandlerResponse::Unhandled;
      refuse_with(response, 403, "this is served to the machine itself alone: ask 127.0.0.1");
      return HandlerResponse::Handled;
    });
    set_error_handler(say_what_is_missing);
    Get("/faults", [&](const auto&, auto& response) { answer(response, 200, faults.to_json()); });
    Post("/faults", [&](const auto& request, auto& response) { add(faults, request, response); });
    Delete("/faults", [&](const auto&, auto& response) {
      faults.remove_all();
      response.status = 204;
    });
    Get("/requests", [&](const auto&, auto& response) { answer(response, 200, requests.to_json()); });
  }

  ~Listener() override {
    stop();
    if (lane_) lane_->wait();
  }

  // Serves from now on. The port; 0 where it is taken.
  int start(int port) {
    set_socket_options([](socket_t socket) {  // cpp-httplib's default lets two servers share one port
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    const int bound = port == 0 ? bind_to_any_port("127.0.0.1") : bind_to_port("127.0.0.1", port) ? port : 0;
    if (bound <= 0) return 0;
    lane_ = std::make_unique<flow::Lane>([this] {
      listen_after_bind();
      has_ended_ = true;
    });
    while (!is_running() && !has_ended_) std::this_thread::yield();  // stop() passes over a server that is not running
    return bound;
  }

 private:
  std::atomic<bool> has_ended_{false};
  std::unique_ptr<flow::Lane> lane_;
};

Control::Control(FaultRules& faults, const RequestCounts& requests, int port)
    : listener_(std::make_unique<Listener>(faults, requests)) {
  const int bound = listener_->start(port);
  if (bound == 0)
    base::fail(base::ErrorKind::io, "cannot listen on 127.0.0.1 port {} for the control: is another server there?",
               port);
  url_ = fmt::format("http://127.0.0.1:{}", bound);
}

Control::~Control() = default;

}  // namespace tabferry::sim
