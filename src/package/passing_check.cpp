#include "package/passing_check.h"

#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::package {
namespace {

constexpr size_t kTailBytes = size_t{128} << 10;

constexpr std::string_view kLocalFile("PK\x03\x04", 4);
constexpr std::string_view kEmptyZip("PK\x05\x06", 4);
constexpr std::string_view kDirectoryEntry("PK\x01\x02", 4);
constexpr std::string_view kEnd("PK\x05\x06", 4);
constexpr std::string_view kEnd64("PK\x06\x06", 4);
constexpr std::string_view kLocator64("PK\x06\x07", 4);
constexpr size_t kEndBytes = 22;
constexpr size_t kLocatorBytes = 20;
constexpr size_t kEnd64Bytes = 56;
constexpr size_t kEntryBytes = 46;

uint64_t little(std::string_view bytes, size_t at, size_t width) {
  uint64_t value = 0;
  for (size_t i = 0; i < width; ++i) value |= uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  return value;
}

struct Directory {
  uint64_t entries = 0, size_bytes = 0, begins = 0;
  size_t ends_in_tail = 0;
};

// The end record is the last one whose comment reaches exactly to the end.
size_t find_end(std::string_view tail) {
  for (size_t at = tail.size() < kEndBytes ? 0 : tail.size() - kEndBytes + 1; at-- > 0;)
    if (tail.substr(at).starts_with(kEnd) && at + kEndBytes + little(tail, at + 20, 2) == tail.size()) return at;
  return std::string_view::npos;
}

// Of a record that says "in zip64": where its longer twin stands, else as it is.
bool read_directory(std::string_view tail, Directory& directory) {
  const size_t end = find_end(tail);
  if (end == std::string_view::npos) return false;
  directory = {.entries = little(tail, end + 10, 2),
               .size_bytes = little(tail, end + 12, 4),
               .begins = little(tail, end + 16, 4),
               .ends_in_tail = end};
  if (directory.entries != 0xFFFF && directory.size_bytes != 0xFFFFFFFF && directory.begins != 0xFFFFFFFF) return true;
  if (end < kLocatorBytes + kEnd64Bytes || !tail.substr(end - kLocatorBytes).starts_with(kLocator64)) return true;
  const size_t end64 = end - kLocatorBytes - kEnd64Bytes;
  if (!tail.substr(end64).starts_with(kEnd64)) return false;
  directory = {.entries = little(tail, end64 + 32, 8),
               .size_bytes = little(tail, end64 + 40, 8),
               .begins = little(tail, end64 + 48, 8),
               .ends_in_tail = end64};
  return true;
}

// True where the entries, one behind the other, fill the directory exactly.
bool is_whole(std::string_view bytes, uint64_t entries) {
  size_t at = 0;
  for (; entries > 0; --entries) {
    if (bytes.size() - at < kEntryBytes || !bytes.substr(at).starts_with(kDirectoryEntry)) return false;
    const size_t size = kEntryBytes + little(bytes, at + 28, 2) + little(bytes, at + 30, 2) + little(bytes, at + 32, 2);
    if (bytes.size() - at < size) return false;
    at += size;
  }
  return at == bytes.size();
}

std::string_view without_mark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return base::trim(text);
}

PassingCheck::Form form_of(std::string_view head) {
  if (head.starts_with(kLocalFile) || head.starts_with(kEmptyZip)) return PassingCheck::Form::zip;
  const auto text = without_mark(head);
  if (text.starts_with('<')) return PassingCheck::Form::xml;
  if (text.starts_with('{') || text.starts_with('[')) return PassingCheck::Form::json;
  return PassingCheck::Form::other;
}

