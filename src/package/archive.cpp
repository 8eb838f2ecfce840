#include "package/archive.h"

#include <sys/stat.h>

#include <set>

#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::package {
namespace {

constexpr std::string_view kCure = "Copy it again from where it came from, or save it again from Tableau Desktop";

Entry entry_at(zip_t* zip, uint64_t index, const std::string& label) {
  zip_stat_t status;
  zip_stat_init(&status);
  if (zip_stat_index(zip, index, ZIP_FL_ENC_RAW, &status) != 0)
    base::fail(ErrorKind::corrupt, "reading {}: entry {} of the zip cannot be read ({}). {}", label, index,
               zip_strerror(zip), kCure);
  return {.index = index, .name = status.name, .size_bytes = status.size, .packed_bytes = status.comp_size,
          .method = status.comp_method, .encrypted = status.encryption_method != ZIP_EM_NONE, .modified = status.mtime};
}

// Why a name is refused; empty where it is good.
std::string_view fault_of(std::string_view name) {
  if (name.empty()) return "has no name";
  if (name.front() == '/') return "has an absolute name";
  if (name.find('\\') != std::string_view::npos) return "has a backslash in its name";
  if (name.size() > 1 && name[1] == ':') return "has a drive letter in its name";
  for (const auto part : base::split(name, '/'))
    if (part == "..") return "has '..' in its name";
  return {};
}

std::string_view last_part(std::string_view name) {
  const auto slash = name.rfind('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

}  // namespace

Archive::Archive(ZipSource& source, int flags, std::string label) : source_(source), label_(std::move(label)) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* opened = source.make();
  zip_.reset(zip_open_from_source(opened, flags, &error));
  if (!zip_) {
    zip_source_free(opened);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    source.rethrow(fmt::format("reading {}", label_));
    base::fail(ErrorKind::corrupt, "reading {}: it is no whole zip file ({}). {}", label_, reason, kCure);
  }
  const auto count = static_cast<uint64_t>(zip_get_num_entries(get(), 0));
  entries_.reserve(count);
  for (uint64_t i = 0; i < count; ++i) entries_.push_back(entry_at(get(), i, label_));
}

void Archive::fail_entry(const Entry& entry, std::string_view reason) const {
  base::fail(ErrorKind::corrupt, "reading {} of {}: {}. {}", base::quoted(entry.name), label_, reason, kCure);
}

void Archive::unpack(const Entry& entry, const std::function<void(std::string_view)>& block) const {
  struct Close {
    void operator()(zip_file_t* file) const { zip_fclose(file); }
  };
  const std::unique_ptr<zip_file_t, Close> file(zip_fopen_index(get(), entry.index, 0));
  if (!file) fail_entry(entry, zip_strerror(get()));
  std::string buffer(size_t{256} << 10, '\0');
  uint64_t total = 0;
  for (;;) {
    const zip_int64_t got = zip_fread(file.get(), buffer.data(), buffer.size());
    if (got < 0) source_.rethrow(fmt::format("reading {}", label_));
    if (got < 0) fail_entry(entry, zip_error_strerror(zip_file_get_error(file.get())));
    total += static_cast<uint64_t>(got);
    if (total > entry.size_bytes || (got == 0 && total < entry.size_bytes))
      fail_entry(entry, fmt::format("it does not hold the {} bytes that the zip's directory says", entry.size_bytes));
    if (got == 0) return;
    block(std::string_view(buffer.data(), static_cast<size_t>(got)));
  }
}

void Archive::close() {
  if (zip_close(get()) == 0) {
    zip_.release();
    return;
  }
  source_.rethrow(fmt::format("writing a package from {}", label_));
  base::fail(ErrorKind::corrupt, "writing a package from {}: {}. {}", label_, zip_strerror(get()), kCure);
}

void check_entries(const std::vector<Entry>& entries, uint64_t file_bytes, const std::string& label) {
  std::set<std::string_view> names;
  uint64_t packed = 0;
  for (const auto& entry : entries) {
    const auto refuse = [&](std::string_view reason) {
      base::fail(ErrorKind::corrupt, "reading {}: the entry {} {}. {}", label, base::quoted(entry.name), reason, kCure);
    };
    if (const auto fault = fault_of(entry.name); !fault.empty()) refuse(fault);
    if (!names.insert(entry.name).second) refuse("is there twice");
    if (entry.encrypted) refuse("is encrypted, which Tableau does not know");
    // Entries that share their bytes (an overlap bomb) claim more than the file has.
    if (entry.packed_bytes > file_bytes - packed) refuse("overlaps another one or reaches beyond the end");
    packed += entry.packed_bytes;
  }
}

bool is_junk(std::string_view name) {
  const auto last = last_part(name);
  return name.ends_with('/') || name.starts_with("__MACOSX/") || last.starts_with("._") || last == ".DS_Store" ||
         last == "Thumbs.db";
}

bool is_old_cache(std::string_view name) { return name.starts_with("TwbxExternalCache/"); }

std::string version_of(int fd) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) base::fail_errno(errno, "looking at an open file");
  return fmt::format("{}-{}-{}-{}.{:09}", status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
                     status.st_mtim.tv_nsec);
}

}  // namespace tabferry::package
