// An HTTP server on a loopback port that plays a script, one step a request, and lies where the script says so: what a
// client must survive. It remembers what it saw. Whatever does not go by the script (another request, a step that was
// never asked for) is a failure of the test that owns it, reported by its destructor.
//
//   ScriptedServer server;
//   server.expect("GET", "/a?b=c").reply(200, "hello");
//   server.expect("POST", "/up*").with_body("name").reset_after(1000);
//
// Steps are added before the requests come, by the test's thread; a thread of its own serves each connection.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/fd.h"

namespace tabferry::test {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct Seen {
  std::string method;
  std::string target;  // as sent: path and query, or the whole URL where it is a proxy's
  HeaderList headers;  // names in lower case
  std::string body;    // as far as it was read; empty where the step drops it
  uint64_t body_bytes = 0;
  bool whole_body = false;
  int connection = 0;  // 1 is the first one

  std::string header(std::string_view lower_case_name) const;  // or ""
};

// One request to come, and what is done with it.
class Step {
 public:
  Step(std::string method, std::string target) : method_(std::move(method)), target_(std::move(target)) {}

  Step& with_header(std::string lower_case_name, std::string value);
  Step& without_header(std::string lower_case_name);
  Step& with_body(std::string part);  // the body holds this
  Step& times(int count);             // the same again
  Step& drop_body();                  // reads it and keeps none of it
  Step& after(size_t requests);       // answers when that many requests were seen in all (or after 10 s)

  Step& interim(int status);  // a 1xx before the answer; may be called more than once
  Step& reply(int status, std::string body = {}, HeaderList headers = {});
  Step& reply_raw(std::string bytes);  // and close
  Step& reply_cut(int status, std::string body,
                  size_t sent_bytes);  // announces all of the body, sends that much, closes
  Step& reply_then_stall(int status, std::string body, size_t sent_bytes);
  Step& reply_dripping(int status);        // a body without end, a byte every 10 ms, until the client leaves
  Step& then_close();                      // without having said so
  Step& close_unread();                    // before a byte of the request is read: the client sees a reset
  Step& answer_unread(std::string bytes);  // these bytes, whatever comes
  Step& close_after_reading();             // no answer
  Step& reset_after(size_t body_bytes);    // reads that much of the body, then RST
  Step& reply_early(size_t body_bytes, int status,
                    std::string body = {});  // answers with the rest of the body unread, closes
  Step& stall();                             // reads all, answers nothing until the client leaves
  Step& stop_reading_after(size_t body_bytes);

 private:
  friend class ScriptedServer;
  enum class Ending { keep, close, reset, stall, drip };

  std::string method_, target_;
  HeaderList wanted_headers_;
  std::vector<std::string> unwanted_headers_;
  std::vector<std::string> wanted_parts_;
  int times_ = 1;
  size_t after_ = 0;
  bool drops_body_ = false;
  bool unread_ = false;
  size_t read_limit_ = SIZE_MAX;
  std::string answer_;
  Ending ending_ = Ending::keep;
};

class ScriptedServer {
 public:
  ScriptedServer();
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  // `target` ending in '*' is a beginning. The reference stays valid.
  Step& expect(std::string method, std::string target);

  std::string url() const;   // "http://127.0.0.1:PORT"
  std::string host() const;  // "127.0.0.1:PORT"
  std::vector<Seen> seen() const;
  // Waits (at most 10 s) until that many requests were seen, be it in part. False where they did not come.
  bool wait_for_requests(size_t count) const;

 private:
  void accept_all();
  void serve(base::Fd socket, int connection);
  bool serve_one(int socket, int connection, std::string& buffered);
  std::optional<Step> peek_step();  // the step to come; one that reads nothing is taken with it
  bool end_unread(int socket, const Step& step) const;
  bool await_readable(int socket) const;  // false: the server ends
  bool read_more(int socket, std::string& into) const;
  bool read_request(int socket, std::string& buffered, const Step* step, Seen& seen);
  Step take_step(const Seen* seen);  // the next one; nothing that fits is a problem
  void check(const Step& step, const Seen& seen);
  void problem(std::string text);
  void hold(int socket) const;
  void drip(int socket) const;

  base::Fd listener_, stop_read_, stop_write_;
  int port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::deque<Step> script_;
  size_t at_ = 0;  // the step to come
  std::vector<Seen> seen_;
  std::vector<std::string> problems_;
  std::vector<std::jthread> connections_;
  std::jthread acceptor_;
};

}  // namespace tabferry::test
