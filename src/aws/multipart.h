// A multipart upload: begun, completed or aborted by small requests. Private to this room. One thread at a time.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
#pragma once

#include <map>
#include <string>

#include "aws/objects.h"

namespace tabferry::aws {

constexpr size_t kMostParts = 10'000;

// The ETag of the object where it has this very checksum (base64), so that a write whose answer was lost is known
// again; else "".
std::string etag_of_own_object(const Bucket& bucket, std::string_view key, const std::string& crc64nvme);

class Multipart {
 public:
  enum class Parts { sent, copied };  // sent ones carry CRC64NVME
  // `headers`: of the object (encryption, storage class, lock, condition); each goes to the request that wants it.
  Multipart(const Bucket& bucket, std::string_view key, const Headers& headers, Parts parts);
  // Aborts what was not completed; never throws. What cannot be aborted a lifecycle rule must remove.
  ~Multipart();
  Multipart(const Multipart&) = delete;
  Multipart& operator=(const Multipart&) = delete;

  std::string query(size_t part) const;  // "?partNumber=1&uploadId=..."
  void add(size_t part, std::string etag, std::string crc64nvme = "") {
    parts_[part] = {std::move(etag), std::move(crc64nvme)};
  }
  // The ETag of the object. `crc64nvme`: base64, of all its bytes; S3 refuses another object; empty: not known.
  // An upload that S3 does not know any more may have been completed by a request whose answer was lost: the object is
  // then looked at, and its checksum decides.
  std::string complete(const std::string& crc64nvme);

 private:
  std::string body() const;
  const Bucket& bucket_;
  const std::string key_;
  Headers conditions_;
  std::string id_;
  struct Part {
    std::string etag, crc64nvme;
  };
  std::map<size_t, Part> parts_;
  bool open_ = false;
};

}  // namespace tabferry::aws
