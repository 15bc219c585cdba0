#include "oidc/roles.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>
#include <toml++/toml.h>

#include "oidc/id_token.h"

namespace pursuit::oidc {
namespace {

using nlohmann::json;

constexpr std::size_t kMostRules = 1'000;

std::unexpected<base::Error> refuse(std::string why, const std::string& file,
                                    const toml::source_region& place) {
  return base::fail(base::ErrorCode::kUsage, std::move(why),
                    file + ":" + std::to_string(place.begin.line));
}

/// One table of the file, read key by key; what nobody asked for is an error.
class Section {
 public:
  Section(const toml::table& table, const std::string& file) : table_(table), file_(file) {}

  void read(std::string_view name, std::string& into) {
    if (const auto* node = find(name)) {
      const auto text = node->value_exact<std::string>();
      if (text) into = *text;
      if (!text || text->empty()) fail(name, "must be a text", *node);
    }
  }
  void read(std::string_view name, bool& into) {
    if (const auto* node = find(name)) {
      const auto value = node->value_exact<bool>();
      if (value) into = *value;
      if (!value) fail(name, "must be true or false", *node);
    }
  }
  void read(std::string_view name, std::vector<std::string>& into) {
    const auto* node = find(name);
    if (node == nullptr) return;
    const toml::array* list = node->as_array();
    if (list == nullptr) return fail(name, "must be a list of texts", *node);
    for (const toml::node& one : *list) {
      const auto text = one.value_exact<std::string>();
      if (!text || text->empty()) return fail(name, "must be a list of texts", one);
      into.push_back(*text);
    }
  }
  void skip(std::string_view name) { known_.emplace_back(name); }
  void fail(std::string_view name, std::string_view why, const toml::node& node) {
    if (!error_)
      error_ = refuse("'" + std::string(name) + "' " + std::string(why), file_, node.source());
  }
  /// What went wrong first, an unknown key included.
  [[nodiscard]] base::Result<void> done() {
    for (const auto& [key, node] : table_) {
      if (std::ranges::find(known_, key.str()) == known_.end())
        fail(key.str(), "is not known here", node);
    }
    if (error_) return *error_;
    return {};
  }

 private:
  const toml::node* find(std::string_view name) {
    known_.emplace_back(name);
    return table_.get(name);
  }

  const toml::table& table_;
  const std::string& file_;
  std::vector<std::string> known_;
  std::optional<std::unexpected<base::Error>> error_;
};

bool takes_lists_from_claims(const RoleRule& rule) {
  return !rule.markets_claim.empty() || !rule.dealer_groups_claim.empty() ||
         !rule.dealers_claim.empty();
}

base::Result<RoleRule> read_rule(const toml::node& node, const std::string& file) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return refuse("'rule' must be [[rule]]", file, node.source());
  RoleRule rule;
  std::string role;
  Section section(*table, file);
  section.read("group", rule.group);
  section.read("role", role);
  section.read("everything", rule.scope.everything);
  section.read("markets", rule.scope.markets);
  section.read("dealer_groups", rule.scope.dealer_groups);
  section.read("dealers", rule.scope.dealers);
  section.read("owner", rule.scope.owner);
  section.read("markets_claim", rule.markets_claim);
  section.read("dealer_groups_claim", rule.dealer_groups_claim);
  section.read("dealers_claim", rule.dealers_claim);
  section.read("owner_claim", rule.owner_claim);
  if (auto ok = section.done(); !ok) return std::unexpected(ok.error());
  const auto known = model::role_of(role);
  if (!known) return refuse("'" + role + "' is no role: give the rule one", file, node.source());
  rule.role = *known;
  if (rule.group.empty()) return refuse("the rule names no group", file, node.source());
  if (!rule.scope.everything && rule.scope.names_none() && rule.scope.owner.empty() &&
      rule.owner_claim.empty() && !takes_lists_from_claims(rule))
    return refuse("the rule lets nobody see anything: give it everything = true, or a part", file,
                  node.source());
  return rule;
}

void add(std::vector<std::string>& into, const std::vector<std::string>& more) {
  for (const std::string& text : more) {
    if (std::ranges::find(into, text) == into.end()) into.push_back(text);
  }
}

/// What a rule lets somebody with such claims see; nothing: a claim is missing without which the
/// rule would give more than it says.
std::optional<model::Scope> scope_of(const RoleRule& rule, const json& claims) {
  model::Scope scope = rule.scope;
  if (!rule.owner_claim.empty()) {
    const auto owner = texts_of(claims, rule.owner_claim);
    if (owner.size() != 1) return std::nullopt;
    scope.owner = owner.front();
  }
  const auto take = [&](const std::string& claim, std::vector<std::string>& into) {
    if (!claim.empty()) add(into, texts_of(claims, claim));
  };
  take(rule.markets_claim, scope.markets);
  take(rule.dealer_groups_claim, scope.dealer_groups);
  take(rule.dealers_claim, scope.dealers);
  // An owner without lists is seen everywhere: not what such a rule says.
  if (takes_lists_from_claims(rule) && scope.names_none() && !scope.everything) return std::nullopt;
  return scope;
}

/// Both are of the same owner.
void widen(model::Scope& scope, const model::Scope& more) {
  const auto is_all_of_owner = [](const model::Scope& one) {
    return !one.everything && one.names_none() && !one.owner.empty();
  };
  if (is_all_of_owner(scope)) return;
  if (is_all_of_owner(more)) {
    scope = more;
    return;
  }
  scope.everything = scope.everything || more.everything;
  add(scope.markets, more.markets);
  add(scope.dealer_groups, more.dealer_groups);
  add(scope.dealers, more.dealers);
}

}  // namespace

base::Result<Roles> Roles::from_toml(std::string_view text, const std::string& file) {
  toml::table table;
  try {
    table = toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    return refuse(std::string(error.description()), file, error.source());
  }
  Roles roles;
  Section section(table, file);
  section.read("groups_claim", roles.groups_claim_);
  section.skip("rule");
  if (auto ok = section.done(); !ok) return std::unexpected(ok.error());
  const toml::array* rules = table["rule"].as_array();
  if (rules == nullptr || rules->empty())
    return base::fail(base::ErrorCode::kUsage, "has no [[rule]]: nobody could sign in", file);
  if (rules->size() > kMostRules)
    return base::fail(base::ErrorCode::kUsage, "has more than 1,000 rules", file);
  for (const toml::node& node : *rules) {
    auto rule = read_rule(node, file);
    if (!rule) return std::unexpected(rule.error());
    roles.rules_.push_back(std::move(*rule));
  }
  return roles;
}

std::optional<Grant> Roles::grant(const json& claims) const {
  const auto groups = texts_of(claims, groups_claim_);
  std::optional<Grant> grant;
  for (const RoleRule& rule : rules_) {
    if (std::ranges::find(groups, rule.group) == groups.end()) continue;
    if (grant && grant->role != rule.role) continue;
    const auto scope = scope_of(rule, claims);
    if (!scope) continue;
    if (!grant) {
      grant = Grant{.role = rule.role, .scope = *scope};
      continue;
    }
    // Of another owner it cannot be added: an owner narrows all of a scope.
    if (grant->scope.owner == scope->owner) widen(grant->scope, *scope);
  }
  return grant;
}

}  // namespace pursuit::oidc
