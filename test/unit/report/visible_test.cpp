#include "report/visible.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "doc/xml.h"

namespace tabferry::report {
namespace {

TEST(Visible, LeavesWhatPeopleRead) {
  for (const auto* text : {"", "plain", "größe", "日本語", "مبيعات", "👩‍💻", "a\u00A0b", "\U0001F3F4"})
    EXPECT_EQ(visible(text), text);
}

TEST(Visible, ShowsControlsAsTheirPictures) {
  EXPECT_EQ(visible(std::string_view("a\0b\x1b[31m\r\n\t\x7f", 12)), "a␀b␛[31m␍␊␉␡");
}

TEST(Visible, ShowsWhatIsUnseenOrTurnsTextAround) {
  EXPECT_EQ(visible("invoice\u202Egpj.exe"), "invoice[U+202E]gpj.exe");
  EXPECT_EQ(visible("\u200B\u2066\u2069\u061C\uFEFF"), "[U+200B][U+2066][U+2069][U+061C][U+FEFF]");
  EXPECT_EQ(visible("\xC2\x9B"), "[U+009B]");  // CSI of C1: a terminal obeys it
  EXPECT_EQ(visible("\U000E0041\uFFFE\U0010FFFF"), "[U+E0041][U+FFFE][U+10FFFF]");
}

TEST(Visible, ShowsBytesThatAreNoText) {
  EXPECT_EQ(visible("a\xFFz"), "a\\xffz");
  EXPECT_EQ(visible("\xE2\x82"), "\\xe2\\x82");           // cut
  EXPECT_EQ(visible("\xED\xA0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(visible("\xC0\xAF"), "\\xc0\\xaf");           // overlong
}

TEST(Visible, EveryByteAndEveryCharacterMayStandInXml) {
  for (int a = 0; a < 256; ++a)
    for (int b = 0; b < 256; ++b) {
      const auto shown = visible(std::string{static_cast<char>(a), static_cast<char>(b)});
      ASSERT_TRUE(base::is_utf8(shown)) << a << " " << b;
      ASSERT_EQ(shown.find_first_of(std::string_view("\0\x1b\n\r\x7f", 5)), std::string::npos) << a << " " << b;
      ASSERT_EQ(doc::XmlWriter("a").text(shown).str().find("\uFFFD"), std::string::npos) << a << " " << b;
    }
}

TEST(Visible, ShortensInTheMiddleByCharacters) {
  EXPECT_EQ(shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(shortened("abcdefg", 6), "ab…efg");
  EXPECT_EQ(shortened("abcdefg", 1), "…");
  EXPECT_EQ(shortened("äöüßäöü", 5), "äö…öü");
  EXPECT_EQ(length_of("äöü…"), 4U);
}

}  // namespace
}  // namespace tabferry::report
