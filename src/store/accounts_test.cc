#include "store/accounts.h"

#include <gtest/gtest.h>

#include "store/connection.h"
#include "store/failure.h"
#include "store/test_database.h"

namespace pursuit::store {
namespace {

class AccountsTest : public OnDatabase {};
INSTANTIATE_TEST_SUITE_P(On, AccountsTest, both_databases(), kind_name);

UserRow user_named(std::string name) {
  UserRow user;
  user.name = std::move(name);
  user.display_name = "Sara Haddad";
  user.role = model::Role::kSales;
  user.scope = {.everything = false,
                .markets = {"UAE"},
                .dealer_groups = {},
                .dealers = {"Marina", "it's \"quoted\""},
                .owner = "sara"};
  user.created_at_ms = 5;
  return user;
}

SessionRow session_of(std::string id, const UserRow& user) {
  SessionRow session;
  session.id = std::move(id);
  session.user_id = user.id;
  session.expires_at_ms = 100;
  return session;
}

/// Runs `work`, which must not fail, in a transaction.
void write(Accounts& accounts, const std::function<void(AccountRows&)>& work) {
  const auto done = accounts.write([&](AccountRows& rows) {
    work(rows);
    return base::Result<void>{};
  });
  ASSERT_TRUE(done.has_value()) << done.error().text();
}

TEST_P(AccountsTest, KeepsUsersAsTheyAre) {
  const auto store = open();
  Accounts accounts(*store);
  UserRow sara = user_named("sara");
  write(accounts, [&](AccountRows& rows) { rows.put(sara); });
  EXPECT_EQ(sara.id, 1);
  write(accounts, [&](AccountRows& rows) {
    const auto read = rows.user_named("sara");
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->id, 1);
    EXPECT_EQ(read->scope, sara.scope);
    EXPECT_EQ(read->role, model::Role::kSales);
    EXPECT_FALSE(rows.user_named("SARA"));
    EXPECT_FALSE(rows.user(2));
  });
}

TEST_P(AccountsTest, AnErrorTakesBackTheWholeTransaction) {
  const auto store = open();
  Accounts accounts(*store);
  const auto done = accounts.write([&](AccountRows& rows) -> base::Result<void> {
    UserRow user = user_named("sara");
    rows.put(user);
    return base::fail(base::ErrorCode::kConflict, "no");
  });
  EXPECT_EQ(done.error().code, base::ErrorCode::kConflict);
  write(accounts, [](AccountRows& rows) { EXPECT_TRUE(rows.users().empty()); });
}

TEST_P(AccountsTest, AUserGoesWithSessionsLinksAndTokens) {
  const auto store = open();
  Accounts accounts(*store);
  UserRow sara = user_named("sara");
  UserRow omar = user_named("omar");
  write(accounts, [&](AccountRows& rows) {
    rows.put(sara);
    rows.put(omar);
    for (const UserRow* user : {&sara, &omar}) {
      rows.put(session_of("s" + user->name, *user));
      rows.put(LinkRow{.id = "l" + user->name, .user_id = user->id, .expires_at_ms = 100});
      TokenRow token;
      token.digest = "t" + user->name;
      token.user_id = user->id;
      rows.put(token);
    }
  });
  write(accounts, [&](AccountRows& rows) { rows.erase_user(sara.id); });
  write(accounts, [&](AccountRows& rows) {
    EXPECT_FALSE(rows.session("ssara"));
    EXPECT_FALSE(rows.link("lsara"));
    EXPECT_FALSE(rows.token_of("tsara"));
    EXPECT_TRUE(rows.session("somar"));
    EXPECT_TRUE(rows.link("lomar"));
    EXPECT_TRUE(rows.token_of("tomar"));
    rows.erase_ended(100);
    EXPECT_FALSE(rows.session("somar"));
    EXPECT_FALSE(rows.link("lomar"));
  });
}

TEST_P(AccountsTest, EndsTheSessionsOfAUserButOne) {
  const auto store = open();
  Accounts accounts(*store);
  UserRow sara = user_named("sara");
  write(accounts, [&](AccountRows& rows) {
    rows.put(sara);
    for (const char* id : {"a", "b", "c"}) rows.put(session_of(id, sara));
    EXPECT_EQ(rows.erase_sessions_of(sara.id, "b"), 2u);
    EXPECT_EQ(rows.sessions_of(sara.id).size(), 1u);
    EXPECT_TRUE(rows.session("b"));
  });
}

AuditRow line_of(std::int64_t seq) {
  AuditRow line;
  line.seq = seq;
  line.detail = "{}";
  return line;
}

TEST_P(AccountsTest, TheAuditLogIsOnlyAddedTo) {
  const std::string url = new_url();
  const auto store = open(url);
  Accounts accounts(*store);
  write(accounts, [](AccountRows& rows) {
    for (std::int64_t seq = 1; seq <= 3; ++seq) rows.add(line_of(seq));
    EXPECT_EQ(rows.last_audit()->seq, 3);
    EXPECT_EQ(rows.audit(3, 1).front().seq, 2);
    EXPECT_EQ(rows.audit_after(1, 10).size(), 2u);
  });
  for (const std::string sql : {"UPDATE audit SET who = 'x'", "DELETE FROM audit WHERE seq = 2"}) {
    Connection connection(Place::of(url), Use::kWrite, 1'000);
    EXPECT_THROW(connection.script(sql), DatabaseError) << sql;
  }
  write(accounts, [](AccountRows& rows) { EXPECT_EQ(rows.audit(0, 10).size(), 3u); });
}

TEST_P(AccountsTest, ABackupHasThePeople) {
  const auto store = open();
  Accounts accounts(*store);
  UserRow sara = user_named("sara");
  write(accounts, [&](AccountRows& rows) {
    rows.put(sara);
    rows.add(line_of(1));
  });
  const std::string copy = folder_.file("backup.db");
  ASSERT_TRUE(store->backup(copy).has_value());
  const std::string url = new_url();
  ASSERT_TRUE(Store::restore(copy, {.url = url}).has_value());
  const auto other = open(url);
  Accounts restored(*other);
  write(restored, [&](AccountRows& rows) {
    EXPECT_EQ(rows.user_named("sara")->scope, sara.scope);
    EXPECT_EQ(rows.audit(0, 10).size(), 1u);
  });
}

}  // namespace
}  // namespace pursuit::store
