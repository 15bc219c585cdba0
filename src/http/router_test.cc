#include "http/router.h"

#include <gtest/gtest.h>

#include "http/test_server.h"

namespace pursuit::http {
namespace {

using Segments = std::vector<std::string>;

Router router_of(std::initializer_list<std::pair<Method, const char*>> routes) {
  Router router;
  for (const auto& [method, pattern] : routes) {
    router.add(method, pattern, named(pattern), [](Request&) { return empty_response(); });
  }
  return router;
}

std::string pattern_for(const Router& router, const Segments& segments) {
  const Match match = router.match(Method::kGet, segments);
  return match.route == nullptr ? "" : match.route->pattern;
}

TEST(Router, PrefersLiteralsAndGoesBackWhenTheyLeadNowhere) {
  const Router router = router_of({{Method::kGet, "/a/{x}"},
                                   {Method::kGet, "/a/b"},
                                   {Method::kGet, "/a/b/c"},
                                   {Method::kGet, "/{y}/b/d"},
                                   {Method::kGet, "/"}});
  EXPECT_EQ(pattern_for(router, {"a", "b"}), "/a/b");
  EXPECT_EQ(pattern_for(router, {"a", "z"}), "/a/{x}");
  EXPECT_EQ(pattern_for(router, {"a", "b", "d"}), "/{y}/b/d");
  EXPECT_EQ(pattern_for(router, {}), "/");
  EXPECT_EQ(pattern_for(router, {"a", "b", "e"}), "");
  EXPECT_EQ(pattern_for(router, {"a"}), "");
}

TEST(Router, BindsParameters) {
  const Router router = router_of({{Method::kGet, "/l/{lead}/n/{note}"}});
  const Match match = router.match(Method::kGet, {"l", "7", "n", "x y"});
  const std::vector<NameValue> expected = {{"lead", "7"}, {"note", "x y"}};
  EXPECT_EQ(match.parameters, expected);
  EXPECT_EQ(router.match(Method::kGet, {"l", "", "n", "x"}).route, nullptr);
}

TEST(Router, TailTakesTheRestButNoHiddenSeparator) {
  const Router router = router_of({{Method::kGet, "/ui/{file...}"}});
  const Match match = router.match(Method::kGet, {"ui", "assets", "a.js"});
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.parameters.at(0).value, "assets/a.js");
  EXPECT_EQ(pattern_for(router, {"ui"}), "");
  EXPECT_EQ(pattern_for(router, {"ui", "a/../b"}), "");
  EXPECT_EQ(pattern_for(router, {"ui", "a\\b"}), "");
  EXPECT_EQ(pattern_for(router, {"ui", "a", ""}), "");
}

TEST(Router, TellsTheMethodsOfAPath) {
  const Router router = router_of({{Method::kGet, "/a"}, {Method::kPost, "/a"}});
  const Match match = router.match(Method::kDelete, {"a"});
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allowed,
            (std::vector{Method::kGet, Method::kHead, Method::kPost, Method::kOptions}));
  EXPECT_EQ(router.match(Method::kHead, {"a"}).route->method, Method::kGet);
  EXPECT_TRUE(router.match(Method::kGet, {"b"}).allowed.empty());
}

TEST(RouterDeathTest, SecondRouteOfTheSameMethodAndPathIsABug) {
  Router router = router_of({{Method::kGet, "/a/{x}"}});
  EXPECT_DEATH(
      router.add(Method::kGet, "/a/{y}", named("twice"), [](Request&) { return empty_response(); }),
      "assertion failed");
}

}  // namespace
}  // namespace pursuit::http
