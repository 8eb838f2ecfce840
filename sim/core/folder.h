// The folder that the site lives in:
//   DIR/site.jsonl      the site (journal.h)
//   DIR/content/        what was published: one file each under a name of its own, never written again
//   DIR/uploads/        upload sessions; emptied at the start (a real site forgets them too)
//   DIR/sim.lock        held as long as a simulator serves from DIR
// A file in content/ that no item names is what a killed simulator left: it is removed at the start.
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "base/fd.h"
#include "io/file.h"

namespace tabferry::sim {

// Any thread may call any member.
class Folder {
 public:
  // Makes what is missing (0700). Throws Error{refused} where another simulator serves from it.
  explicit Folder(std::filesystem::path folder);

  std::filesystem::path journal_path() const { return folder_ / "site.jsonl"; }
  std::filesystem::path path_of(const std::string& content_file) const { return folder_ / "content" / content_file; }
  std::filesystem::path upload_path(const std::string& name) const { return folder_ / "uploads" / name; }

  void remove(const std::string& content_file) const noexcept;  // "" and what is gone already are fine
  bool has_files() const;   // in content/
  void keep_only(const std::set<std::string>& content_files) const;

 private:
  std::filesystem::path folder_;
  base::Fd lock_;
};

// A new file in content/, that goes again unless it is kept.
class NewContent {
 public:
  NewContent(const Folder& folder, const std::string& extension);
  ~NewContent();
  NewContent(const NewContent&) = delete;
  NewContent& operator=(const NewContent&) = delete;

  const std::string& name() const { return name_; }
  std::filesystem::path path() const { return folder_.path_of(name_); }
  void write(std::string_view bytes);
  void finish();                                      // what was written is the file, durably
  void adopt(const std::filesystem::path& finished);  // moves that file here instead
  void keep() { kept_ = true; }                       // an item names it now

 private:
  const Folder& folder_;
  std::string name_;
  std::unique_ptr<io::FileSink> sink_;
  bool kept_ = false;
};

}  // namespace tabferry::sim
