#include "backup/object_check.h"

#include <istream>
#include <optional>
#include <streambuf>

#include "base/error.h"
#include "base/text.h"
#include "doc/json.h"
#include "doc/xml.h"
#include "io/copy.h"
#include "io/file.h"
#include "package/archive.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

constexpr uint64_t kMaxDocumentBytes = uint64_t{64} << 20;  // as doc::XmlDocument
constexpr uint64_t kSpareDiskBytes = uint64_t{64} << 20;    // for whoever else writes there meanwhile

enum class Form { opaque, zip, xml, json };

Form form_of(std::string_view key, std::string_view head) {
  const std::string extension(key.substr(key.rfind('.') + 1));
  if (extension == "tfl") return head.starts_with("PK") ? Form::zip : Form::json;
  for (const auto* zip : {"twbx", "tdsx", "tflx", "zip"})
    if (extension == zip) return Form::zip;
  if (extension == "twb" || extension == "tds") return Form::xml;
  return extension == "json" ? Form::json : Form::opaque;
}

// What passes is hashed; the first block is there before anybody reads.
class HashedSource {
 public:
  HashedSource(const ObjectCheck& check, const store::Object& object, std::stop_token stop)
      : source_(check.store.open(object.key, {.if_match = object.etag, .size_bytes = object.size_bytes})),
        hashed_(*source_, check.on_bytes),
        stop_(std::move(stop)) {
    refill();
  }

  std::string_view block() const { return {block_.data(), filled_}; }  // empty at the end
  void refill() {
    if (stop_.stop_requested()) base::fail_cancelled("verifying");
    filled_ = hashed_.read(block_);
  }
  // Behind the last block.
  std::string drain_and_hash() {
    while (filled_ > 0) refill();
    return hashed_.sha256();
  }

 private:
  std::unique_ptr<io::ByteSource> source_;
  io::HashingSource hashed_;
  std::stop_token stop_;
  std::string block_ = std::string(io::kBlockBytes, '\0');
  size_t filled_ = 0;
};

// For a parser that takes a stream and keeps nothing of it.
class SourceBuffer : public std::streambuf {
 public:
  explicit SourceBuffer(HashedSource& source) : source_(source) { show(); }

 protected:
  int_type underflow() override {
    if (gptr() == egptr()) {
      source_.refill();
      show();
    }
    return gptr() == egptr() ? traits_type::eof() : traits_type::to_int_type(*gptr());
  }

 private:
  void show() {
    auto* begin = const_cast<char*>(source_.block().data());  // a get area is not written to
    setg(begin, begin, begin + source_.block().size());
  }

  HashedSource& source_;
};

bool is_json(HashedSource& source) {
  SourceBuffer buffer(source);
  std::istream stream(&buffer);
  stream.exceptions(std::ios::badbit);  // what the source throws goes through
  return doc::Json::accept(stream);
}

std::string all_of(HashedSource& source) {
  std::string text;
  for (; !source.block().empty(); source.refill()) text += source.block();
  return text;
}

// The words of what `step` finds corrupt; "" where it finds nothing.
template <class Step>
std::string trouble_of(const Step& step) {
  try {
    step();
    return "";
  } catch (const base::Error& error) {
    if (error.kind() != ErrorKind::corrupt) throw;
    return error.what();
  }
}

void expect_disk(const fs::path& folder, uint64_t bytes) {
  const uint64_t free = io::free_disk_bytes(folder);
  if (free < bytes + kSpareDiskBytes)
    base::fail(
        ErrorKind::io,
        "checking a package of {} needs {} of free disk in {} ({} are left to others), which has {}: set TMPDIR to a "
        "larger one",
        base::human_bytes(bytes), base::human_bytes(bytes + kSpareDiskBytes), folder.string(),
        base::human_bytes(kSpareDiskBytes), base::human_bytes(free));
}

// A passing file: private, and gone with its owner.
class Passing {
 public:
  explicit Passing(fs::path path)
      : path_(std::move(path)), sink_(std::in_place, path_, io::FileSinkOptions{.mode = 0600}) {}
  ~Passing() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  Passing(const Passing&) = delete;
  Passing& operator=(const Passing&) = delete;

  void write(std::string_view bytes) { sink_->write(bytes); }
  // Closed, too: the engine does not open what another one has open for writing.
  void finish() {
    sink_->commit();
    sink_.reset();
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  std::optional<io::FileSink> sink_;
};

class PackageCheck {
 public:
  PackageCheck(const ObjectCheck& check, std::string label, Checked& checked, std::stop_token stop)
      : check_(check), label_(std::move(label)), checked_(checked), stop_(std::move(stop)) {}

