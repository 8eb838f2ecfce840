// Memory of parts that are out, for the next ones: fresh memory is dear, page by page. Private to this room.
// Any thread may call it.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace tabferry::aws {

class PartMemory {
 public:
  // Keeps at most `most` pieces that nobody uses, none of them larger than `piece_bytes`.
  PartMemory(size_t most, size_t piece_bytes) : most_(most), piece_bytes_(piece_bytes) {}

  // Empty; with room for what was given back last, or none.
  std::string take() {
    const std::lock_guard lock(mutex_);
    if (spare_.empty()) return {};
    std::string piece = std::move(spare_.back());
    spare_.pop_back();
    return piece;
  }

  void give_back(std::string piece) {
    piece.clear();
    const std::lock_guard lock(mutex_);
    if (spare_.size() < most_ && piece.capacity() <= piece_bytes_) spare_.push_back(std::move(piece));
  }

 private:
  const size_t most_, piece_bytes_;
  std::mutex mutex_;
  std::vector<std::string> spare_;
};

}  // namespace tabferry::aws
