// Files in chunks. Private to this room.
// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_file_uploads.htm
#pragma once

#include <stop_token>
#include <string>

#include "base/clock.h"
#include "tableau/multipart.h"
#include "tableau/lane.h"

namespace tabferry::tableau {

constexpr uint64_t kMaxChunkBytes = uint64_t{64} << 20;  // 400016 above
constexpr uint64_t kMaxChunks = 1000;                    // a file, in the newest versions

// `wanted`, raised so that the file fits into kMaxChunks. Throws Error{refused} for a file that is too large for any.
uint64_t chunk_size_for(uint64_t file_bytes, uint64_t wanted);

// As it stands in a path and in a query: "3877:63f8...-1:0", the colons as they are, as in the official clients.
// [INF] That sites take ':' in both places.
std::string upload_id_in_url(const std::string& upload_id);

// Uploads the file and returns the id of the upload. An append whose outcome is unknown cannot be repeated (the chunk
// would be there twice): a new upload is begun then, at most two times. Throws what made the last one fail.
class Upload {
 public:
  Upload(Lane& lane, const base::Clock& clock, std::shared_ptr<FileSlices> file, const PublishRequest& request,
         uint64_t chunk_bytes)
      : lane_(lane), clock_(clock), file_(std::move(file)), request_(request), chunk_bytes_(chunk_bytes) {}

  std::string run(std::stop_token stop);

 private:
  std::string run_once(std::stop_token stop);
  std::string begin(std::stop_token stop);
  void append(const std::string& id, uint64_t offset, std::stop_token stop);

  Lane& lane_;
  const base::Clock& clock_;
  std::shared_ptr<FileSlices> file_;
  const PublishRequest& request_;
  uint64_t chunk_bytes_;
};

}  // namespace tabferry::tableau
