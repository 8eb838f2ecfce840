#include "tableau/content_disposition.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/url.h"

namespace tabferry::tableau {
namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '*';
}

// True where "NAME=" stands at the front, after spaces.
bool starts_parameter(std::string_view text) {
  text = base::trim(text);
  const size_t length = static_cast<size_t>(std::find_if_not(text.begin(), text.end(), is_name_char) - text.begin());
  return length > 0 && base::trim(text.substr(length)).starts_with('=');
}

// The end of a value in front of the next parameter: a ';' of the name itself is followed by none.
size_t end_of_value(std::string_view text) {
  for (size_t at = text.find(';'); at != std::string_view::npos; at = text.find(';', at + 1))
    if (base::trim(text.substr(at + 1)).empty() || starts_parameter(text.substr(at + 1))) return at;
  return text.size();
}

bool is_escape(std::string_view text, size_t at) {
  return text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\');
}

// Behind the opening quote: the closing one stands in front of a ';' or of the end, for some leave those inside bare.
size_t end_of_quoted(std::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    if (is_escape(text, at)) {
      ++at;
      continue;
    }
    const std::string_view rest = base::trim(text.substr(at + 1));
    if (text[at] == '"' && (rest.empty() || rest.front() == ';')) return at;
  }
  return text.size();
}

std::string unescaped(std::string_view quoted) {
  std::string plain;
  for (size_t at = 0; at < quoted.size(); ++at) plain += quoted[is_escape(quoted, at) ? ++at : at];
  return plain;
}

// Takes one value from the front of `text`, with the ';' behind it.
std::string take_value(std::string_view& text) {
  text = base::trim(text);
  std::string value;
  if (text.starts_with('"')) {
    text.remove_prefix(1);
    const size_t end = end_of_quoted(text);
    value = unescaped(text.substr(0, end));
    text.remove_prefix(end);
    text.remove_prefix(std::min(text.size(), text.find(';')));
  } else {
    const size_t end = end_of_value(text);
    value = base::trim(text.substr(0, end));
    text.remove_prefix(end);
  }
  if (!text.empty()) text.remove_prefix(1);
  return value;
}

std::vector<std::pair<std::string, std::string>> parameters_in(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> all;
  while (!base::trim(text).empty()) {
    if (!starts_parameter(text)) {  // the disposition type
      text.remove_prefix(end_of_value(text));
      if (!text.empty()) text.remove_prefix(1);
      continue;
    }
    std::string name = base::lower(base::trim(text.substr(0, text.find('='))));
    text.remove_prefix(text.find('=') + 1);
    all.emplace_back(std::move(name), take_value(text));
  }
  return all;
}

std::string utf8_of_latin1(std::string_view text) {
  std::string utf8;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8 += c;
    } else {
      utf8 += static_cast<char>(0xC0 | (byte >> 6));
      utf8 += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return utf8;
}

std::string for_eyes(std::string_view text) {
  std::string clean = base::is_utf8(text) ? std::string(text) : utf8_of_latin1(text);
  std::erase_if(clean, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return std::string(base::trim(clean));
}

bool only_whole_escapes(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdefABCDEF";
  const auto is_hex = [&](char c) { return kHex.find(c) != std::string_view::npos; };
  for (size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1))
    if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) return false;
  return true;
}

// As an encoder of forms writes it. What holds a bare space, or a '%' that is no escape, was not encoded.
std::string decoded(std::string text) {
  if (text.find(' ') != std::string::npos || !only_whole_escapes(text)) return text;
  std::string spaced = text;
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  std::string plain = base::percent_decoded(spaced);
  return base::is_utf8(plain) ? plain : text;
}

// UTF-8'en'A%20B (RFC 8187), its value in quotes or not; in quotes it is often not encoded at all.
std::string of_ext_value(const std::string& value) {
  const auto first = value.find('\'');
  const auto second = first == std::string::npos ? first : value.find('\'', first + 1);
  if (second == std::string::npos) return decoded(value);
  std::string_view rest = std::string_view(value).substr(second + 1);
  const std::string text = rest.starts_with('"') ? take_value(rest) : std::string(rest);
  const bool latin1 = base::equal_ignoring_case(std::string_view(value).substr(0, first), "ISO-8859-1");
  return latin1 ? utf8_of_latin1(base::percent_decoded(text)) : decoded(text);
}

constexpr size_t kLongest = 8192;  // real ones have hundreds of bytes; a hostile one costs no time

}  // namespace

std::string filename_in(std::string_view content_disposition) {
  std::string plain, extended;
  for (const auto& [name, value] : parameters_in(content_disposition.substr(0, kLongest))) {
    if (name == "filename*" && extended.empty()) extended = for_eyes(of_ext_value(value));
    if (name == "filename" && plain.empty()) plain = for_eyes(decoded(value));
  }
  return extended.empty() ? plain : extended;
}

}  // namespace tabferry::tableau
