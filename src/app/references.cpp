#include "app/references.h"

#include <algorithm>

#include "base/text.h"
#include "doc/json.h"
#include "io/file.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::app {
namespace {

constexpr size_t kMaxSecretBytes = size_t{64} << 10;
constexpr std::string_view kSchemes[] = {"env:", "file:", "secretsmanager:", "ssm:"};

constexpr std::string_view kSetIt =
    "Set it where tabferry runs: cron, systemd and containers have an environment of their own";

constexpr std::string_view kSecretsManager = "secretsmanager:";
constexpr std::string_view kParameter = "ssm:";

// "NAME-or-ARN#KEY" behind secretsmanager:. Names have no '#'.
struct SecretPart {
  std::string name;
  std::optional<std::string> key;
};
SecretPart part_of(std::string_view reference) {
  const auto text = reference.substr(kSecretsManager.size());
  const auto mark = text.find('#');
  if (mark == std::string_view::npos) return {.name = std::string(text), .key = std::nullopt};
  return {.name = std::string(text.substr(0, mark)), .key = std::string(text.substr(mark + 1))};
}

// What is wrong with a reference as such; "" where nothing is.
std::string problem_of(std::string_view text) {
  if (text == "env:") return "env: needs the name of an environment variable behind it: env:NAME";
  if (text == "file:") return "file: needs a path behind it: file:PATH";
  if (text == kParameter) return "ssm: needs the name of a parameter behind it: ssm:/PATH";
  if (!text.starts_with(kSecretsManager)) return "";
  const auto [name, key] = part_of(text);
  if (name.empty() || (key && key->empty()))
    return "secretsmanager: needs a secret, and a key where it is JSON: secretsmanager:NAME-or-ARN#KEY";
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
    base::fail(ErrorKind::config, "{}: the environment variable {} is not set. {}", reference, base::quoted(name),
               kSetIt);
  return std::move(*value);
}

// The text of one key of a JSON object. No byte of the secret goes into a message.
base::Secret member_of(const base::Secret& secret, const std::string& reference, const std::string& key) {
  doc::Json object;
  try {
    object = doc::parse_json(secret.reveal(), "the secret");
  } catch (const base::Error&) {
    base::fail(ErrorKind::config, "{}: the secret is no JSON; leave #{} out, or store it as {{\"{}\": \"...\"}}",
               reference, key, key);
  }
  const auto found = object.is_object() ? object.find(key) : object.end();
  if (!object.is_object() || found == object.end())
    base::fail(ErrorKind::config, "{}: the secret's JSON has no key {} (upper and lower case differ)", reference,
               base::quoted(key));
  if (!found->is_string())
    base::fail(ErrorKind::config, "{}: what the secret's JSON has there is no text; put it in quotes", reference);
  return base::Secret(std::move(found->get_ref<std::string&>()));
}

}  // namespace

bool is_reference(std::string_view text) {
  return std::any_of(std::begin(kSchemes), std::end(kSchemes), [&](auto scheme) { return text.starts_with(scheme); });
}

void check_reference(const ConfigNode& node, std::string_view text) {
  const std::string problem = problem_of(text);
  if (!problem.empty()) node.fail("{}", problem);
}

base::Secret SecretReading::from_aws(const std::string& reference) {
  if (reference.starts_with(kParameter))
    return places_.aws->secrets().parameter(reference.substr(kParameter.size()), stop_);
  const auto [name, key] = part_of(reference);
  auto found = asked_.find(name);
  if (found == asked_.end()) found = asked_.emplace(name, places_.aws->secrets().secret(name, stop_)).first;
  return key ? member_of(found->second, reference, *key) : found->second;
}

base::Secret SecretReading::resolve(const std::string& reference) {
  const std::string problem = problem_of(reference);
  if (!problem.empty()) base::fail(ErrorKind::config, "{}", problem);
  if (!is_reference(reference)) return base::Secret(reference);
  const bool env = reference.starts_with("env:");
  const bool file = reference.starts_with("file:");
  auto secret = without_line_end(env    ? from_environment(reference, places_.environment)
                                 : file ? from_file(reference, places_.folder, places_.environment)
                                        : from_aws(reference).reveal());
  if (secret.empty())
    base::fail(ErrorKind::config, "{}: {}", reference,
               env    ? fmt::format("the environment variable is empty. {}", kSetIt)
               : file ? "the file is empty"
                      : "what AWS keeps there is empty");
  return secret;
}

base::Secret SecretReading::read(const std::string& what, const std::string& reference) {
  try {
    return resolve(reference);
  } catch (const base::Error& error) {
    base::fail(error.kind(), "{}: {}", what, error.what());
  }
}

}  // namespace tabferry::app
