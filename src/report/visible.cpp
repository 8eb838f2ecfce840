#include "report/visible.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tabferry::report {
namespace {

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

// The bytes of the character at the text's start, 0 where it is none.
size_t length_at(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return base::is_utf8(text.substr(0, length)) && length <= text.size() ? length : 0;
}

char32_t code_point(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return lead;
  char32_t value = lead & (0xFFU >> (character.size() + 1));
  for (const char c : character.substr(1)) value = value << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  return value;
}

struct Range {
  char32_t first, last;
};

// What nobody sees, or what moves other text about (Unicode 15: Bidi_Control, Default_Ignorable without the joiners).
constexpr Range kUnseen[] = {{0x80, 0x9F},     {0xAD, 0xAD},     {0x61C, 0x61C},   {0x115F, 0x1160},
                             {0x180E, 0x180E}, {0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E},
                             {0x2060, 0x206F}, {0x3164, 0x3164}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0},
                             {0xFFF9, 0xFFFB}, {0xFFFE, 0xFFFF}, {0xFDD0, 0xFDEF}, {0xE0000, 0xE0FFF}};

constexpr Range kWide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xA960, 0xA97F},
                           {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},
                           {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF},
                           {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD}};
constexpr Range kNoColumn[] = {{0x300, 0x36F}, {0x200C, 0x200D}, {0xFE00, 0xFE0F}};

template <size_t N>
bool within(const Range (&ranges)[N], char32_t point) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [&](const Range& range) { return point >= range.first && point <= range.last; });
}

bool unseen(char32_t point) { return (point & 0xFFFEU) == 0xFFFEU || within(kUnseen, point); }

std::string picture_of(char control) {
  const unsigned at = control == 0x7F ? 0x21U : static_cast<unsigned char>(control);
  return {'\xE2', '\x90', static_cast<char>(0x80U + at)};  // U+2400 + at
}

std::string shown(std::string_view character) {
  const auto point = code_point(character);
  if (point < 0x20 || point == 0x7F) return picture_of(character[0]);
  return unseen(point) ? fmt::format("[U+{:04X}]", static_cast<uint32_t>(point)) : std::string(character);
}

}  // namespace

std::string visible(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const size_t length = length_at(text);
    result +=
        length == 0 ? fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0])) : shown(text.substr(0, length));
    text.remove_prefix(std::max<size_t>(1, length));
  }
  return result;
}

size_t columns_of(std::string_view text) {
  size_t columns = 0;
  while (!text.empty()) {
    const size_t length = std::max<size_t>(1, length_at(text));
    const auto point = code_point(text.substr(0, length));
    columns += within(kWide, point) ? 2U : within(kNoColumn, point) ? 0U : 1U;
    text.remove_prefix(length);
  }
  return columns;
}

size_t length_of(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

std::string shortened(std::string_view text, size_t columns) {
  const size_t length = length_of(text);
  if (length <= columns) return std::string(text);
  const size_t head = (columns - 1) / 2;
  const size_t tail = length - (columns - 1 - head);  // the ordinal of the first character that is kept behind
  std::string first, last;
  size_t ordinal = 0;  // of the character behind this byte's
  for (const char c : text) {
    if (starts_character(c)) ++ordinal;
    if (ordinal <= head) first += c;
    if (ordinal > tail) last += c;
  }
  return first + "…" + last;
}

std::vector<std::string_view> first_lines(std::string_view text, size_t most) {
  std::vector<std::string_view> lines;
  for (const auto line : base::split(text, '\n'))
    if (!base::trim(line).empty() && lines.size() < most) lines.push_back(line);
  return lines;
}

}  // namespace tabferry::report