// "workbook" of "<?xml ...?><!-- build ... --><workbook ...": the first tag that opens an element.
std::string_view root_name(std::string_view head) {
  for (size_t at = head.find('<'); at != std::string_view::npos; at = head.find('<', at + 1)) {
    if (head.substr(at).starts_with("<!--")) at = std::min(head.find("-->", at), head.size() - 1);
    const auto name = head.substr(at + 1);
    if (!name.empty() && (std::isalpha(static_cast<unsigned char>(name.front())) != 0 || name.front() == '_'))
      return name.substr(0, name.find_first_of(" \t\r\n/>"));
  }
  return {};
}

// Comments, processing instructions and white space may stand behind the root (XML 1.0, production 27).
std::string_view without_misc(std::string_view text) {
  for (;;) {
    text = base::trim(text);
    const auto begin = text.ends_with("-->") ? text.rfind("<!--") : text.ends_with("?>") ? text.rfind("<?") : std::string_view::npos;
    if (begin == std::string_view::npos || begin == 0) return text;
    text = text.substr(0, begin);
  }
}

}  // namespace

void PassingCheck::feed(std::string_view block) {
  size_bytes_ += block.size();
  if (head_.size() < kProofBytes && !block.empty()) {
    head_ += block.substr(0, kProofBytes - head_.size());
    form_ = form_of(head_);  // a far side may send its first byte alone
  }
  if (block.size() >= kTailBytes) {
    tail_ = block.substr(block.size() - kTailBytes);
    return;
  }
  tail_ += block;
  if (tail_.size() > 2 * kTailBytes) tail_.erase(0, tail_.size() - kTailBytes);
}

void PassingCheck::finish(const std::string& what) const {
  const auto begins_and_ends = [&](char first, char last) {
    return without_mark(head_).starts_with(first) && base::trim(tail_).ends_with(last);
  };
  if (form_ == Form::unknown) base::fail(ErrorKind::corrupt, "{} is empty", what);
  if (form_ == Form::zip) finish_zip(what);
  if (form_ == Form::xml) finish_xml(what);
  if (form_ == Form::json && !begins_and_ends('{', '}') && !begins_and_ends('[', ']'))
    base::fail(ErrorKind::corrupt, "{} is cut: {} do not end as JSON does", what, base::human_bytes(size_bytes_));
}

void PassingCheck::finish_zip(const std::string& what) const {
  Directory directory;
  if (!read_directory(tail_, directory))
    base::fail(ErrorKind::corrupt, "{} is cut: {} without the end of a package", what, base::human_bytes(size_bytes_));
  const uint64_t tail_begins = size_bytes_ - tail_.size();
  const uint64_t ends = tail_begins + directory.ends_in_tail;
  if (directory.size_bytes > ends || directory.begins != ends - directory.size_bytes)
    base::fail(ErrorKind::corrupt, "{} is damaged: its directory is not where its end says", what);
  if (directory.begins < tail_begins) return;  // longer than what is kept
  const auto bytes = std::string_view(tail_).substr(directory.begins - tail_begins, directory.size_bytes);
  if (!is_whole(bytes, directory.entries))
    base::fail(ErrorKind::corrupt, "{} is damaged: its directory is not that of {}", what,
               base::counted(directory.entries, "file"));
}

void PassingCheck::finish_xml(const std::string& what) const {
  const auto root = root_name(head_);
  if (base::equal_ignoring_case(root, "html") || root == "tsResponse")
    base::fail(ErrorKind::corrupt, "{} is none: it is {}", what,
               root == "tsResponse" ? "an answer of the REST API" : "a web page, as a proxy or a login sends it");
  if (root.empty() && head_.size() >= kProofBytes) return;  // it begins behind what is kept: a long comment
  const auto end = without_misc(tail_);
  if (!root.empty() && end.ends_with(fmt::format("</{}>", root))) return;
  if (!root.empty() && end.ends_with("/>") && end.rfind('<') == end.find("<" + std::string(root))) return;
  base::fail(ErrorKind::corrupt, "{} is cut: {} do not end as its <{}> should", what, base::human_bytes(size_bytes_),
             root);
}

}  // namespace tabferry::package
