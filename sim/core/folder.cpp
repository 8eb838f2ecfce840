#include "sim/core/folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/text.h"
#include "sim/core/ids.h"

namespace fs = std::filesystem;

namespace tabferry::sim {
namespace {

void make_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    base::fail_errno(errno, fmt::format("making the folder {}", base::quoted(folder.string(), 400)));
}

base::Fd locked(const fs::path& file) {
  base::Fd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) base::fail_errno(errno, fmt::format("opening {}", base::quoted(file.string(), 400)));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
    base::fail(base::ErrorKind::refused,
               "another tabferry-sim serves from {}: stop it, or give this one a folder of its own",
               base::quoted(file.parent_path().string(), 400));
  return fd;
}

}  // namespace

Folder::Folder(fs::path folder) : folder_(std::move(folder)) {
  make_folder(folder_);
  lock_ = locked(folder_ / "sim.lock");
  for (const char* inner : {"content", "uploads"}) make_folder(folder_ / inner);
  for (const auto& left : fs::directory_iterator(folder_ / "uploads")) fs::remove_all(left.path());
}

void Folder::remove(const std::string& content_file) const noexcept {
  std::error_code ignored;  // what cannot be removed now goes at the next start
  if (!content_file.empty()) fs::remove(path_of(content_file), ignored);
}

bool Folder::has_files() const { return !fs::is_empty(folder_ / "content"); }

void Folder::keep_only(const std::set<std::string>& content_files) const {
  for (const auto& file : fs::directory_iterator(folder_ / "content"))
    if (!content_files.contains(file.path().filename().string())) fs::remove_all(file.path());
}

NewContent::NewContent(const Folder& folder, const std::string& extension)
    : folder_(folder), name_(make_luid() + "." + extension) {}

NewContent::~NewContent() {
  sink_.reset();
  if (!kept_) folder_.remove(name_);
}

void NewContent::write(std::string_view bytes) {
  if (!sink_) sink_ = std::make_unique<io::FileSink>(path());
  sink_->write(bytes);
}

void NewContent::finish() {
  if (!sink_) sink_ = std::make_unique<io::FileSink>(path());
  sink_->commit();
}

void NewContent::adopt(const fs::path& finished) { io::commit_file(finished, path()); }

}  // namespace tabferry::sim
