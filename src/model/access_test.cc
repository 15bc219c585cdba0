#include "model/access.h"

#include <gtest/gtest.h>

namespace pursuit::model {
namespace {

TEST(Access, NobodyMayWhatARouteWithoutPermissionDoes) {
  for (std::size_t r = 0; r < kRoleNames.size(); ++r) {
    EXPECT_FALSE(may(static_cast<Role>(r), Permission::kNobody)) << kRoleNames[r];
  }
}

TEST(Access, OnlyAnAdminMayTouchPeopleThePolicyInForceAndTheAuditLog) {
  for (const Permission p : {Permission::kPeople, Permission::kWritePolicy, Permission::kReadAudit,
                             Permission::kErase, Permission::kImport, Permission::kWriteRows}) {
    for (std::size_t r = 0; r < kRoleNames.size(); ++r) {
      const auto role = static_cast<Role>(r);
      EXPECT_EQ(may(role, p), role == Role::kAdmin) << kRoleNames[r];
    }
  }
}

TEST(Access, ReadOnlyChangesNothing) {
  for (const Permission p : {Permission::kAct, Permission::kWriteRows, Permission::kImport,
                             Permission::kWritePolicy, Permission::kOperate}) {
    EXPECT_FALSE(may(Role::kReadOnly, p));
  }
  EXPECT_TRUE(may(Role::kReadOnly, Permission::kReadLeads));
}

TEST(Access, MonitoringReadsMetricsAndNothingElse) {
  PermissionSet metrics;
  metrics.set(static_cast<std::size_t>(Permission::kMetrics));
  EXPECT_EQ(permissions_of(Role::kMonitor), metrics);
  for (std::size_t r = 0; r < kRoleNames.size(); ++r) {
    const auto role = static_cast<Role>(r);
    EXPECT_EQ(may(role, Permission::kMetrics), role == Role::kAdmin || role == Role::kMonitor);
  }
}

TEST(Access, RoleNamesGoBothWays) {
  for (std::size_t r = 0; r < kRoleNames.size(); ++r) {
    const auto role = static_cast<Role>(r);
    EXPECT_EQ(role_of(role_name(role)), role);
  }
  EXPECT_FALSE(role_of("root"));
}

Scope dealers(std::vector<std::string> names, std::string owner = "") {
  return {.everything = false,
          .markets = {},
          .dealer_groups = {},
          .dealers = std::move(names),
          .owner = std::move(owner)};
}

TEST(Access, ScopeWithinEverythingIsItself) {
  const Scope all{
      .everything = true, .markets = {}, .dealer_groups = {}, .dealers = {}, .owner = {}};
  EXPECT_EQ(within(all, dealers({"A", "B"})), dealers({"A", "B"}));
  EXPECT_EQ(within(dealers({"A", "B"}), all), dealers({"A", "B"}));
  EXPECT_EQ(within(all, all), all);
  EXPECT_EQ(within(all, Scope{}), Scope{});
}

TEST(Access, ScopeWithinAnotherKeepsWhatBothName) {
  EXPECT_EQ(within(dealers({"A", "B"}), dealers({"B", "C"})), dealers({"B"}));
  EXPECT_EQ(within(dealers({"A"}), dealers({"C"})), Scope{});
}

TEST(Access, AnOwnersScopeNeverWidens) {
  // Lists that have nothing in common must not become "the owner's leads, wherever they are".
  EXPECT_EQ(within(dealers({"A"}, "sara"), dealers({"B"}, "sara")), Scope{});
  EXPECT_EQ(within(dealers({}, "sara"), dealers({"A"})), dealers({"A"}, "sara"));
  EXPECT_EQ(within(dealers({}, "sara"), dealers({}, "omar")), Scope{});
  EXPECT_EQ(within(dealers({}, "sara"), Scope{}), Scope{});
  EXPECT_EQ(within(Scope{}, dealers({}, "sara")), Scope{});
  const Scope all{
      .everything = true, .markets = {}, .dealer_groups = {}, .dealers = {}, .owner = {}};
  EXPECT_EQ(within(dealers({}, "sara"), all), dealers({}, "sara"));
}

TEST(Access, ALeadIsSeenByAnyOfTheListsAndItsOwner) {
  Scope scope = dealers({"Marina"});
  scope.markets = {"KSA"};
  EXPECT_TRUE(sees(scope, "UAE", "Gulf", "Marina", "sara"));
  EXPECT_TRUE(sees(scope, "KSA", "Gulf", "Riyadh", "omar"));
  EXPECT_FALSE(sees(scope, "UAE", "Gulf", "Deira", "sara"));
  scope.owner = "sara";
  EXPECT_TRUE(sees(scope, "KSA", "", "Riyadh", "sara"));
  EXPECT_FALSE(sees(scope, "KSA", "", "Riyadh", "omar"));
  EXPECT_TRUE(sees(dealers({}, "sara"), "UAE", "", "Deira", "sara"));
  EXPECT_FALSE(sees(Scope{}, "UAE", "Gulf", "Marina", "sara"));
  EXPECT_FALSE(sees(Scope{}, "", "", "", ""));
}

}  // namespace
}  // namespace pursuit::model
