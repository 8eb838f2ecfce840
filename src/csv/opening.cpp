#include "csv/opening.h"

#include <array>

namespace tabferry::csv {
namespace {

using namespace std::string_view_literals;

constexpr auto kUtf16 = "is UTF-16, and only UTF-8 is read: save it as UTF-8 (\"CSV UTF-8\" in Excel)"sv;

struct Magic {
  std::string_view bytes;
  std::string_view what;
};

constexpr std::array kForeign = {
    Magic{"\x1f\x8b"sv, "is compressed with gzip more often than its name says: pack it once and let the name end in .gz, or unpack it"},
    Magic{"\x28\xb5\x2f\xfd"sv, "is compressed with zstd, which is not read: unpack it first (unzstd)"},
    Magic{"PK\x03\x04"sv, "is a zip or an Excel workbook: export it as CSV in UTF-8"},
    Magic{"\xff\xfe\x00\x00"sv, "is UTF-32, and only UTF-8 is read: save it as UTF-8"},
    Magic{"\x00\x00\xfe\xff"sv, "is UTF-32, and only UTF-8 is read: save it as UTF-8"},
    Magic{"\xff\xfe"sv, kUtf16},
    Magic{"\xfe\xff"sv, kUtf16},
};

// Two plain letters in UTF-16 without a BOM: every second byte is NUL.
bool looks_like_utf16(std::string_view first) {
  if (first.size() < 4) return false;
  const auto zero = [&](size_t i) { return first[i] == '\0'; };
  return zero(0) == zero(2) && zero(1) == zero(3) && zero(0) != zero(1);
}

}  // namespace

size_t bytes_before_text(std::string_view first, const Origin& origin) {
  if (first.starts_with("\xef\xbb\xbf"sv)) return 3;
  for (const auto& magic : kForeign)
    if (first.starts_with(magic.bytes)) fail_file(origin, magic.what);
  if (looks_like_utf16(first)) fail_file(origin, kUtf16);
  return 0;
}

}  // namespace tabferry::csv
