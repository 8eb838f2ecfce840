#include "hyper/engine_log.h"

#include <fstream>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace fs = std::filesystem;

namespace tabferry::hyper {
namespace {

constexpr size_t kLines = 5;
constexpr size_t kLineBytes = 400;
constexpr size_t kReadBytes = 16384;

enum class Part { first, last };

// The lines in the first or the last bytes of the file, without the empty ones.
std::vector<std::string> lines(const fs::path& file, Part part) {
  std::ifstream in(file, std::ios::binary);
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (!error && part == Part::last && size > kReadBytes) in.seekg(static_cast<std::streamoff>(size - kReadBytes));
  std::string bytes(kReadBytes, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<size_t>(in.gcount()));
  std::vector<std::string> result;
  for (const auto line : base::split(bytes, '\n'))
    if (!base::trim(line).empty()) result.emplace_back(base::trim(line));
  return result;
}

bool said_at_every_start(std::string_view line) {
  for (const std::string_view usual : {"LogFile:", "--no-password option", "hyperd server version", "listening on"})
    if (line.starts_with(usual)) return true;
  return false;
}

}  // namespace

std::string last_words(const fs::path& output) {
  std::vector<std::string> words;
  for (const auto& line : lines(output, Part::last))
    if (!said_at_every_start(line)) words.push_back(base::quoted(line, kLineBytes));
  if (words.empty()) return "It said nothing";
  if (words.size() > kLines) words.erase(words.begin(), words.end() - static_cast<std::ptrdiff_t>(kLines));
  return "Its last words: " + base::join(words, ", ");
}

std::string announced_version(const fs::path& output) {
  constexpr std::string_view kMark = "build version ";
  for (const auto& line : lines(output, Part::first)) {
    const auto at = line.find(kMark);
    if (line.starts_with("hyperd server version") && at != std::string::npos) return "hyperd " + line.substr(at + kMark.size());
  }
  return "hyperd";
}

}  // namespace tabferry::hyper
