#include "model/access.h"

#include <algorithm>

namespace pursuit::model {
namespace {

using enum Permission;

/// The one table of who may do what. A permission that is not in a line is refused.
PermissionSet set_of(std::initializer_list<Permission> list) {
  PermissionSet set;
  for (const Permission permission : list) set.set(static_cast<std::size_t>(permission));
  return set;
}

std::vector<std::string> common(const std::vector<std::string>& limit,
                                const std::vector<std::string>& wanted) {
  std::vector<std::string> both;
  for (const std::string& text : wanted) {
    if (std::ranges::find(limit, text) != limit.end()) both.push_back(text);
  }
  return both;
}

}  // namespace

PermissionSet permissions_of(Role role) {
  switch (role) {
    case Role::kAdmin:
      return set_of({kOwnAccount, kReadLeads, kReadNetwork, kExport, kAct, kWriteRows, kImport,
                     kReadPolicy, kTryPolicy, kWritePolicy, kOperate, kMetrics, kPeople, kReadAudit,
                     kErase});
    case Role::kAnalyst:
      return set_of({kOwnAccount, kReadLeads, kReadNetwork, kExport, kReadPolicy, kTryPolicy});
    case Role::kRegionManager:
    case Role::kDealerManager:
      return set_of({kOwnAccount, kReadLeads, kReadNetwork, kExport, kAct, kReadPolicy});
    case Role::kSales:
      return set_of({kOwnAccount, kReadLeads, kReadNetwork, kAct});
    case Role::kReadOnly:
      return set_of({kOwnAccount, kReadLeads, kReadNetwork, kReadPolicy});
    case Role::kMonitor:
      return set_of({kMetrics});
  }
  return {};
}

bool may(Role role, Permission permission) {
  return permissions_of(role).test(static_cast<std::size_t>(permission));
}

std::string_view role_name(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }

std::optional<Role> role_of(std::string_view name) {
  const auto found = std::ranges::find(kRoleNames, name);
  if (found == kRoleNames.end()) return std::nullopt;
  return static_cast<Role>(found - kRoleNames.begin());
}

bool sees(const Scope& scope, std::string_view market, std::string_view dealer_group,
          std::string_view dealer, std::string_view owner) {
  if (!scope.owner.empty() && scope.owner != owner) return false;
  if (scope.everything || (scope.names_none() && !scope.owner.empty())) return true;
  const auto named = [](const std::vector<std::string>& names, std::string_view text) {
    return std::ranges::find(names, text) != names.end();
  };
  return named(scope.markets, market) || named(scope.dealer_groups, dealer_group) ||
         named(scope.dealers, dealer);
}

Scope within(const Scope& limit, const Scope& wanted) {
  const auto is_nothing = [](const Scope& scope) {
    return !scope.everything && scope.names_none() && scope.owner.empty();
  };
  Scope both;
  if (is_nothing(limit) || is_nothing(wanted)) return both;
  if (!limit.owner.empty() && !wanted.owner.empty() && limit.owner != wanted.owner) return both;
  both.owner = limit.owner.empty() ? wanted.owner : limit.owner;
  if (limit.everything || wanted.everything) {
    const Scope& narrow = limit.everything ? wanted : limit;
    both.everything = narrow.everything;
    both.markets = narrow.markets;
    both.dealer_groups = narrow.dealer_groups;
    both.dealers = narrow.dealers;
    return both;
  }
  // An owner alone has no lists: the other's lists say where.
  if (limit.names_none() || wanted.names_none()) {
    const Scope& named = limit.names_none() ? wanted : limit;
    both.markets = named.markets;
    both.dealer_groups = named.dealer_groups;
    both.dealers = named.dealers;
    return both;
  }
  both.markets = common(limit.markets, wanted.markets);
  both.dealer_groups = common(limit.dealer_groups, wanted.dealer_groups);
  both.dealers = common(limit.dealers, wanted.dealers);
  if (both.names_none()) return {};  // not "the owner's, wherever"
  return both;
}

}  // namespace pursuit::model
