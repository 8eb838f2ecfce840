// Short questions to a bucket before the work begins: what is there, who are we, and what may we do?
//
// Facts are returned, failures thrown with their cure. Each call ends within `limit`, however mute the far side is:
// nothing goes through the runtime's S3 client, which tries again for up to a minute. One thread at a time; in the
// order below.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "aws/s3_options.h"
#include "base/clock.h"
#include "base/glob.h"

namespace tabferry::aws {

// The answer of the bucket's address to a request without a signature.
struct Reached {
  std::string url;                            // "https://acme.s3.eu-west-1.amazonaws.com"
  std::chrono::milliseconds round_trip{0};    // name, connection, TLS and answer
  std::optional<base::WallTime> server_time;  // by its Date header
};

struct Identity {
  std::string key_id;  // the end of the access key id
  std::string from;    // the place that gave the keys
  std::optional<base::WallTime> expires;
};

struct Found {
  std::string region;             // where it is
  bool region_was_wrong = false;  // the one of the options
  bool may_list = true;           // false: the bucket is there and s3:ListBucket is denied
};

struct Match {
  std::optional<std::string> key;  // the first that matches
  uint64_t looked_at = 0;          // keys with the wildcard's beginning
  bool all = true;                 // false: the time was over before the last key
};

class BucketProbe {
 public:
  BucketProbe(S3Options options, std::chrono::milliseconds limit, const base::Clock& clock);
  ~BucketProbe();
  BucketProbe(BucketProbe&&) noexcept;

  // Name, connection, certificate. Throws as http::Client::send().
  Reached connect() const;
  // Throws Error{denied} with the places that were tried, or what STS says of the role.
  Identity credentials() const;
  // Throws Error{not_found} where there is no such bucket, Error{denied} for keys or a clock that S3 does not accept.
  Found find() const;
  // s3:ListBucket
  Match first_match(const base::Glob& glob) const;
  // s3:GetObject, by the object's first byte.
  void read(const std::string& key) const;
  // s3:PutObject twice, each only if the key is not taken: true where the second was refused, as it must be; false
  // where the server does not know conditional writes. The object is there afterwards.
  bool creates_once(const std::string& key) const;
  // s3:DeleteObject: absent where it worked, else what S3 said. Throws where there is no answer.
  std::optional<std::string> remove(const std::string& key) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tabferry::aws
