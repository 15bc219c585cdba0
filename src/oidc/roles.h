// oidc/roles.h: what the groups of a provider mean here: which role somebody has and what they see.
// Read from a file in TOML; then const, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "model/access.h"

namespace pursuit::oidc {

/// What somebody becomes.
struct Grant {
  model::Role role = model::Role::kReadOnly;
  model::Scope scope;
};

/// What one group gives. Values of a scope are named, or taken from a claim of who signs in.
struct RoleRule {
  std::string group;
  model::Role role = model::Role::kReadOnly;
  model::Scope scope;
  std::string markets_claim, dealer_groups_claim, dealers_claim, owner_claim;
};

class Roles {
 public:
  /// Of such a file:
  ///   groups_claim = "groups"
  ///   [[rule]]
  ///   group = "sales-uae"
  ///   role = "sales"
  ///   markets = ["UAE"]                    # or everything = true, dealer_groups, dealers
  ///   owner_claim = "preferred_username"   # or owner; markets_claim, dealers_claim, …
  /// kUsage names what is wrong, with file and line.
  static base::Result<Roles> from_toml(std::string_view text, const std::string& file);

  /// Of claims that were checked. The first rule whose group somebody has gives the role; later
  /// ones of the same role and owner add what they see. Nothing: no rule is theirs, or the claim
  /// that their owner comes from is missing.
  [[nodiscard]] std::optional<Grant> grant(const nlohmann::json& claims) const;

 private:
  std::string groups_claim_ = "groups";
  std::vector<RoleRule> rules_;
};

}  // namespace pursuit::oidc
