#include "sim/core/journal.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "doc/json.h"
#include "io/file.h"
#include "sim/core/change_reader.h"
#include "sim/core/kinds.h"

namespace tabferry::sim {
namespace {

using doc::Json;

constexpr std::string_view kHeader = R"({"format":"tabferry-sim 2"})";
constexpr size_t kMaxFileBytes = size_t{4} << 30;
constexpr size_t kTidyLines = 1000;  // so many overtaken ones are let be
constexpr size_t kFlushBytes = size_t{1} << 20;

Json json_of(const Node& node) {
  Json json = {{"n", node.name}};
  for (const auto& [name, value, is_flag] : node.attributes) {
    if (is_flag)
      json["a"][name] = value == "true";
    else
      json["a"][name] = value;
  }
  for (const auto& child : node.children) json["c"].push_back(json_of(child));
  if (!node.text.empty()) json["t"] = node.text;
  if (node.is_list) json["l"] = true;
  if (node.is_literal) json["v"] = true;
  return json;
}

Json json_of(const Item& item) {
  Json fields = Json::object();
  // push_back of a pair skips the search for a key that is there already: an item has none twice
  for (const auto& [name, value] : item.fields()) fields.get_ref<Json::object_t&>().emplace_back(name, value);
  Json line = {"+", rule_of(item.kind()).name, item.id(), std::move(fields)};
  if (item.parts().empty()) return line;
  Json parts = Json::array();
  for (const auto& part : item.parts()) parts.push_back(json_of(part));
  line.push_back(std::move(parts));
  return line;
}

std::string line_of(const Json& changes) { return changes.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"; }

void write_all(int fd, std::string_view bytes, const std::filesystem::path& file) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) base::fail_errno(errno, fmt::format("writing {}", base::quoted(file.string(), 400)));
    bytes.remove_prefix(static_cast<size_t>(put));
  }
}

void apply_line(Site& site, std::string_view line, const std::filesystem::path& file, size_t number) {
  try {
    ChangeReader reader(site);
    Json::sax_parse(line, &reader);
  } catch (const base::Error& error) {
    base::fail(base::ErrorKind::corrupt, "{}: line {}: {}", file.string(), number, error.what());
  }
}

struct Applied {
  size_t lines;
  bool torn;  // the last line has no end
};
Applied apply_lines(Site& site, std::string_view left, const std::filesystem::path& file) {
  size_t number = 0;
  for (size_t end; (end = left.find('\n')) != std::string_view::npos; left.remove_prefix(end + 1)) {
    const auto line = left.substr(0, end);
    if (++number > 1)
      apply_line(site, line, file, number);
    else if (line != kHeader)
      base::fail(base::ErrorKind::corrupt, "{}: written by another version of tabferry-sim, or no site at all",
                 file.string());
  }
  return {number, !left.empty()};
}

size_t item_count(const Site& site) {
  size_t count = 0;
  for (size_t kind = 0; kind < kKindCount; ++kind) count += site.all(static_cast<Kind>(kind)).size();
  return count;
}

}  // namespace

bool Journal::load(Site& site) {
  if (!std::filesystem::exists(file_)) return false;
  const std::string text = io::read_text(file_, kMaxFileBytes);
  const auto [lines, torn] = apply_lines(site, text, file_);
  if (site.all(Kind::site).empty()) base::fail(base::ErrorKind::corrupt, "{}: there is no site in it", file_.string());
  if (torn || lines > 2 * item_count(site) + kTidyLines)
    rewrite(site);
  else
    open();
  return true;
}

void Journal::rewrite(const Site& site) {
  io::FileSink sink(file_, {.mode = 0600});  // it holds password hashes and the secrets of connected apps
  std::string text = std::string(kHeader) + "\n";
  for (size_t kind = 0; kind < kKindCount; ++kind)
    for (const auto& [id, item] : site.all(static_cast<Kind>(kind))) {
      text += line_of(Json::array({json_of(item)}));
      if (text.size() < kFlushBytes) continue;
      sink.write(text);
      text.clear();
    }
  sink.write(text);
  sink.commit();
  open();
}

void Journal::open() {
  fd_ = base::Fd(::open(file_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW));
  if (!fd_) base::fail_errno(errno, fmt::format("opening {}", base::quoted(file_.string(), 400)));
  size_bytes_ = std::filesystem::file_size(file_);
}

void Journal::append(const Site& site, const std::vector<Site::Change>& changes) {
  Json all = Json::array();
  for (const auto& [kind, id, before] : changes) {
    if (const Item* item = site.find(kind, id))
      all.push_back(json_of(*item));
    else
      all.push_back({"-", rule_of(kind).name, id});
  }
  const std::string line = line_of(all);
  try {
    write_all(fd_.get(), line, file_);
  } catch (...) {
    [[maybe_unused]] const int cut = ::ftruncate(fd_.get(), static_cast<off_t>(size_bytes_));
    throw;
  }
  size_bytes_ += line.size();
}

}  // namespace tabferry::sim
