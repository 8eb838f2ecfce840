#include "sim/http/server.h"

#include <fmt/chrono.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "sim/core/routes.h"
#include "sim/http/workers.h"

namespace tabferry::sim {
namespace {

constexpr auto kKeepAlive = std::chrono::seconds(300);
constexpr auto kStalled = std::chrono::minutes(30);
constexpr size_t kDownloadBlock = size_t{256} << 10;

// A request's body on its way in. Whatever happens it is read to its end, or the connection could not be used again.
class IncomingBody : public Body {
 public:
  IncomingBody(const httplib::Request& request, const httplib::ContentReader& reader)
      : reader_(reader), is_form_(request.is_multipart_form_data()) {
    has_content_ = request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
  }

  void read(const std::function<void(std::string_view)>& take) override {
    if (!std::exchange(has_content_, false)) return;
    std::exception_ptr failure;
    const bool arrived = receive([&](const char* bytes, size_t length) {
      try {
        if (!failure) take({bytes, length});
      } catch (...) {
        failure = std::current_exception();
      }
      return true;
    });
    if (failure) std::rethrow_exception(failure);
    if (!arrived) base::fail(base::ErrorKind::transient, "the client broke off in the middle of a request");
  }

  void drain() {
    read([](std::string_view) {});
  }

 private:
  // cpp-httplib takes multipart/form-data apart itself and offers no other way to read it. No action wants any.
  bool receive(const httplib::ContentReceiver& take) const {
    if (is_form_) return reader_([](const httplib::MultipartFormData&) { return true; }, take);
    return reader_(take);
  }

  const httplib::ContentReader& reader_;
  const bool is_form_;
  bool has_content_ = false;
};

class NoBody : public Body {
 public:
  void read(const std::function<void(std::string_view)>&) override {}
};

// A file on its way out. The ranges that a client asks for are passed over, as Tableau does: it gets the whole.
void send_file(httplib::Response& response, const Reply& reply) {
  auto block = std::make_shared<std::string>(kDownloadBlock, '\0');
  response.set_content_provider(
      reply.file_bytes, reply.content_type, [file = reply.file, block](size_t, size_t length, httplib::DataSink& sink) {
        const size_t got = file->read(std::span(*block).first(std::min(length, block->size())));
        return got > 0 && sink.write(block->data(), got);
      });
}

void send(httplib::Response& response, const Reply& reply, Language language, int api) {
  response.status = reply.status;
  response.set_header("Date", fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT",
                                          std::chrono::floor<std::chrono::seconds>(base::system_clock().now())));
  for (const auto& [name, value] : reply.headers) response.set_header(name, value);
  if (reply.file && reply.file_bytes > 0)
    send_file(response, reply);
  else if (reply.file)
    response.set_header("Content-Type", reply.content_type);  // cpp-httplib provides no empty content
  else if (!reply.text.empty())
    response.set_content(reply.text, reply.content_type);
  else if (!reply.payload.empty())
    response.set_content(rendered(reply.payload, language, api), std::string(content_type_of(language)));
}

Call call_of(const httplib::Request& request, Body& body) {
  Call call;
  call.method = request.method;
  call.target = request.target;
  call.token = request.get_header_value("X-Tableau-Auth");
  for (const auto& [name, value] : request.headers) call.headers.emplace(base::lower(name), value);
  call.body = &body;
  return call;
}

bool may_have_body(const std::string& method) {
  return method == "POST" || method == "PUT" || method == "PATCH" || method == "DELETE";
}

bool is_loopback(const std::string& host) {
  in_addr address{};
  const bool is_v4 = ::inet_pton(AF_INET, host.c_str(), &address) == 1;
  return host == "::1" || (is_v4 && ntohl(address.s_addr) >> 24 == 127);
}

// No name but localhost is looked up: who answers for a name is not ours to say.
std::string loopback_address(const std::string& host) {
  const std::string address = host == "localhost" ? "127.0.0.1" : host;
  if (is_loopback(address)) return address;
  base::fail(base::ErrorKind::refused,
             "tabferry-sim serves this machine alone: {} is not a loopback address (127.0.0.1, ::1)",
             base::quoted(host));
}

void reuse_address_only(socket_t socket) {  // cpp-httplib's default lets two servers share one port
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

}  // namespace

class Server::Listener : public httplib::Server {
 public:
  explicit Listener(Simulator& simulator) : simulator_(simulator) {
    set_tcp_nodelay(true);
    set_socket_options(reuse_address_only);
    set_keep_alive_max_count(std::numeric_limits<size_t>::max());
    set_keep_alive_timeout(kKeepAlive.count());
    set_read_timeout(kStalled);
    set_write_timeout(kStalled);
    set_payload_max_length(std::numeric_limits<size_t>::max());
    set_exception_handler([this](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
      refuse_broken_body(response);
    });
    serve_all_paths();
  }

