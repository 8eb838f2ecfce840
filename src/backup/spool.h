// Bytes that wait on the local disk: in a file without a name, private, gone with its owner. One thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "io/byte_sink.h"
#include "io/byte_source.h"
#include "io/file_sink.h"

namespace tabferry::backup {

class Spool : public io::ByteSink {
 public:
  // The folder must be there. Throws Error{io}, as all members do.
  explicit Spool(const std::filesystem::path& folder);

  void write(std::string_view bytes) override;
  void commit() override;  // nothing more comes; only for what is hashed

  uint64_t size_bytes() const { return size_bytes_; }
  const std::string& sha256() const { return sha256_; }  // behind commit()
  std::string read(uint64_t offset, size_t length);
  void read(uint64_t offset, std::span<char> into);
  std::unique_ptr<io::ByteSource> source();  // of all that is written by now; dies before the spool

 private:
  void flush();

  std::filesystem::path folder_;
  io::FileSink file_;
  std::string waiting_;
  base::Sha256 hash_;
  std::string sha256_;
  uint64_t size_bytes_ = 0;
};

}  // namespace tabferry::backup
