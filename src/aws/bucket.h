// One bucket, asked with small signed requests; what S3Store's parts share. Private to this room. Any thread may call
// it.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "aws/address.h"
#include "aws/error.h"
#include "aws/runtime.h"
#include "aws/s3_options.h"
#include "aws/service.h"
#include "base/clock.h"

namespace tabferry::aws {

struct BucketCall {
  std::string doing;  // for messages: "listing"
  std::string right;  // the IAM action: "s3:ListBucket"
  std::string method = "GET";
  std::string key;    // empty: the bucket itself
  std::string query;  // "?list-type=2&prefix=a%2Fb", percent-encoded
  Headers headers;
  std::string body;
  bool signs_body = true;  // false: `headers` carry its checksum, which the signature covers
  bool may_repeat = true;
  std::chrono::milliseconds limit{0};  // of all tries together; 0: none
  bool despite_stop = false;           // what a stop itself must still send: an abort. Only with a limit
};

class Bucket {
 public:
  Bucket(S3Options options, const base::Clock& clock);

  // Whatever S3 answers, once a wrong region and expired keys were mended (each once).
  http::Response ask(const BucketCall& call) const;
  // The same, but what is no success is an Error.
  http::Response ask_ok(const BucketCall& call) const;
  // Looks whether the bucket answers. Throws the Error of an answer that is a failure.
  void look() const;
  // Before the runtime is let at it, which would try for a minute: unless the bucket has answered already, it is asked.
  // A wrong region and expired keys are mended, a bad certificate is told. What the answer says is the asker's to find
  // out.
  void reach() const;
  [[noreturn]] void fail(const BucketCall& call, const http::Response& response) const;
  // The ETag that the answer must hold: an empty one would mean "no condition" later. Throws Error{corrupt}.
  std::string etag_in(const std::string& etag, std::string_view key) const;

  // The bucket's clock, by the Date of its latest answer that was noted; asked where there was none for an hour.
  // Throws Error{corrupt} where the server tells no time.
  base::WallTime now() const;
  // Of an answer's Date header; what is none is passed over.
  void note_date(std::string_view date) const;

  std::string url(std::string_view key) const;  // "s3://bucket/key", for people
  BucketAddress address() const;                // with the region that was found to be right
  Asked asked(const std::string& doing, std::string_view key, const std::string& right) const;
  const S3Options& options() const { return options_; }

 private:
  // What the bucket's clock said, and when that was by ours.
  struct Said {
    base::WallTime time;
    base::SteadyTime heard_at;
  };

  std::optional<base::WallTime> heard() const;

  const S3Options options_;
  const base::Clock& clock_;
  mutable Service service_;
  mutable std::mutex mutex_;
  mutable std::string region_;
  mutable bool answered_ = false;
  mutable std::optional<Said> said_;
};

}  // namespace tabferry::aws
