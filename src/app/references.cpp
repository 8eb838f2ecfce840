#include "app/references.h"

#include <algorithm>

#include "base/text.h"
#include "io/file.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::app {
namespace {

constexpr size_t kMaxSecretBytes = size_t{64} << 10;
constexpr std::string_view kSchemes[] = {"env:", "file:", "secretsmanager:", "ssm:"};

// What is wrong with a reference as such; "" where nothing is.
std::string problem_of(std::string_view text) {
  if (text.starts_with("secretsmanager:") || text.starts_with("ssm:"))
    return fmt::format("{} is not built yet; write env:NAME or file:PATH", text.substr(0, text.find(':') + 1));
  if (text == "env:") return "env: needs the name of an environment variable behind it: env:NAME";
  if (text == "file:") return "file: needs a path behind it: file:PATH";
  return "";
}

base::Secret without_line_end(std::string value) {
  if (value.ends_with('\n')) value.pop_back();
  if (value.ends_with('\r')) value.pop_back();
  return base::Secret(std::move(value));
}

// The places where file:PATH may be.
std::vector<fs::path> candidates(std::string_view path, const fs::path& folder, const Environment& environment) {
  if (path.starts_with("///")) path.remove_prefix(2);   // file:///run/secrets/x
  const fs::path file(path);
  if (file.is_absolute()) return {file};
  std::vector<fs::path> found{folder / file};
  const auto credentials = environment("CREDENTIALS_DIRECTORY");   // systemd.exec(5), LoadCredential=
  if (credentials && !credentials->empty()) found.push_back(fs::path(*credentials) / file);
  return found;
}

std::string read_secret_file(const std::string& reference, const fs::path& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error))
    base::fail(ErrorKind::config, "{}: {} is no regular file", reference, base::quoted(file.string(), 400));
  try {
    return io::read_text(file, kMaxSecretBytes);
  } catch (const base::Error& problem) {
    base::fail(ErrorKind::config, "{}: {}", reference, problem.what());
  }
}

std::string from_file(const std::string& reference, const fs::path& folder, const Environment& environment) {
  const auto places = candidates(std::string_view(reference).substr(5), folder, environment);
  std::vector<std::string> looked;
  for (const auto& place : places) {
    std::error_code error;
    if (fs::exists(place, error) || error) return read_secret_file(reference, place);
    looked.push_back(base::quoted(place.string(), 400));
  }
  base::fail(ErrorKind::config, "{}: there is no such file (looked for {}); a path that is not absolute starts at the "
      "configuration's folder or $CREDENTIALS_DIRECTORY",
             reference, base::join(looked, ", "));
}

std::string from_environment(const std::string& reference, const Environment& environment) {
  const std::string name = reference.substr(4);
  auto value = environment(name);
  if (!value)
    base::fail(ErrorKind::config, "{}: the environment variable {} is not set", reference, base::quoted(name));
  return std::move(*value);
}

base::Secret resolve(const std::string& reference, const fs::path& folder, const Environment& environment) {
  const std::string problem = problem_of(reference);
  if (!problem.empty()) base::fail(ErrorKind::config, "{}", problem);
  const bool env = reference.starts_with("env:");
  if (!env && !reference.starts_with("file:")) return base::Secret(reference);
  auto secret =
      without_line_end(env ? from_environment(reference, environment) : from_file(reference, folder, environment));
  if (secret.empty())
    base::fail(ErrorKind::config, "{}: {} is empty", reference, env ? "the environment variable" : "the file");
  return secret;
}

}  // namespace

bool is_reference(std::string_view text) {
  return std::any_of(std::begin(kSchemes), std::end(kSchemes), [&](auto scheme) { return text.starts_with(scheme); });
}

void check_reference(const ConfigNode& node, std::string_view text) {
  const std::string problem = problem_of(text);
  if (!problem.empty()) node.fail("{}", problem);
}

base::Secret resolve_reference(const std::string& reference, const Environment& environment) {
  return resolve(reference, "", environment);
}

base::Secret resolve_reference_of(const std::string& what, const std::string& reference, const fs::path& folder,
    const Environment& environment) {
  try {
    return resolve(reference, folder, environment);
  } catch (const base::Error& error) {
    base::fail(error.kind(), "{}: {}", what, error.what());
  }
}

}  // namespace tabferry::app
