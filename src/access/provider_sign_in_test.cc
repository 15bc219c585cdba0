// Whom an identity provider lets in and signs out, over a real store.
#include <algorithm>

#include "access/access_fixture.h"

namespace pursuit::access {
namespace {

using test::AccessOfAStore;
using test::kPassword;
using test::provided;

TEST_F(AccessOfAStore, WhomAProviderLetsInIsOneUserFromThenOn) {
  Provided who = provided("8f-21", "sara");
  const auto first = access_->sign_in_by_provider(who, wish(""));
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->identity.role, model::Role::kRegionManager);
  EXPECT_EQ(first->identity.language, "ar");
  EXPECT_EQ(access_->sign_in(wish("sara")).error().why, Denied::Why::kWrong) << "no password";
  // Another name, role and scope there: the same user here, in every session at once.
  who.name = "sara.ali";
  who.role = model::Role::kReadOnly;
  who.scope.markets = {"KSA"};
  const auto second = access_->sign_in_by_provider(who, wish(""));
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->identity.user_id, first->identity.user_id);
  EXPECT_EQ(second->identity.name, "sara");
  const auto before = access_->by_session(first->secret);
  EXPECT_EQ((*before)->role, model::Role::kReadOnly);
  EXPECT_EQ((*before)->scope.markets, std::vector<std::string>{"KSA"});
}

TEST_F(AccessOfAStore, AProviderEndsTheSessionsThatItBegan) {
  const auto sign_in = [&](const std::string& subject, const std::string& session) {
    Provided who = provided(subject, "u-" + subject);
    who.session = session;
    return access_->sign_in_by_provider(who, wish(""))->secret;
  };
  const auto lives = [&](const std::string& secret) {
    return access_->by_session(secret)->has_value();
  };
  const std::string before = sign_in("sara", "s1");
  const std::string other = sign_in("omar", "s3");
  const std::string subject = provided("sara", "").subject;
  const std::string stranger = provided("omar", "").subject;
  const auto user = access_->user_named("u-sara");
  const auto link = access_->make_link(user->id, {});
  SignIn local = wish("");
  local.password = kPassword;
  const std::string by_password = access_->sign_in_by_link(*link, local)->secret;
  // A password of one's own ended the others: they begin anew.
  EXPECT_FALSE(lives(before));
  const std::string c = sign_in("sara", "s1");
  const std::string d = sign_in("sara", "s2");
  const std::string e = sign_in("sara", "");
  EXPECT_EQ(*access_->sign_out_by_provider(stranger, "s1", "192.0.2.9"), 0u) << "not theirs";
  EXPECT_TRUE(lives(c) && lives(other));
  // The session that is named, and the one of which nobody knows what it is called there.
  EXPECT_EQ(*access_->sign_out_by_provider(subject, "s1", "192.0.2.9"), 2u);
  EXPECT_FALSE(lives(c) || lives(e));
  EXPECT_TRUE(lives(d) && lives(by_password));
  EXPECT_EQ(*access_->sign_out_by_provider("", "s3", "192.0.2.9"), 1u);
  EXPECT_FALSE(lives(other));
  EXPECT_EQ(*access_->sign_out_by_provider(subject, "", "192.0.2.9"), 1u);
  EXPECT_FALSE(lives(d));
  EXPECT_TRUE(lives(by_password)) << "no session of the provider's";
  EXPECT_EQ(*access_->sign_out_by_provider(subject, "", "192.0.2.9"), 0u);
}

TEST_F(AccessOfAStore, ANameOfAProviderIsNoProof) {
  const auto huda = user("huda");
  const auto refused = access_->sign_in_by_provider(provided("8f-21", "huda"), wish(""));
  EXPECT_EQ(refused.error().why, Denied::Why::kNameTaken);
  EXPECT_EQ(access_->sign_in_by_provider(provided("8f-22", "No Name"), wish("")).error().why,
            Denied::Why::kNameTaken);
  ASSERT_TRUE(access_->sign_in_by_provider(provided("8f-23", "sara"), wish("")).has_value());
  EXPECT_EQ(access_->sign_in_by_provider(provided("8f-24", "sara"), wish("")).error().why,
            Denied::Why::kNameTaken);
  user("omar");  // somebody has to be left to manage people
  UserWish linked;
  linked.subject = "https://id.example.com 8f-21";
  ASSERT_TRUE(access_->change_user(huda.id, linked, {}).has_value());
  EXPECT_EQ(access_->sign_in_by_provider(provided("8f-21", "x"), wish(""))->identity.user_id,
            huda.id);
  linked.subject = "https://id.example.com 8f-23";
  EXPECT_EQ(access_->change_user(huda.id, linked, {}).error().code, base::ErrorCode::kConflict);
  UserWish disabled;
  disabled.active = false;
  ASSERT_TRUE(access_->change_user(huda.id, disabled, {}).has_value());
  EXPECT_EQ(access_->sign_in_by_provider(provided("8f-21", "x"), wish("")).error().why,
            Denied::Why::kWrong);
}

}  // namespace
}  // namespace pursuit::access
