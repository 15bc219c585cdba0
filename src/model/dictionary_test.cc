#include "model/dictionary.h"

#include <map>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace pursuit::model {
namespace {

TEST(Dictionary, CodesFollowTheOrderOfFirstSight) {
  Dictionary dictionary;
  EXPECT_EQ(dictionary.intern("b"), 0u);
  EXPECT_EQ(dictionary.intern(""), 1u);
  EXPECT_EQ(dictionary.intern("a"), 2u);
  EXPECT_EQ(dictionary.intern("b"), 0u);
  EXPECT_EQ(dictionary.text(1), "");
  EXPECT_EQ(dictionary.find("a"), 2u);
  EXPECT_FALSE(dictionary.find("c"));
  EXPECT_EQ(dictionary.size(), 3u);
}

TEST(Dictionary, AgreesWithAMapOnAnyStrings) {
  EXPECT_TRUE(rc::check("dictionary and map", [](const std::vector<std::string>& texts) {
    Dictionary dictionary;
    std::map<std::string, std::uint32_t> expected;
    for (const std::string& text : texts) {
      const auto [place, is_new] =
          expected.try_emplace(text, static_cast<std::uint32_t>(expected.size()));
      RC_ASSERT(dictionary.intern(text) == place->second);
    }
    RC_ASSERT(dictionary.size() == expected.size());
    for (const auto& [text, code] : expected) {
      RC_ASSERT(dictionary.find(text) == code);
      RC_ASSERT(dictionary.text(code) == text);
    }
  }));
}

TEST(Dictionary, StringsOfEveryLengthStayApart) {
  Dictionary dictionary;
  std::vector<std::string> texts;
  for (std::size_t n = 0; n < 80; ++n) {
    for (const char last : {'a', 'b', '\0'}) {
      for (const char first : {'a', 'x', '\0'}) {
        if (n < 2 && first != 'a') continue;
        std::string text(n, 'a');
        if (n > 0) text.back() = last;
        if (n > 1) text.front() = first;
        if (!dictionary.find(text)) texts.push_back(text);
        dictionary.intern(text);
      }
    }
  }
  ASSERT_EQ(dictionary.size(), texts.size());
  for (std::uint32_t code = 0; code < dictionary.size(); ++code) {
    EXPECT_EQ(dictionary.text(code), texts[code]);
    EXPECT_EQ(dictionary.find(texts[code]), code);
  }
}

TEST(Dictionary, ACopyStandsOnItsOwn) {
  Dictionary copy;
  {
    Dictionary original;
    for (int i = 0; i < 1'000; ++i) original.intern("a longer text than fits " + std::to_string(i));
    copy = original;
    original.intern("only here");
  }
  EXPECT_EQ(copy.size(), 1'000u);
  EXPECT_EQ(copy.find("a longer text than fits 999"), 999u);
  EXPECT_FALSE(copy.find("only here"));
  const Dictionary moved = std::move(copy);
  EXPECT_EQ(moved.find("a longer text than fits 0"), 0u);
}

}  // namespace
}  // namespace pursuit::model
