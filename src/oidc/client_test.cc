// Whole sign-ins at a provider that is made here: real keys and tokens, a clock that is set.
#include <functional>

#include "oidc/client_fixture.h"

namespace pursuit::oidc {
namespace {

using nlohmann::json;
using test::form_of;
using test::kIssuer;
using test::SignInAtAProvider;
using test::SigningKey;
using Why = Trouble::Why;

TEST_F(SignInAtAProvider, AsksForACodeAndBringsThePersonBack) {
  const auto started = client_->start("/leads?tier=hot&region=UAE", "old secret");
  ASSERT_TRUE(started);
  ASSERT_TRUE(started->url.starts_with(kIssuer + "/auth?"));
  const auto query = form_of(started->url.substr(started->url.find('?') + 1));
  EXPECT_EQ(query.at("response_type"), "code");
  EXPECT_EQ(query.at("client_id"), "pursuit");
  EXPECT_EQ(query.at("redirect_uri"),
            "https%3A%2F%2Fpursuit.example.com%2Fapi%2Fv1%2Fsession%2Foidc%2Fcallback");
  EXPECT_EQ(query.at("scope"), "openid%20profile%20email");
  EXPECT_EQ(query.at("code_challenge_method"), "S256");
  for (const char* const name : {"state", "nonce", "code_challenge"})
    EXPECT_EQ(query.at(name).size(), 43u) << name;
  for (const char* const name : {"state", "nonce"})
    EXPECT_FALSE(started->cookie.contains(query.at(name)));
  const auto person = client_->finish(begin("/leads?tier=hot&region=UAE"));
  ASSERT_TRUE(person) << person.error().detail;
  EXPECT_EQ(person->subject, kIssuer + " 8f-21");
  EXPECT_EQ(person->name, "sara-ali");
  EXPECT_EQ(person->display_name, "Sara Ali");
  EXPECT_EQ(person->language, "ar");
  EXPECT_EQ(person->grant->role, model::Role::kAdmin);
  EXPECT_EQ(person->return_to, "/leads?tier=hot&region=UAE");
  EXPECT_EQ(person->kept, "old secret");
}

TEST_F(SignInAtAProvider, EndsOnceInTheBrowserWhereItBeganAndSoon) {
  const Returned first = begin();
  EXPECT_EQ(fails(first), std::nullopt);
  EXPECT_EQ(fails(first), Why::kOver) << "a second time";
  Returned foreign = begin();
  foreign.cookie.clear();
  EXPECT_EQ(fails(foreign), Why::kOver) << "no cookie";
  foreign.cookie = first.cookie;
  EXPECT_EQ(fails(foreign), Why::kOver) << "the cookie of another";
  Returned wrong = begin();
  wrong.state[3] = wrong.state[3] == 'a' ? 'b' : 'a';
  EXPECT_EQ(fails(wrong), Why::kOver) << "another state";
  Returned altered = begin();
  altered.cookie[9] = altered.cookie[9] == 'a' ? 'b' : 'a';
  EXPECT_EQ(fails(altered), Why::kOver);
  const Returned late = begin();
  clock_.at_ms += 10 * 60'000 + 1;
  EXPECT_EQ(fails(late), Why::kOver) << "too late";
  const int tokens = asked("/token");
  EXPECT_EQ(tokens, 1) << "the provider is asked for what began here alone";
}

TEST_F(SignInAtAProvider, TakesNoTokenOfAnother) {
  Returned returned = begin();
  made_.nonce = "of another sign-in";
  EXPECT_EQ(fails(returned), Why::kAnswer);
  EXPECT_TRUE(detail_.contains("nonce"));
  for (const auto& [claim, value] : std::map<std::string, json>{
           {"aud", "other"}, {"iss", "https://evil.example.com"}, {"exp", 1}, {"sub", ""}}) {
    made_.more = {{claim, value}};
    EXPECT_EQ(fails(), Why::kAnswer);
    EXPECT_TRUE(detail_.contains(claim)) << detail_;
  }
  made_.more = json::object();
  const SigningKey forger = SigningKey::ec("k1");
  made_.signs = &forger;
  EXPECT_EQ(fails(), Why::kAnswer);
  EXPECT_TRUE(detail_.contains("signature")) << detail_;
}

TEST_F(SignInAtAProvider, TakesNoCodeOfAnother) {
  Returned returned = begin();
  returned.code = "stolen";
  EXPECT_EQ(fails(returned), Why::kAnswer);
  EXPECT_TRUE(detail_.contains("invalid_grant"));
  returned = begin();
  begin();  // the challenge at the provider is another one's now
  EXPECT_EQ(fails(returned), Why::kAnswer);
  returned = begin();
  returned.code.clear();
  EXPECT_EQ(fails(returned), Why::kAnswer);
}

TEST_F(SignInAtAProvider, KnowsWhoAnswers) {
  Returned returned = begin();
  returned.issuer = "https://evil.example.com";
  EXPECT_EQ(fails(returned), Why::kAnswer);
  returned = begin();
  returned.issuer = kIssuer;
  EXPECT_EQ(fails(returned), std::nullopt);
  made_.metadata["authorization_response_iss_parameter_supported"] = true;
  clock_.at_ms += 61'000;
  EXPECT_EQ(fails(), Why::kAnswer) << "it says that it names itself, and does not";
}

TEST_F(SignInAtAProvider, TellsThatTheProviderRefused) {
  Returned returned = begin("/load");
  returned.code.clear();
  returned.error = "access_denied";
  const auto person = client_->finish(returned);
  ASSERT_FALSE(person);
  EXPECT_EQ(person.error().why, Why::kRefused);
  EXPECT_EQ(person.error().return_to, "/load");
  returned = begin();
  returned.error = "temporarily_unavailable";
  EXPECT_EQ(fails(returned), Why::kAway);
  returned = begin();
  returned.error = "x\"\n" + std::string(500, 'y');
  EXPECT_EQ(fails(returned), Why::kRefused);
  EXPECT_LT(detail_.size(), 100u);
  EXPECT_FALSE(detail_.contains('\n'));
}

TEST_F(SignInAtAProvider, TellsThatTheProviderIsAway) {
  const Returned began = begin();
  made_.is_away = true;
  EXPECT_EQ(fails(began), Why::kAway);
  EXPECT_TRUE(client_->start("/today")) << "what it said is good for a minute";
  clock_.at_ms += 61'000;
  EXPECT_EQ(client_->start("/today").error().why, Why::kAway);
  const int before = asked("/.well-known/openid-configuration");
  EXPECT_EQ(client_->start("/today").error().why, Why::kAway);
  EXPECT_EQ(asked("/.well-known/openid-configuration"), before) << "not asked again at once";
  made_.is_away = false;
  clock_.at_ms += 5'000;
  EXPECT_EQ(fails(), std::nullopt);
  made_.answers_instead = FetchAnswer{.status = 503, .body = "<html>"};
  EXPECT_EQ(fails(), Why::kAway);
  made_.answers_instead = FetchAnswer{.status = 200, .body = R"({"access_token":"x"})"};
  EXPECT_EQ(fails(), Why::kAnswer);
  made_.answers_instead = FetchAnswer{.status = 302, .body = ""};
  EXPECT_EQ(fails(), Why::kAnswer);
}

TEST_F(SignInAtAProvider, LearnsNewKeysButNotOften) {
  EXPECT_EQ(fails(), std::nullopt);
  EXPECT_EQ(fails(), std::nullopt);
  EXPECT_EQ(asked("/keys"), 1) << "they are kept";
  clock_.at_ms += 61'000;
  const SigningKey next = SigningKey::ec("k2");
  made_.signs = &next;
  made_.shown = {next};
  EXPECT_EQ(fails(), std::nullopt) << "a key that was not known";
  EXPECT_EQ(asked("/keys"), 2);
  const SigningKey forger = SigningKey::ec("k3");
  made_.signs = &forger;
  EXPECT_EQ(fails(), Why::kAnswer);
  EXPECT_EQ(fails(), Why::kAnswer);
  EXPECT_EQ(asked("/keys"), 2) << "names of keys that are made up cost nothing";
  clock_.at_ms += 60'000;
  EXPECT_EQ(fails(), Why::kAnswer);
  EXPECT_EQ(fails(), Why::kAnswer);
  EXPECT_EQ(asked("/keys"), 3);
  made_.signs = made_.shown.data();
  EXPECT_EQ(fails(), std::nullopt);
  // A key that is shown no more is not good for ever.
  made_.shown = {forger};
  made_.signs = &next;
  clock_.at_ms += 3'600'000;
  EXPECT_EQ(fails(), Why::kAnswer);
}

TEST_F(SignInAtAProvider, GoesOnWithoutTheKeysForAWhile) {
  EXPECT_EQ(fails(), std::nullopt);
  made_.keys_status = 500;
  clock_.at_ms += 120'000;
  EXPECT_EQ(fails(), std::nullopt) << "they are known";
  clock_.at_ms += 3'600'000;
  EXPECT_EQ(fails(), Why::kAway) << "too old to be trusted";
  made_.keys_status = 200;
  EXPECT_EQ(fails(), std::nullopt);
}

TEST_F(SignInAtAProvider, TellsItsSecretAsTheProviderWantsIt) {
  EXPECT_EQ(fails(), std::nullopt);
  EXPECT_EQ(made_.last.basic, "");
  EXPECT_TRUE(made_.last.form.contains("client_id=pursuit"));
  client_ = make("s:cret&+");
  EXPECT_EQ(fails(), std::nullopt);
  EXPECT_EQ(made_.last.basic, "pursuit:s%3Acret%26%2B");
  EXPECT_FALSE(made_.last.form.contains("cret"));
  made_.metadata["token_endpoint_auth_methods_supported"] = {"client_secret_post"};
  clock_.at_ms += 61'000;
  EXPECT_EQ(fails(), std::nullopt);
  EXPECT_EQ(made_.last.basic, "");
  EXPECT_TRUE(made_.last.form.contains("client_secret=s%3Acret%26%2B"));
  EXPECT_EQ(client_->sign_out_url(), kIssuer +
                                         "/logout?client_id=pursuit&post_logout_redirect_uri="
                                         "https%3A%2F%2Fpursuit.example.com%2F");
}

TEST_F(SignInAtAProvider, GivesWhoHasNoGroupNoRole) {
  made_.more = {{"groups", {"others"}}, {"preferred_username", ""}, {"email", "S.Ali@Example.com"}};
  const auto person = client_->finish(begin());
  ASSERT_TRUE(person);
  EXPECT_FALSE(person->grant);
  EXPECT_EQ(person->name, "s.ali@example.com");
}

TEST(Metadata, IsThatOfTheIssuerAndSafeToFollow) {
  const json good = {{"issuer", kIssuer},
                     {"authorization_endpoint", kIssuer + "/auth"},
                     {"token_endpoint", kIssuer + "/token"},
                     {"jwks_uri", "https://ID.example.com:443/keys"}};
  ASSERT_TRUE(read_metadata(good.dump(), kIssuer));
  const std::vector<std::pair<std::string, json>> wrong = {
      {"issuer", kIssuer + "/"},
      {"issuer", nullptr},
      {"token_endpoint", "http://id.example.com/token"},
      {"token_endpoint", "http://127.0.0.1:6379/"},
      {"token_endpoint", "https://localhost/token"},
      {"token_endpoint", nullptr},
      {"jwks_uri", "file:///etc/passwd"},
      {"jwks_uri", "https://keys.example.com/"},
      {"jwks_uri", "https://id.example.com:8443/keys"},
      {"jwks_uri", "https://id.example.com.evil.example/keys"},
      {"token_endpoint", "https://169.254.169.254/latest/meta-data"},
      {"token_endpoint", "https://[::ffff:10.0.0.1]/"},
      {"token_endpoint", "https://id.example.com@10.0.0.1/"},
      {"authorization_endpoint", "javascript:alert(1)"},
      {"code_challenge_methods_supported", {"plain"}},
  };
  for (const auto& [name, value] : wrong) {
    json bad = good;
    bad[name] = value;
    EXPECT_FALSE(read_metadata(bad.dump(), kIssuer)) << name << " " << value;
  }
  json other = good;
  other["jwks_uri"] = "https://keys.example.com/";
  other["end_session_endpoint"] = "https://elsewhere.example.com/logout";
  const auto read = read_metadata(other.dump(), kIssuer, {"keys.example.com", "10.0.0.1:8443"});
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->end_session_endpoint, "") << "an extra that is not followed";
  other["jwks_uri"] = "https://keys.example.com:8443/";
  EXPECT_FALSE(read_metadata(other.dump(), kIssuer, {"keys.example.com"}));
  for (const char* const text : {"", "[]", "<html>", "\xff"})
    EXPECT_FALSE(read_metadata(text, kIssuer)) << text;
}

TEST(Place, IsOneOfThePage) {
  for (const char* const text : {"/", "/today", "/today?tier=hot&region=UAE,KSA", "/lead/L%201"})
    EXPECT_TRUE(is_place(text)) << text;
  for (const std::string& text :
       {std::string(), std::string("today"), std::string("//evil.example.com"),
        std::string("https://evil.example.com"), std::string("/\\evil"), std::string("/a\r\nX: y"),
        std::string("/a b"), std::string("/<script>"), std::string("/#/x"),
        "/" + std::string(2000, 'a')})
    EXPECT_FALSE(is_place(text)) << text;
}

}  // namespace
}  // namespace pursuit::oidc
