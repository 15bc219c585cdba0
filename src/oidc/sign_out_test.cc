// Signing out at the provider, and being signed out by it.
#include <algorithm>

#include "oidc/client_fixture.h"

namespace pursuit::oidc {
namespace {

using nlohmann::json;
using test::form_of;
using test::kIssuer;
using test::SignInAtAProvider;
using test::SigningKey;
using Why = Trouble::Why;

TEST_F(SignInAtAProvider, SignsOutThereAsWhoSignedIn) {
  made_.more = {{"sid", "5e55"}};
  const auto person = client_->finish(begin());
  ASSERT_TRUE(person);
  EXPECT_EQ(person->session, "5e55");
  const auto url = client_->sign_out_url(person->hint);
  ASSERT_TRUE(url && url->starts_with(kIssuer + "/logout?"));
  const auto query = form_of(url->substr(url->find('?') + 1));
  EXPECT_EQ(query.at("client_id"), "pursuit");
  EXPECT_EQ(query.at("post_logout_redirect_uri"), "https%3A%2F%2Fpursuit.example.com%2F");
  EXPECT_EQ(std::ranges::count(query.at("id_token_hint"), '.'), 2);
  // Nobody puts a token of their own there, and the hint itself does not tell it.
  EXPECT_FALSE(person->hint.contains(query.at("id_token_hint").substr(0, 20)));
  for (const std::string& other : {std::string(), "x" + person->hint, begin().cookie})
    EXPECT_FALSE(client_->sign_out_url(other)->contains("id_token_hint")) << other;
  // More than browsers keep: the provider asks then.
  made_.more = {{"groups", std::vector<std::string>(300, "boss of all bosses")}};
  EXPECT_EQ(client_->finish(begin())->hint, "");
}

TEST_F(SignInAtAProvider, HearsOnceWhomTheProviderSignedOut) {
  json claims = {
      {"iss", kIssuer},
      {"aud", "pursuit"},
      {"sub", "8f-21"},
      {"sid", "5e55"},
      {"jti", "1"},
      {"iat", clock_.at_ms / 1'000},
      {"exp", clock_.at_ms / 1'000 + 60},
      {"events", {{"http://schemas.openid.net/event/backchannel-logout", json::object()}}}};
  const auto token = [&] { return made_.signs->sign(claims, "ES256"); };
  const auto told = client_->signed_out(token());
  ASSERT_TRUE(told) << told.error().detail;
  EXPECT_EQ(told->subject, kIssuer + " 8f-21");
  EXPECT_EQ(told->session, "5e55");
  EXPECT_EQ(client_->signed_out(token()).error().why, Why::kOver);
  claims["jti"] = "2";
  claims.erase("sub");
  EXPECT_EQ(client_->signed_out(token())->subject, "");
  claims["jti"] = "3";
  EXPECT_EQ(client_->signed_out(SigningKey::ec("k1").sign(claims, "ES256")).error().why,
            Why::kAnswer);
  EXPECT_EQ(client_->signed_out("").error().why, Why::kAnswer);
  clock_.at_ms += 11 * 60'000;
  EXPECT_EQ(client_->signed_out(token()).error().why, Why::kAnswer);
  made_.is_away = true;
  clock_.at_ms += 61'000;
  EXPECT_EQ(client_->signed_out(token()).error().why, Why::kAway);
}

}  // namespace
}  // namespace pursuit::oidc