  void run(int fd) {
    package::ZipSource source(fd);
    const package::Archive archive(source, ZIP_RDONLY, label_);
    refuse_overlaps(archive.entries(), source.size_bytes());
    for (const auto& entry : archive.entries()) look_into(archive, entry);
    ++checked_.packages;
  }

 private:
  // Entries that share their bytes claim more than the file has: a bomb would unpack for days.
  void refuse_overlaps(const std::vector<package::Entry>& entries, uint64_t file_bytes) const {
    uint64_t packed = 0;
    for (const auto& entry : entries) {
      if (entry.packed_bytes > file_bytes - packed)
        base::fail(ErrorKind::corrupt, "{}: its entry {} overlaps another one or reaches beyond the end", label_,
                   base::quoted(entry.name));
      packed += entry.packed_bytes;
    }
  }

  void look_into(const package::Archive& archive, const package::Entry& entry) {
    const bool extract = base::lower(entry.name).ends_with(".hyper");
    if (extract && check_.check_extract) return look_into_extract(archive, entry);
    checked_.extracts_passed_over += extract ? 1 : 0;
    archive.unpack(entry, [this](std::string_view) { keep_going(); });
  }

  void look_into_extract(const package::Archive& archive, const package::Entry& entry) {
    expect_disk(check_.folder, entry.size_bytes);
    Passing extract(check_.folder / "extract.hyper");
    archive.unpack(entry, [&](std::string_view block) {
      keep_going();
      extract.write(block);
    });
    extract.finish();
    const auto wrong = check_.check_extract(extract.path(), check_.folder, stop_);
    ++checked_.extracts;
    if (!wrong.empty())
      base::fail(ErrorKind::corrupt, "{}: the engine does not take its extract {}: {}", label_,
                 base::quoted(entry.name), wrong);
  }

  void keep_going() const {
    if (stop_.stop_requested()) base::fail_cancelled("verifying");
  }

  const ObjectCheck& check_;
  const std::string label_;
  Checked& checked_;
  std::stop_token stop_;
};

// One reading of one object.
class Reading {
 public:
  Reading(const ObjectCheck& check, const store::Object& object, const std::string& sha256, std::stop_token stop)
      : check_(check), object_(object), sha256_(sha256), stop_(stop), source_(check, object, stop) {}

  Checked run() {
    switch (form_of(object_.key, source_.block())) {
      case Form::zip:
        read_package();
        break;
      case Form::xml:
        read_xml();
        break;
      case Form::json:
        read_json();
        break;
      case Form::opaque:
        hash_fits();
        break;
    }
    return std::move(checked_);
  }

 private:
  // What is not the saved bytes is looked at no further.
  bool hash_fits() {
    const auto now = source_.drain_and_hash();
    if (now != sha256_) checked_.wrong = fmt::format("damaged: its sha256 is {}, the manifest says {}", now, sha256_);
    return checked_.wrong.empty();
  }

  void read_json() {
    const bool json = is_json(source_);
    if (hash_fits() && !json) checked_.wrong = "its bytes are those that were saved, and are no well-formed JSON";
  }

  void read_xml() {
    if (object_.size_bytes > kMaxDocumentBytes) {
      checked_.too_long_to_parse = hash_fits();
      return;
    }
    const std::string text = all_of(source_);
    if (hash_fits()) tell_of_saved(trouble_of([&] { doc::XmlDocument::parse(text, "its document"); }));
  }

  void read_package() {
    expect_disk(check_.folder, object_.size_bytes);
    Passing package(check_.folder / "package.zip");
    for (; !source_.block().empty(); source_.refill()) package.write(source_.block());
    if (!hash_fits()) return;
    package.finish();
    const io::FileSource file(package.path());
    tell_of_saved(trouble_of([&] { PackageCheck(check_, "the package", checked_, stop_).run(file.fd()); }));
  }

  void tell_of_saved(const std::string& trouble) {
    if (!trouble.empty()) checked_.wrong = "its bytes are those that were saved, but " + trouble;
  }

  const ObjectCheck& check_;
  const store::Object& object_;
  const std::string& sha256_;
  std::stop_token stop_;
  HashedSource source_;
  Checked checked_;
};

}  // namespace

Checked check_object(const ObjectCheck& check, const store::Object& object, const std::string& sha256,
                     std::stop_token stop) {
  try {
    return Reading(check, object, sha256, stop).run();
  } catch (const base::Error& error) {
    if (error.kind() == ErrorKind::not_found) return {.wrong = "missing: it vanished while it was verified"};
    if (error.kind() != ErrorKind::conflict && error.kind() != ErrorKind::corrupt) throw;
    return {.wrong = error.what()};
  }
}

}  // namespace tabferry::backup
