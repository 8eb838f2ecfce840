#include "sim/core/parts.h"

#include "sim/core/multipart.h"

namespace tabferry::sim {
namespace {

constexpr size_t kMaxPayloadBytes = size_t{4} << 20;

// Sorts what the reader finds into Parts.
class Receiver {
 public:
  Receiver(std::string_view file_part, uint64_t limit_bytes, const std::function<void(std::string_view)>& take)
      : file_part_(file_part), limit_bytes_(limit_bytes), take_(take) {}

  void begin(const PartHead& head) {
    in_file_ = head.name == file_part_;
    if (!in_file_ && head.name != "request_payload") refuse(400000, "There is a part '{}' in the request.", head.name);
    bool& seen = in_file_ ? parts.has_file : parts.has_payload;
    if (seen) refuse(400000, "There are two parts '{}' in the request.", head.name);
    seen = true;
    if (in_file_) parts.filename = head.filename;
  }

  void data(std::string_view bytes) {
    if (!in_file_) {
      if (parts.payload.size() + bytes.size() > kMaxPayloadBytes) refuse(400000, "The request payload is too large.");
      parts.payload += bytes;
      return;
    }
    parts.file_bytes += bytes.size();
    if (parts.file_bytes <= limit_bytes_) take_(bytes);
  }

  Parts parts;

 private:
  std::string_view file_part_;
  uint64_t limit_bytes_;
  const std::function<void(std::string_view)>& take_;
  bool in_file_ = false;
};

}  // namespace

Parts receive_parts(Call& call, std::string_view file_part, uint64_t limit_bytes,
                    const std::function<void(std::string_view)>& take) {
  const auto boundary = mixed_boundary(call.header("content-type"));
  if (!boundary) refuse(400000, "The Content-Type must be multipart/mixed with a boundary.");
  Receiver receiver(file_part, limit_bytes, take);
  MultipartReader reader(*boundary, {[&](const PartHead& head) { receiver.begin(head); },
                                     [&](std::string_view bytes) { receiver.data(bytes); }, [] {}});
  try {
    call.body->read([&](std::string_view bytes) { reader.push(bytes); });
    reader.finish();
  } catch (const Refusal&) {
    throw;
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::corrupt) throw;
    refuse(400000, "Payload is either malformed or incomplete: {}.", error.what());
  }
  return std::move(receiver.parts);
}

}  // namespace tabferry::sim
