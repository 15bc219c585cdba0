// Groups of a provider become roles and scopes.
#include "oidc/roles.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pursuit::oidc {
namespace {

using nlohmann::json;

constexpr std::string_view kRules = R"(
[[rule]]
group = "admins"
role = "admin"
everything = true

[[rule]]
group = "uae"
role = "region_manager"
markets = ["UAE"]

[[rule]]
group = "ksa"
role = "region_manager"
markets = ["KSA"]
dealers = ["Marina"]

[[rule]]
group = "dealers"
role = "dealer_manager"
dealers_claim = "dealer"

[[rule]]
group = "sales"
role = "sales"
owner_claim = "preferred_username"

[[rule]]
group = "sales-uae"
role = "sales"
owner_claim = "preferred_username"
markets = ["UAE"]
)";

model::Scope own(const std::string& owner, std::vector<std::string> markets = {}) {
  model::Scope scope;
  scope.owner = owner;
  scope.markets = std::move(markets);
  return scope;
}

Roles roles() { return *Roles::from_toml(kRules, "roles.toml"); }

std::optional<Grant> grant(std::initializer_list<const char*> groups, json more = json::object()) {
  more["groups"] = std::vector<std::string>(groups.begin(), groups.end());
  return roles().grant(more);
}

TEST(Roles, ComeFromTheFirstRuleWhoseGroupSomebodyHas) {
  EXPECT_EQ(grant({"uae", "admins"})->role, model::Role::kAdmin);
  EXPECT_TRUE(grant({"uae", "admins"})->scope.is_whole());
  EXPECT_EQ(grant({"uae"})->role, model::Role::kRegionManager);
  EXPECT_EQ(grant({"uae"})->scope.markets, std::vector<std::string>{"UAE"});
  EXPECT_FALSE(grant({"uae"})->scope.everything);
}

TEST(Roles, ComeFromNoGroupThatNoRuleNames) {
  EXPECT_FALSE(grant({}));
  EXPECT_FALSE(grant({"Admins", "admin", "uae "}));
  EXPECT_FALSE(roles().grant(json::object()));
  EXPECT_FALSE(roles().grant({{"groups", {{"admins", true}}}}));
  EXPECT_FALSE(roles().grant({{"groups", nullptr}}));
}

TEST(Roles, OfTheSameKindAddWhatTheySee) {
  const auto both = grant({"ksa", "uae", "dealers"}, {{"dealer", "Corniche"}});
  EXPECT_EQ(both->role, model::Role::kRegionManager);
  EXPECT_EQ(both->scope.markets, (std::vector<std::string>{"UAE", "KSA"}));
  EXPECT_EQ(both->scope.dealers, std::vector<std::string>{"Marina"})
      << "of another role: not added";
}

TEST(Roles, TakeAScopeFromClaims) {
  const auto one = grant({"dealers"}, {{"dealer", "Marina"}});
  EXPECT_EQ(one->scope.dealers, std::vector<std::string>{"Marina"});
  const auto two = grant({"dealers"}, {{"dealer", {"Marina", "Corniche"}}});
  EXPECT_EQ(two->scope.dealers, (std::vector<std::string>{"Marina", "Corniche"}));
  EXPECT_FALSE(grant({"dealers"})) << "without the claim the rule gives nothing";
}

TEST(Roles, OfAnOwnerNeedTheOwner) {
  const auto all = grant({"sales"}, {{"preferred_username", "sara"}});
  EXPECT_EQ(all->scope, own("sara"));
  EXPECT_FALSE(grant({"sales"}));
  EXPECT_FALSE(grant({"sales"}, {{"preferred_username", {"sara", "omar"}}}));
  const auto narrow = grant({"sales-uae"}, {{"preferred_username", "sara"}});
  EXPECT_EQ(narrow->scope, own("sara", {"UAE"}));
  // All of their leads, and those of a market: all of them.
  const auto wide = grant({"sales", "sales-uae"}, {{"preferred_username", "sara"}});
  EXPECT_EQ(wide->scope, own("sara"));
}

TEST(Roles, MayLieDeeperInATokenOfKeycloak) {
  const auto read = Roles::from_toml(
      "groups_claim = \"realm_access.roles\"\n"
      "[[rule]]\ngroup = \"boss\"\nrole = \"admin\"\neverything = true\n",
      "roles.toml");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->grant({{"realm_access", {{"roles", {"boss"}}}}}));
  EXPECT_FALSE(read->grant({{"groups", {"boss"}}}));
}

TEST(Roles, OfTheExampleAreGood) {
  const std::string file = std::string(PURSUIT_SOURCE_DIR) + "/examples/roles.toml";
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto read = Roles::from_toml(text, file);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->grant({{"groups", {"pursuit-admins"}}})->role, model::Role::kAdmin);
  const auto sales = read->grant({{"groups", {"sales"}}, {"preferred_username", "sara"}});
  EXPECT_EQ(sales->scope, own("sara"));
}

TEST(Roles, TellWhatIsWrongInTheirFile) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"", "no [[rule]]"},
      {"rule = 1", "no [[rule]]"},
      {"[[rule]]\ngroup = \"a\"\neverything = true", "no role"},
      {"[[rule]]\ngroup = \"a\"\nrole = \"king\"\neverything = true", "'king' is no role"},
      {"[[rule]]\nrole = \"admin\"\neverything = true", "no group"},
      {"[[rule]]\ngroup = \"a\"\nrole = \"sales\"", "see anything"},
      {"[[rule]]\ngroup = \"a\"\nrole = \"sales\"\nmarket = [\"UAE\"]", "'market' is not known"},
      {"[[rule]]\ngroup = \"a\"\nrole = \"sales\"\nmarkets = \"UAE\"", "list of texts"},
      {"[[rule]]\ngroup = \"a\"\nrole = \"sales\"\nmarkets = [1]", "list of texts"},
      {"[[rule]]\ngroup = 1\nrole = \"sales\"", "must be a text"},
      {"[[rule]]\ngroup = \"a\"\nrole = \"sales\"\neverything = 1", "true or false"},
      {"claim = \"groups\"\n[[rule]]\ngroup = \"a\"\nrole = \"admin\"\neverything = true",
       "'claim' is not known"},
      {"[[rule", ""},
  };
  for (const auto& [text, part] : wrong) {
    const auto read = Roles::from_toml(text, "roles.toml");
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, base::ErrorCode::kUsage);
    EXPECT_TRUE(read.error().message.contains(part)) << text << "\n" << read.error().text();
    EXPECT_TRUE(read.error().where.starts_with("roles.toml")) << read.error().where;
  }
}

}  // namespace
}  // namespace pursuit::oidc
