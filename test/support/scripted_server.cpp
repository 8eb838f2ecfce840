#include "support/scripted_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/text.h"

namespace tabferry::test {
namespace {

std::string head_of(int status, const HeaderList& headers, size_t body_bytes) {
  std::string head = fmt::format("HTTP/1.1 {} Scripted\r\n", status);
  for (const auto& [name, value] : headers) head += fmt::format("{}: {}\r\n", name, value);
  if (status != 204) head += fmt::format("Content-Length: {}\r\n", body_bytes);
  return head + "\r\n";
}

void send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the client left: its own affair
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

void reset(int socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

bool fits(const std::string& pattern, const std::string& text) {
  return pattern.ends_with('*') ? text.starts_with(pattern.substr(0, pattern.size() - 1)) : text == pattern;
}

void parse_head(std::string_view head, Seen& seen) {
  auto lines = base::split(head, '\n');
  const auto words = base::split(base::trim(lines[0]), ' ');
  seen.method = words[0];
  if (words.size() > 1) seen.target = words[1];
  for (size_t i = 1; i < lines.size(); ++i)
    if (const auto colon = lines[i].find(':'); colon != std::string_view::npos)
      seen.headers.emplace_back(base::lower(base::trim(lines[i].substr(0, colon))),
                                base::trim(lines[i].substr(colon + 1)));
}

}  // namespace

std::string Seen::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers)
    if (name == lower_case_name) return value;
  return "";
}

Step& Step::with_header(std::string lower_case_name, std::string value) {
  wanted_headers_.emplace_back(std::move(lower_case_name), std::move(value));
  return *this;
}
Step& Step::without_header(std::string lower_case_name) {
  unwanted_headers_.push_back(std::move(lower_case_name));
  return *this;
}
Step& Step::with_body(std::string part) {
  wanted_parts_.push_back(std::move(part));
  return *this;
}
Step& Step::times(int count) {
  times_ = count;
  return *this;
}
Step& Step::drop_body() {
  drops_body_ = true;
  return *this;
}
Step& Step::after(size_t requests) {
  after_ = requests;
  return *this;
}
Step& Step::interim(int status) {
  answer_ += fmt::format("HTTP/1.1 {} Interim\r\nX-Interim: yes\r\n\r\n", status);
  return *this;
}
Step& Step::reply(int status, std::string body, HeaderList headers) {
  answer_ += head_of(status, headers, body.size()) + body;
  return *this;
}
Step& Step::reply_raw(std::string bytes) {
  answer_ += bytes;
  return then_close();
}
Step& Step::reply_cut(int status, std::string body, size_t sent_bytes) {
  answer_ += head_of(status, {}, body.size()) + body.substr(0, sent_bytes);
  return then_close();
}
Step& Step::reply_then_stall(int status, std::string body, size_t sent_bytes) {
  answer_ += head_of(status, {}, body.size()) + body.substr(0, sent_bytes);
  ending_ = Ending::stall;
  return *this;
}
Step& Step::reply_dripping(int status) {
  answer_ += head_of(status, {}, size_t{1} << 20);
  ending_ = Ending::drip;
  return *this;
}
Step& Step::then_close() {
  ending_ = Ending::close;
  return *this;
}
Step& Step::close_unread() {
  unread_ = true;
  return *this;
}
Step& Step::answer_unread(std::string bytes) {
  answer_ = std::move(bytes);
  return close_unread();
}
Step& Step::close_after_reading() { return then_close(); }
Step& Step::reset_after(size_t body_bytes) {
  read_limit_ = body_bytes;
  ending_ = Ending::reset;
  return *this;
}
Step& Step::reply_early(size_t body_bytes, int status, std::string body) {
  read_limit_ = body_bytes;
  answer_ += head_of(status, {{"Connection", "close"}}, body.size()) + body;
  ending_ = Ending::stall;  // the client leaves first: a close with bytes unread would destroy the answer
  return *this;
}
Step& Step::stall() {
  ending_ = Ending::stall;
  return *this;
}
Step& Step::stop_reading_after(size_t body_bytes) {
  read_limit_ = body_bytes;
  ending_ = Ending::stall;
  return *this;
}

