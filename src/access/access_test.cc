// People over a real store: what HTTP cannot show is tested here, by a clock that is set.
#include <chrono>
#include <thread>

#include "access/access_fixture.h"
#include "access/audit.h"
#include "access/audit_writer.h"
#include "access/totp.h"
#include "access/watcher.h"
#include "base/utf8.h"

namespace pursuit::access {
namespace {

using test::AccessOfAStore;
using test::provided;

constexpr std::int64_t kSecond = 1'000'000'000;
TEST_F(AccessOfAStore, ASessionEndsWhenItIsNotUsedAndAtLastAnyway) {
  user("sara");
  const auto signed_in = access_->sign_in(wish("sara"));
  ASSERT_TRUE(signed_in.has_value());
  const auto is_good = [&] { return access_->by_session(signed_in->secret)->has_value(); };
  // Used every eleven hours it lives on, but no longer than a week.
  int uses = 0;
  for (; is_good() && uses < 100; ++uses) clock_.at_ms += 11ll * 3'600'000;
  EXPECT_EQ(uses, 16);  // 15 × 11 h = 165 h, the next is behind 168 h
  const auto other = access_->sign_in(wish("sara"));
  clock_.at_ms += 12ll * 3'600'000;
  EXPECT_FALSE(access_->by_session(other->secret)->has_value());
}

TEST_F(AccessOfAStore, WhatAnotherProgramChangesHoldsWithinASecond) {
  const auto sara = user("sara");
  user("huda");
  const auto signed_in = access_->sign_in(wish("sara"));
  ASSERT_TRUE(access_->by_session(signed_in->secret)->has_value());
  const auto other = make();
  UserWish disable;
  disable.active = false;
  ASSERT_TRUE(other->change_user(sara.id, disable, {}).has_value());
  clock_.at_ms += 1'001;
  EXPECT_FALSE(access_->by_session(signed_in->secret)->has_value());
}

TEST_F(AccessOfAStore, ALinkIsGoodForADay) {
  const auto sara = user("sara");
  const auto link = access_->make_link(sara.id, {});
  clock_.at_ms += 24ll * 3'600'000;
  EXPECT_EQ(access_->sign_in_by_link(*link, {}).error().why, Denied::Why::kWrong);
}

TEST_F(AccessOfAStore, GuessingAtOneAddressDoesNotLockTheUserOutAtAnother) {
  user("sara");
  for (int i = 0; i < 20; ++i) (void)access_->sign_in(wish("sara", "198.51.100.7", "a wrong one"));
  EXPECT_EQ(access_->sign_in(wish("sara", "198.51.100.7")).error().why, Denied::Why::kTooMany);
  EXPECT_TRUE(access_->sign_in(wish("sara", "192.0.2.1")).has_value());
  clock_.at_ms += 15ll * 60'000;
  EXPECT_TRUE(access_->sign_in(wish("sara", "198.51.100.7")).has_value());
}

TEST(Attempts, GuessingFromManyAddressesStopsAllButTheKnownOnes) {
  Attempts attempts({.account_and_address = 3, .address = 50, .account = 10});
  for (int i = 0; i < 10; ++i)
    attempts.failed({.account = "sara", .address = "a" + std::to_string(i)}, i);
  EXPECT_GT(attempts.wait_ns({.account = "sara", .address = "new"}, 10), 0);
  EXPECT_EQ(attempts.wait_ns({.account = "sara", .address = "home", .is_known = true}, 10), 0);
  EXPECT_EQ(attempts.wait_ns({.account = "omar", .address = "new"}, 10), 0);
  const std::int64_t later = 16ll * 60 * kSecond;
  EXPECT_EQ(attempts.wait_ns({.account = "sara", .address = "new"}, later), 0);
}

TEST(Attempts, AnAddressThatTriesManyAccountsIsStoppedForAll) {
  Attempts attempts({.account_and_address = 3, .address = 5, .account = 100});
  for (int i = 0; i < 5; ++i)
    attempts.failed({.account = "user" + std::to_string(i), .address = "bad"}, i);
  EXPECT_GT(attempts.wait_ns({.account = "another", .address = "bad"}, 5), 0);
  EXPECT_EQ(attempts.wait_ns({.account = "another", .address = "good"}, 5), 0);
  // A success clears the account at this address, not the address.
  attempts.succeeded({.account = "user0", .address = "bad"});
  EXPECT_GT(attempts.wait_ns({.account = "user0", .address = "bad"}, 5), 0);
}

TEST_F(AccessOfAStore, TheSecondFactorIsAskedForOnceItIsConfirmed) {
  const auto sara = user("sara");
  auto signed_in = access_->sign_in(wish("sara"));
  ASSERT_TRUE(signed_in.has_value());
  const Identity who = signed_in->identity;
  const auto offer = access_->offer_totp(who);
  ASSERT_TRUE(offer.has_value());
  const auto sealer = Sealer::from_text(std::string(64, '5'));
  const std::string key = *sealer->open(offer->sealed, "totp " + std::to_string(sara.id));
  EXPECT_EQ(base32(key), offer->key);
  const auto code = [&](int steps) { return totp_code(key, clock_.at_ms / 30'000 + steps); };
  EXPECT_FALSE(access_->confirm_totp(who, offer->sealed, "000000", "").has_value());
  EXPECT_TRUE(access_->sign_in(wish("sara")).has_value());  // not in use yet
  ASSERT_TRUE(access_->confirm_totp(who, offer->sealed, code(0), "").has_value());
  EXPECT_EQ(access_->sign_in(wish("sara")).error().why, Denied::Why::kNeedsTotp);
  EXPECT_EQ(access_->sign_in(wish("sara", "192.0.2.1", "wrong one")).error().why,
            Denied::Why::kWrong);
  SignIn with_code = wish("sara");
  with_code.totp = code(0);  // used up by confirming
  EXPECT_EQ(access_->sign_in(with_code).error().why, Denied::Why::kNeedsTotp);
  with_code.totp = code(1);
  EXPECT_TRUE(access_->sign_in(with_code).has_value());
  EXPECT_EQ(access_->sign_in(with_code).error().why, Denied::Why::kNeedsTotp);
  // A link does not get around it, and is not used up by trying.
  const auto link = access_->make_link(sara.id, {});
  EXPECT_EQ(access_->sign_in_by_link(*link, {}).error().why, Denied::Why::kNeedsTotp);
  clock_.at_ms += 60'000;
  SignIn by_link;
  by_link.totp = code(0);
  EXPECT_TRUE(access_->sign_in_by_link(*link, by_link).has_value());
  UserWish lost_phone;
  lost_phone.remove_totp = true;
  ASSERT_TRUE(access_->change_user(sara.id, lost_phone, {}).has_value());
  EXPECT_TRUE(access_->sign_in(wish("sara")).has_value());
}

TEST_F(AccessOfAStore, TheAuditLogShowsWhatWasDoneToIt) {
  user("sara");
  (void)access_->sign_in(wish("sara"));
  const auto whole = verify_audit(access_->accounts(), std::nullopt);
  ASSERT_TRUE(whole.has_value());
  EXPECT_FALSE(whole->broken) << *whole->broken;
  EXPECT_GE(whole->head.seq, 5);
  const AuditHead later{.seq = whole->head.seq + 1, .hash = "x"};
  EXPECT_TRUE(verify_audit(access_->accounts(), later)->broken);
  // A line that is put in without the chain.
  ASSERT_TRUE(access_->accounts()
                  .write([&](store::AccountRows& rows) {
                    auto line = *rows.last_audit();
                    ++line.seq;
                    rows.add(line);
                    return base::Result<void>{};
                  })
                  .has_value());
  const auto broken = verify_audit(access_->accounts(), std::nullopt);
  ASSERT_TRUE(broken->broken);
  EXPECT_NE(broken->broken->find(std::to_string(whole->head.seq + 1)), std::string::npos);
}

TEST(AuditHash, IsOfEveryFieldAndWhereItEnds) {
  const store::AuditRow line{.seq = 1,
                             .at_ms = 2,
                             .who = "ab",
                             .what = "c",
                             .subject = "d",
                             .address = "e",
                             .detail = "{}",
                             .hash = {}};
  const std::string hash = audit_hash("", line);
  store::AuditRow other = line;
  other.who = "a";
  other.what = "bc";  // the same texts, divided elsewhere
  EXPECT_NE(audit_hash("", other), hash);
  for (std::string store::AuditRow::* field :
       {&store::AuditRow::who, &store::AuditRow::what, &store::AuditRow::subject,
        &store::AuditRow::address, &store::AuditRow::detail}) {
    other = line;
    other.*field += "x";
    EXPECT_NE(audit_hash("", other), hash);
  }
  other = line;
  other.at_ms = 3;
  EXPECT_NE(audit_hash("", other), hash);
  EXPECT_NE(audit_hash("x", line), hash);
}

TEST_F(AccessOfAStore, TheAuditWriterKeepsEveryLineInOrder) {
  {
    AuditWriter writer(access_->accounts());
    for (int i = 0; i < 500; ++i)
      writer.add(
          {.at_ms = i, .who = "w", .what = "row", .subject = std::to_string(i), .address = {}});
    writer.flush();
    EXPECT_EQ(verify_audit(access_->accounts(), std::nullopt)->head.seq, 500);
    writer.add({.at_ms = 1, .who = "w", .what = "last", .subject = {}, .address = {}});
  }
  const auto verdict = verify_audit(access_->accounts(), std::nullopt);
  EXPECT_EQ(verdict->head.seq, 501);
  EXPECT_FALSE(verdict->broken);
}

/// Waits until the flag is down; false: it stays up.
bool goes_down(const Watcher::Flag& flag) {
  for (int i = 0; i < 3'000 && flag->load(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return !flag->load();
}

TEST_F(AccessOfAStore, WhoeverIsWatchedEndsWithWhatLetThemIn) {
  const auto sara = user("sara");
  const auto huda = user("huda");
  const auto session = access_->sign_in(wish("sara"));
  const auto other = access_->sign_in(wish("huda"));
  ASSERT_TRUE(session && other);
  const auto token = access_->add_token(huda.id,
                                        {.name = "t",
                                         .role = model::Role::kAnalyst,
                                         .scope = huda.scope,
                                         .expires_at_ms = clock_.at_ms + 1'000'000},
                                        {});
  ASSERT_TRUE(token.has_value());
  const auto by_token = access_->by_token(token->secret);
  Watcher watcher(*access_, std::chrono::milliseconds(5));
  const auto of_session = watcher.watch(session->identity);
  const auto of_token = watcher.watch(**by_token);
  const auto of_huda = watcher.watch(other->identity);
  ASSERT_TRUE(access_->sign_out(session->identity.session, {}).has_value());
  EXPECT_TRUE(goes_down(of_session));
  ASSERT_TRUE(access_->revoke_token(token->row.id, std::nullopt, {}).has_value());
  EXPECT_TRUE(goes_down(of_token));
  EXPECT_TRUE(of_huda->load());
  UserWish narrower;
  narrower.scope.emplace().owner = "huda";
  ASSERT_TRUE(access_->change_user(huda.id, narrower, {}).has_value());
  EXPECT_TRUE(goes_down(of_huda));
  // Who was ended before they were watched is found, too.
  EXPECT_TRUE(goes_down(watcher.watch(session->identity)));
}

TEST_F(AccessOfAStore, ATokensScopeAndNameAreHeldToTheLimitsOfAUsers) {
  const auto huda = user("huda");
  NewToken token{.name = "t",
                 .role = model::Role::kAnalyst,
                 .scope = {},
                 .expires_at_ms = clock_.at_ms + 1'000'000};
  token.scope.markets.assign(1'001, "UAE");
  EXPECT_EQ(access_->add_token(huda.id, token, {}).error().where, "scope");
  token.scope.markets = {std::string(201, 'x')};
  EXPECT_EQ(access_->add_token(huda.id, token, {}).error().where, "scope");
  token.scope.markets = {"U\nAE"};
  EXPECT_EQ(access_->add_token(huda.id, token, {}).error().where, "scope");
  token.scope.markets = {"U\xE9"};
  EXPECT_EQ(access_->add_token(huda.id, token, {}).error().message, "is not UTF-8");
  token.scope.markets = {"UAE"};
  token.name = "t\xE9";
  EXPECT_EQ(access_->add_token(huda.id, token, {}).error().where, "name");
  token.name = "t";
  EXPECT_TRUE(access_->add_token(huda.id, token, {}).has_value());
}

TEST_F(AccessOfAStore, WhatABrowserCallsItselfIsKeptAsText) {
  const auto sara = user("sara");
  SignIn named = wish("sara");
  named.agent = "caf\xE9\nLynx ";
  for (int i = 0; i < 150; ++i) named.agent += "س";
  ASSERT_TRUE(access_->sign_in(named).has_value());
  const auto sessions = access_->sessions(sara.id);
  ASSERT_EQ(sessions->size(), 1u);
  EXPECT_TRUE(sessions->front().agent.starts_with("caf\xEF\xBF\xBD Lynx سس"));
  EXPECT_LE(sessions->front().agent.size(), 200u);
  EXPECT_TRUE(base::is_utf8(sessions->front().agent));
}

TEST_F(AccessOfAStore, ManageablePeopleStay) {
  const auto huda = user("huda");
  UserWish less;
  less.role = model::Role::kSales;
  EXPECT_EQ(access_->change_user(huda.id, less, {}).error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(access_->erase_user(huda.id, {}).error().code, base::ErrorCode::kConflict);
  user("omar");
  EXPECT_TRUE(access_->change_user(huda.id, less, {}).has_value());
}

TEST_F(AccessOfAStore, WhereNobodyManagedPeopleAnyoneCanBeChangedAndErased) {
  // Access is open: the first user is added before there is an admin.
  const auto added = user("sara", model::Role::kSales);
  UserWish disabled;
  disabled.active = false;
  EXPECT_TRUE(access_->change_user(added.id, disabled, {}).has_value());
  EXPECT_TRUE(access_->erase_user(added.id, {}).has_value());
}

TEST_F(AccessOfAStore, WhoHasNoRoleAtTheProviderAnyMoreLosesEverythingHere) {
  const auto session = access_->sign_in_by_provider(provided("8f-21", "sara"), wish(""));
  const auto token = access_->add_token(session->identity.user_id,
                                        {.name = "report",
                                         .role = model::Role::kReadOnly,
                                         .scope = session->identity.scope,
                                         .expires_at_ms = clock_.at_ms + 100'000'000},
                                        {});
  ASSERT_TRUE(token.has_value()) << token.error().text();
  const auto& subject = provided("8f-21", "sara").subject;
  ASSERT_TRUE(access_->note_provider_refusal(subject, "away", "192.0.2.1", false).has_value());
  EXPECT_TRUE(access_->by_session(session->secret)->has_value());
  ASSERT_TRUE(access_->note_provider_refusal(subject, "no role", "192.0.2.1", true).has_value());
  EXPECT_FALSE(access_->by_session(session->secret)->has_value());
  const auto by_token = access_->by_token(token->secret);
  EXPECT_FALSE(*by_token && (*by_token)->scope != model::Scope{}) << "it sees nothing";
  ASSERT_TRUE(access_->note_provider_refusal("https://id.example.com x", "", "", true).has_value());
}

TEST_F(AccessOfAStore, ASessionByAProviderEndsTheSameDay) {
  const auto session = access_->sign_in_by_provider(provided("8f-21", "sara"), wish(""));
  int hours = 0;
  while (access_->by_session(session->secret)->has_value() && hours < 200) {
    clock_.at_ms += 3'600'000;
    ++hours;
  }
  EXPECT_EQ(hours, 12) << "although it is used every hour";
}

}  // namespace
}  // namespace pursuit::access