  int listen_on(const std::string& host, int port) {
    const int bound = port == 0 ? bind_to_any_port(host) : bind_to_port(host, port) ? port : -1;
    if (bound > 0) ::listen(svr_sock_, SOMAXCONN);  // cpp-httplib's own backlog is 5: connects would wait for seconds
    new_task_queue = [this, bound] { return new Workers(bound, in_flight_, [this] { begin_to_stop(); }); };
    return bound;
  }

 private:
  // A body that cannot be decoded, or that breaks off; who sent the latter will not hear of it.
  void refuse_broken_body(httplib::Response& response) const {
    const Refusal refusal(400000, "Payload is either malformed or incomplete: the body could not be read to its end.");
    send(response, {.status = refusal.status(), .payload = payload_of(refusal)}, Language::xml, simulator_.options.api);
  }

  // One door for all: the table of routes is ours (dispatch.cpp).
  void serve_all_paths() {
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      if (may_have_body(request.method)) return HandlerResponse::Unhandled;
      NoBody body;
      serve(request, response, body);
      return HandlerResponse::Handled;
    });
    const auto with_body = [this](const httplib::Request& request, httplib::Response& response,
                                  const httplib::ContentReader& reader) {
      IncomingBody body(request, reader);
      serve(request, response, body);
      body.drain();
    };
    const std::string any = R"([\s\S]*)";
    Post(any, with_body).Put(any, with_body).Patch(any, with_body).Delete(any, with_body);
    set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
      response.headers.erase("Keep-Alive");  // "max=18446744073709551615" is more than clients can read
      if (response.status == 204) response.headers.erase("Content-Length");
    });
  }

  void begin_to_stop() {
    simulator_.faults.let_go();
    stop();
  }

  void serve(const httplib::Request& request, httplib::Response& response, Body& body) {
    const InFlight counted(in_flight_);
    const_cast<httplib::Request&>(request).ranges.clear();  // else cpp-httplib would cut the answer to them
    Call call = call_of(request, body);
    send(response, answer(simulator_, call), call.answer_language(), simulator_.options.api);
  }

  struct InFlight {
    explicit InFlight(std::atomic<int>& count) : count_(count) { ++count_; }
    ~InFlight() { --count_; }
    std::atomic<int>& count_;
  };

  Simulator& simulator_;
  std::atomic<int> in_flight_{0};
};

Server::Server(Simulator& simulator, const std::string& host, int port)
    : simulator_(simulator), listener_(std::make_unique<Listener>(simulator)) {
  const std::string address = loopback_address(host);
  const int bound = listener_->listen_on(address, port);
  if (bound <= 0)
    base::fail(base::ErrorKind::io, "cannot listen on {} port {}: is another server running there?", address, port);
  url_ = fmt::format("http://{}:{}", address == "::1" ? "[::1]" : address, bound);
  simulator_.base_url = url_;
}

Server::~Server() = default;

void Server::run() {
  if (!listener_->listen_after_bind()) base::fail(base::ErrorKind::io, "serving {} ended with an error", url_);
}

}  // namespace tabferry::sim
