// One request on its way: what curl's callbacks read and write. Private to this room.
// No exception crosses a C callback: it is kept in `thrown` and the transfer is aborted.
//
// With a Spill the body of a 2xx is not collected: its bytes go into the span that take_into() gave, those beyond into
// the Spill, and where that is full curl pauses.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <exception>
#include <span>

#include "http/client.h"
#include "http/spill.h"

namespace tabferry::http {

class Transfer {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Transfer(const Request& request, Spill* spill, Time now);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  // Puts the callbacks on a handle that must not outlive this.
  void attach(CURL* easy);
  // Reads from the handle how far the body went out, and tells the request's on_sent.
  void look_at(CURL* easy, Time now);

  bool connected() const { return connected_; }        // the request began to go out, or is about to
  bool wholly_sent() const;                            // every byte was given to the system
  bool answer_began() const { return answer_began_; }  // a status of 200 or more came
  bool streams() const { return head_over_ && spill_ != nullptr && is_success(); }
  uint64_t body_size() const { return body_size_; }
  Time began() const { return began_; }
  Time sent_at() const { return sent_at_; }            // when wholly_sent() became true
  Time last_byte_at() const { return last_byte_at_; }  // in either direction
  // The time-outs count from `now` on.
  void take_into(std::span<char> into, Time now);
  size_t taken() const { return taken_; }  // bytes in that span
  bool paused() const { return paused_; }
  void go_on() { paused_ = false; }  // before curl is told so
  void rethrow_from_callback() const;
  Response take_response(CURL* easy);

 private:
  size_t read(char* into, size_t size);
  void take_header(std::string_view line);
  void take_body(std::string_view bytes);
  bool take_stream(std::string_view bytes);  // false: there is no room, none was taken
  bool is_success() const { return status_ >= 200 && status_ < 300; }
  void open_body();
  template <class Result, class Work>
  Result guarded(Result on_failure, Work work) noexcept;

  static size_t on_read(char* into, size_t size, size_t count, void* self);
  static size_t on_header(char* bytes, size_t size, size_t count, void* self);
  static size_t on_body(char* bytes, size_t size, size_t count, void* self);
  static int on_seek(void* self, curl_off_t offset, int origin);
  static int on_connected(void* self, char* to_ip, char* from_ip, int to_port, int from_port);

  const Request& request_;
  Spill* const spill_;  // null: the answer is collected
  std::span<char> into_;
  size_t taken_ = 0;
  bool paused_ = false;
  std::unique_ptr<io::ByteSource> source_;
  uint64_t body_size_ = 0;
  uint64_t read_bytes_ = 0;
  uint64_t sent_bytes_ = 0;
  size_t header_bytes_ = 0;
  bool connected_ = false;
  bool sent_seen_ = false;
  int status_ = 0;  // of the status line that came last
  bool answer_began_ = false;
  bool head_over_ = false;
  Time began_, sent_at_, last_byte_at_;
  Response response_;
  std::exception_ptr thrown_;
};

}  // namespace tabferry::http
