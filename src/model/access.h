// model/access.h: who may do what: roles, permissions, and the part of the network that somebody
// may see. Plain data and pure functions, any thread.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pursuit::model {

enum class Role : std::uint8_t {
  kAdmin,          // everything, people included
  kAnalyst,        // reads and exports everything in scope; tries policies without putting them on
  kRegionManager,  // reads, exports and acts on the leads of a region
  kDealerManager,  // the same of a dealer or dealer group
  kSales,          // reads and acts on their leads
  kReadOnly,       // reads
  kMonitor,        // of tokens alone: reads the metrics and nothing else
};
inline constexpr std::array<std::string_view, 7> kRoleNames = {
    "admin", "analyst", "region_manager", "dealer_manager", "sales", "read_only", "monitor"};

/// What a route asks of its caller. Each route names one; who has it stands in one table
/// (permissions_of).
enum class Permission : std::uint8_t {
  kNobody,       // a route that names none: refused to everybody
  kOwnAccount,   // their own session, password and tokens
  kReadLeads,    // leads, lists, figures and aggregates of what is in scope
  kReadNetwork,  // tables of the whole network; also needs the scope of everything
  kExport,       // whole tables as files
  kAct,          // assign, note, call, snooze, close: changes made by hand to a lead in scope
  kWriteRows,    // rows of changes, by the thousand, of leads in scope
  kImport,       // files
  kReadPolicy,   // the policy and its versions
  kTryPolicy,    // what another policy would change
  kWritePolicy,  // put a policy in force
  kOperate,      // refresh, runs
  kMetrics,      // what the service counts about itself
  kPeople,       // users and everybody's tokens
  kReadAudit,    // the audit log
  kErase,        // export and erase what is known of a person
};
inline constexpr std::size_t kPermissions = 16;
using PermissionSet = std::bitset<kPermissions>;

[[nodiscard]] PermissionSet permissions_of(Role role);
[[nodiscard]] bool may(Role role, Permission permission);
[[nodiscard]] std::string_view role_name(Role role);
[[nodiscard]] std::optional<Role> role_of(std::string_view name);

/// What somebody may see. With `everything` the lists mean nothing; else a lead is visible when its
/// market, dealer group or dealer is named. `owner`, unless empty, leaves of these only the leads
/// of that owner; with no list it means the owner's leads wherever they are. Nothing by default.
struct Scope {
  bool everything = false;
  std::vector<std::string> markets;
  std::vector<std::string> dealer_groups;
  std::vector<std::string> dealers;
  std::string owner;

  [[nodiscard]] bool names_none() const {
    return markets.empty() && dealer_groups.empty() && dealers.empty();
  }
  /// Every lead there is, whoever owns it.
  [[nodiscard]] bool is_whole() const { return everything && owner.empty(); }
  friend bool operator==(const Scope&, const Scope&) = default;
};

/// Whether a lead with these texts is visible.
[[nodiscard]] bool sees(const Scope& scope, std::string_view market, std::string_view dealer_group,
                        std::string_view dealer, std::string_view owner);

/// What of `wanted` is also in `limit`, value by value: never more than `limit`. A dealer of a
/// market that `limit` names is not known to be of it here, and falls away.
[[nodiscard]] Scope within(const Scope& limit, const Scope& wanted);

}  // namespace pursuit::model