ScriptedServer::ScriptedServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  [[maybe_unused]] static const int once =
      ::setenv("no_proxy", "127.0.0.1,localhost", 1);  // a developer's proxy is not for us
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) base::fail_errno(errno, "making a pipe");
  stop_read_ = base::Fd(ends[0]);
  stop_write_ = base::Fd(ends[1]);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (!listener_ || ::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      ::listen(listener_.get(), 16) != 0 ||
      ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0)
    base::fail_errno(errno, "listening on a loopback port");
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  stop_write_.reset();  // every poll sees the end of the pipe
  acceptor_.join();
  connections_.clear();
  for (const auto& problem : problems_) ADD_FAILURE() << "scripted server: " << problem;
  for (size_t i = at_; i < script_.size(); ++i)
    ADD_FAILURE() << "scripted server: step " << i + 1 << " never came: " << script_[i].method_ << " "
                  << script_[i].target_;
}

Step& ScriptedServer::expect(std::string method, std::string target) {
  const std::lock_guard lock(mutex_);
  return script_.emplace_back(std::move(method), std::move(target));
}

std::string ScriptedServer::url() const { return "http://" + host(); }
std::string ScriptedServer::host() const { return fmt::format("127.0.0.1:{}", port_); }

std::vector<Seen> ScriptedServer::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

bool ScriptedServer::wait_for_requests(size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return seen_.size() >= count; });
}

void ScriptedServer::accept_all() {
  for (int connection = 1; await_readable(listener_.get()); ++connection) {
    const int socket = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    connections_.emplace_back(
        [this, connection, fd = base::Fd(socket)]() mutable { serve(std::move(fd), connection); });
  }
}

void ScriptedServer::serve(base::Fd socket, int connection) {
  std::string buffered;
  while (serve_one(socket.get(), connection, buffered)) continue;
}

bool ScriptedServer::serve_one(int socket, int connection, std::string& buffered) {
  if (buffered.empty()) {
    if (!await_readable(socket)) return false;
    char byte = 0;
    if (::recv(socket, &byte, 1, MSG_PEEK) <= 0) return false;  // the client left
  }
  const auto coming = peek_step();
  if (coming && coming->unread_) return end_unread(socket, *coming);
  Seen seen;
  seen.connection = connection;
  const bool read = read_request(socket, buffered, coming ? &*coming : nullptr, seen);
  const Step step = take_step(read ? &seen : nullptr);
  if (!read) return false;
  if (step.after_ > 0 && !wait_for_requests(step.after_)) problem("a step waited in vain: " + step.target_);
  send_all(socket, step.answer_);
  if (step.ending_ == Step::Ending::stall) hold(socket);
  if (step.ending_ == Step::Ending::drip) drip(socket);
  if (step.ending_ == Step::Ending::reset) reset(socket);
  return step.ending_ == Step::Ending::keep;
}

std::optional<Step> ScriptedServer::peek_step() {
  const std::lock_guard lock(mutex_);
  if (at_ == script_.size()) return std::nullopt;
  Step step = script_[at_];
  if (step.unread_ && --script_[at_].times_ == 0) ++at_;
  return step;
}

bool ScriptedServer::end_unread(int socket, const Step& step) const {
  send_all(socket, step.answer_);
  if (!step.answer_.empty()) hold(socket);  // a close with bytes unread would destroy the answer
  return false;
}

bool ScriptedServer::await_readable(int socket) const {
  pollfd watched[] = {{.fd = socket, .events = POLLIN, .revents = 0},
                      {.fd = stop_read_.get(), .events = POLLIN, .revents = 0}};
  while (::poll(watched, 2, -1) < 0 && errno == EINTR) continue;
  return watched[1].revents == 0;
}

