#include "sim/make/packages.h"

#include <zip.h>

#include <cstring>
#include <memory>

#include "base/error.h"
#include "base/text.h"
#include "io/file.h"
#include "sim/make/filler.h"

namespace tabferry::sim::make {
namespace {

constexpr const char* kFillerEntry = "Data/Files/readings.csv";
// 5 January 2026, 02:00, as MS-DOS keeps it: zip has no time zone.
constexpr zip_uint16_t kDosDate = (2026 - 1980) << 9 | 1 << 5 | 5;
constexpr zip_uint16_t kDosTime = 2 << 11;
// Headers of a stored entry without extra fields: 30 bytes before it and 46 in the directory, each with its name
// (APPNOTE.TXT 4.3.7 and 4.3.12).
constexpr uint64_t kEntryOverhead = 30 + 46;

struct Discard {
  void operator()(zip_t* zip) const { zip_discard(zip); }
};

// A filler as libzip reads it. libzip frees it with its last command.
class FillerSource {
 public:
  FillerSource(uint64_t seed, uint64_t size_bytes) : seed_(seed), size_bytes_(size_bytes) {}

  static zip_int64_t called(void* self, void* data, zip_uint64_t length, zip_source_cmd_t command) {
    auto* source = static_cast<FillerSource*>(self);
    switch (command) {
      case ZIP_SOURCE_OPEN:
        source->filler_ = std::make_unique<Filler>(source->seed_, source->size_bytes_);
        return 0;
      case ZIP_SOURCE_READ:
        return static_cast<zip_int64_t>(source->filler_->read({static_cast<char*>(data), static_cast<size_t>(length)}));
      case ZIP_SOURCE_CLOSE:
        return 0;
      case ZIP_SOURCE_STAT:
        return source->describe(static_cast<zip_stat_t*>(data));
      case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&source->error_, data, length);
      case ZIP_SOURCE_FREE:
        delete source;
        return 0;
      case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
                                              ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, -1);
      default:
        zip_error_set(&source->error_, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
  }

 private:
  zip_int64_t describe(zip_stat_t* status) const {
    zip_stat_init(status);
    status->size = size_bytes_;
    status->valid |= ZIP_STAT_SIZE;
    return sizeof(zip_stat_t);
  }

  uint64_t seed_;
  uint64_t size_bytes_;
  std::unique_ptr<Filler> filler_;
  zip_error_t error_{};
};

// One package being written.
class Writer {
 public:
  explicit Writer(const std::filesystem::path& path) : path_(path) {
    int code = 0;
    zip_.reset(zip_open(path.c_str(), ZIP_CREATE, &code));
    if (zip_) return;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string words = zip_error_strerror(&error);
    zip_error_fini(&error);
    base::fail(base::ErrorKind::io, "writing the package {}: {}", base::quoted(path.string()), words);
  }

  void add_text(const PackageOrder::Text& text) {
    add(text.entry, zip_source_buffer(zip_.get(), text.bytes.data(), text.bytes.size(), 0), ZIP_CM_DEFLATE);
  }
  void add_file(const PackageOrder::File& file) {
    add(file.entry, zip_source_file(zip_.get(), file.file.c_str(), 0, -1), ZIP_CM_STORE);
  }
  void add_filler(uint64_t seed, uint64_t size_bytes) {
    auto body = std::make_unique<FillerSource>(seed, size_bytes);
    zip_source_t* source = zip_source_function(zip_.get(), FillerSource::called, body.get());
    if (source != nullptr) body.release();
    add(kFillerEntry, source, ZIP_CM_STORE);
  }
  void close() {
    if (zip_close(zip_.get()) != 0) fail();
    zip_.release();
  }

 private:
  [[noreturn]] void fail() {
    base::fail(base::ErrorKind::io, "writing the package {}: {}", base::quoted(path_.string()),
               zip_strerror(zip_.get()));
  }

  void add(const std::string& entry, zip_source_t* source, zip_int32_t method) {
    if (source == nullptr) fail();
    const zip_int64_t index = zip_file_add(zip_.get(), entry.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      fail();
    }
    const auto at = static_cast<zip_uint64_t>(index);
    if (zip_set_file_compression(zip_.get(), at, method, 0) != 0 ||
        zip_file_set_dostime(zip_.get(), at, kDosTime, kDosDate, 0) != 0 ||
        zip_file_set_external_attributes(zip_.get(), at, 0, ZIP_OPSYS_DOS, 0) != 0) {
      fail();
    }
  }

  std::filesystem::path path_;
  std::unique_ptr<zip_t, Discard> zip_;
};

}  // namespace

uint64_t write_package(const std::filesystem::path& path, const PackageOrder& order) {
  Writer plain(path);
  for (const auto& text : order.texts) plain.add_text(text);
  for (const auto& file : order.files) plain.add_file(file);
  plain.close();
  const uint64_t size_bytes = io::size_of(path);
  const uint64_t with_entry = size_bytes + kEntryOverhead + 2 * std::strlen(kFillerEntry);
  if (order.size_bytes <= with_entry) return size_bytes;
  Writer filled(path);
  filled.add_filler(order.seed, order.size_bytes - with_entry);
  filled.close();
  return io::size_of(path);
}

}  // namespace tabferry::sim::make
