#include "base/utf8.h"

#include <array>

#include <gtest/gtest.h>

namespace pursuit::base {
namespace {

TEST(Utf8, CharactersOfEveryLengthAreReadAndNothingElse) {
  EXPECT_EQ(first_character("a").bytes, 1u);
  EXPECT_EQ(first_character("س").code, U'س');
  EXPECT_EQ(first_character("€").bytes, 3u);
  EXPECT_EQ(first_character("\U0001F697!").bytes, 4u);
  EXPECT_EQ(first_character("\xF4\x8F\xBF\xBF").code, 0x10FFFFu);
  for (const std::string_view text :
       {"\xE9", "\x80", "\xC0\xAF", "\xC1\x81", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\xAF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xD8", "\xE2\x82", "\xD8x", "\xFF"}) {
    EXPECT_EQ(first_character(text).bytes, 0u) << text;
    EXPECT_FALSE(is_utf8("before " + std::string(text)));
  }
  EXPECT_TRUE(is_utf8("سيارة €1"));
  EXPECT_TRUE(is_utf8(""));
}

TEST(Utf8, TextIsCutBetweenCharactersAndBytesOfNoneAreReplaced) {
  EXPECT_EQ(utf8_text("سيارة", 100), "سيارة");
  EXPECT_EQ(utf8_text("سيارة", 5), "سي");
  EXPECT_EQ(utf8_text("caf\xE9!", 100), "caf\xEF\xBF\xBD!");
  EXPECT_EQ(utf8_text("caf\xE9!", 5), "caf");
  EXPECT_EQ(utf8_text("\xD8", 3), kReplacement);
  EXPECT_EQ(utf8_text("abc", 0), "");
}

}  // namespace
}  // namespace pursuit::base