bool ScriptedServer::read_more(int socket, std::string& into) const {
  if (!await_readable(socket)) return false;
  char block[65536];
  const ssize_t got = ::recv(socket, block, sizeof block, 0);
  if (got > 0) into.append(block, static_cast<size_t>(got));
  return got > 0;
}

// False where nothing of a request came. A request that breaks off is seen as far as it came.
bool ScriptedServer::read_request(int socket, std::string& buffered, const Step* step, Seen& seen) {
  size_t end = 0;
  while ((end = buffered.find("\r\n\r\n")) == std::string::npos)
    if (!read_more(socket, buffered)) return false;
  parse_head(std::string_view(buffered).substr(0, end), seen);
  buffered.erase(0, end + 4);
  if (!seen.header("transfer-encoding").empty()) problem("the request body is chunked: " + seen.target);
  size_t length = 0;
  const std::string announced = seen.header("content-length");
  std::from_chars(announced.data(), announced.data() + announced.size(), length);
  const size_t wanted = std::min(length, step != nullptr ? step->read_limit_ : SIZE_MAX);
  size_t dropped = 0;
  while (dropped + buffered.size() < wanted && read_more(socket, buffered))
    if (step != nullptr && step->drops_body_) {
      dropped += buffered.size();
      buffered.clear();
    }
  const size_t got = std::min(length - dropped, buffered.size());
  seen.body_bytes = dropped + got;
  if (dropped == 0) seen.body = buffered.substr(0, got);
  seen.whole_body = seen.body_bytes == length;
  buffered.erase(0, got);
  return true;
}

Step ScriptedServer::take_step(const Seen* seen) {
  const std::lock_guard lock(mutex_);
  if (seen == nullptr) return Step("", "");
  seen_.push_back(*seen);
  changed_.notify_all();
  if (at_ == script_.size()) {
    problems_.push_back(fmt::format("nothing more was expected, but this came: {} {}", seen->method, seen->target));
    return std::move(Step("", "").reply(599).then_close());
  }
  Step step = script_[at_];
  check(step, *seen);
  if (--script_[at_].times_ == 0) ++at_;
  return step;
}

// Under the lock.
void ScriptedServer::check(const Step& step, const Seen& seen) {
  const std::string place = fmt::format("step {}: ", at_ + 1);
  if ((!step.method_.empty() && step.method_ != seen.method) || !fits(step.target_, seen.target))
    problems_.push_back(fmt::format("{}{} {} was expected, but this came: {} {}", place, step.method_, step.target_,
                                    seen.method, seen.target));
  for (const auto& [name, value] : step.wanted_headers_)
    if (seen.header(name) != value)
      problems_.push_back(fmt::format("{}header {} is '{}', not '{}'", place, name, seen.header(name), value));
  for (const auto& name : step.unwanted_headers_)
    if (!seen.header(name).empty()) problems_.push_back(fmt::format("{}header {} is there", place, name));
  for (const auto& part : step.wanted_parts_)
    if (seen.body.find(part) == std::string::npos)
      problems_.push_back(fmt::format("{}'{}' is not in the body: {}", place, part, seen.body.substr(0, 1000)));
}

void ScriptedServer::problem(std::string text) {
  const std::lock_guard lock(mutex_);
  problems_.push_back(std::move(text));
}

void ScriptedServer::drip(int socket) const {
  pollfd watched[] = {{.fd = socket, .events = POLLRDHUP, .revents = 0},
                      {.fd = stop_read_.get(), .events = POLLIN, .revents = 0}};
  while (::poll(watched, 2, 10) == 0) send_all(socket, "x");
}

// Until the client hangs up (also where bytes of it stay unread), or the server ends.
void ScriptedServer::hold(int socket) const {
  pollfd watched[] = {{.fd = socket, .events = POLLRDHUP, .revents = 0},
                      {.fd = stop_read_.get(), .events = POLLIN, .revents = 0}};
  while (::poll(watched, 2, -1) < 0 && errno == EINTR) continue;
}

}  // namespace tabferry::test
