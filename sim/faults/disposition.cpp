#include "sim/faults/disposition.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/url.h"

namespace tabferry::sim {
namespace {

std::string without_controls(std::string_view text) {
  std::string clean;
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) clean += c;
  return clean;
}

// A quoted-string of RFC 9110.
std::string in_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string with_plus(std::string_view text) {
  std::string encoded = base::percent_encoded(text);
  for (size_t at = encoded.find("%20"); at != std::string::npos; at = encoded.find("%20", at))
    encoded.replace(at, 3, "+");
  return encoded;
}

// What stands behind `name="..."; `.
std::string parameter_in(std::string_view form, const std::string& name) {
  if (form == "plain") return "filename=" + in_quotes(name);
  if (form == "quoted-ext") return "filename*=UTF-8''\"" + name + "\"";
  if (form == "ext") return "filename*=UTF-8''" + base::percent_encoded(name);
  if (form == "unquoted") return "filename=" + name;
  if (form == "plus") return "filename=" + in_quotes(with_plus(name));
  if (form == "percent") return "filename=" + in_quotes(base::percent_encoded(name));
  if (form == "slash") return "filename=" + in_quotes("A/B " + name);
  if (form == "japanese") return "filename*=UTF-8''" + base::percent_encoded("売上 " + name);
  if (form == "japanese-raw") return "filename=" + in_quotes("売上 " + name);
  if (form == "question") return "filename=" + in_quotes("What? " + name);
  base::fail(base::ErrorKind::bug, "Content-Disposition has no form {}", form);
}

}  // namespace

std::optional<std::string> disposition_in(std::string_view form, std::string_view part, std::string_view filename) {
  if (form == "none") return std::nullopt;
  const std::string name = without_controls(filename);
  if (form == "attachment") return "attachment; filename=" + in_quotes(name);
  if (form == "no-filename") return fmt::format(R"(name="{}")", part);
  return fmt::format(R"(name="{}"; {})", part, parameter_in(form, name));
}

}  // namespace tabferry::sim
