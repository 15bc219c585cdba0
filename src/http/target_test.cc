#include "http/target.h"

#include <gtest/gtest.h>

namespace pursuit::http {
namespace {

using Segments = std::vector<std::string>;

TEST(Target, DecodesSegmentsAndQuery) {
  const auto target = parse_target("/leads/L%2F7%20%C3%A9?q=a+b%2Bc&empty=&bare");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->segments, (Segments{"leads", "L/7 \xC3\xA9"}));
  const std::vector<NameValue> expected = {{"q", "a b+c"}, {"empty", ""}, {"bare", ""}};
  EXPECT_EQ(target->query, expected);
}

TEST(Target, KeepsEmptySegments) {
  EXPECT_EQ(parse_target("/")->segments, Segments{});
  EXPECT_EQ(parse_target("/a/")->segments, (Segments{"a", ""}));
  EXPECT_EQ(parse_target("//a")->segments, (Segments{"", "a"}));
}

TEST(Target, ReadsAbsoluteFormAndAsterisk) {
  EXPECT_EQ(parse_target("http://host:80/a?b=c")->segments, Segments{"a"});
  EXPECT_TRUE(parse_target("*")->is_asterisk);
}

TEST(Target, RefusesWhatCouldMeanSomethingElse) {
  for (const std::string_view text : {"",
                                      "a",
                                      "/%",
                                      "/%2",
                                      "/%zz",
                                      "/..",
                                      "/a/../b",
                                      "/%2e%2e/b",
                                      "/.%2E",
                                      "/.",
                                      "/a%00b",
                                      "/a%0Ab",
                                      "/a%7f",
                                      "/%ff",
                                      "/%c0%ae",
                                      "/a b",
                                      "/a#b",
                                      "/a?b=%00",
                                      "/a?b=%ff",
                                      "/a?%zz=1",
                                      "ftp://host/a",
                                      "http:/a",
                                      "http://user@host/a",
                                      "host:443",
                                      "/\\..\\a"}) {
    const auto target = parse_target(text);
    ASSERT_FALSE(target) << text;
    EXPECT_EQ(target.error().status, 400u) << text;
  }
}

TEST(Target, NamesTheQueryParameterThatIsWrong) {
  const auto unknown = check_query({{"a", "1"}, {"b", "2"}}, {"a"});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().field, "b");
  const auto twice = check_query({{"a", "1"}, {"a", "1"}}, {"a"});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().field, "a");
  EXPECT_TRUE(check_query({{"a", "1"}}, {"b", "a"}));
}

}  // namespace
}  // namespace pursuit::http
