#include "access/user_rules.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/utf8.h"

namespace pursuit::access {
namespace {

constexpr std::size_t kMostNameBytes = 64;
constexpr std::size_t kMostTextBytes = 200;
constexpr std::size_t kMostSubjectBytes = 600;  // a URL and a name of 255
constexpr std::size_t kMostScopeNames = 1'000;

base::Result<void> check_text(std::string_view text, const std::string& field,
                              std::size_t most_bytes = kMostTextBytes) {
  if (text.size() > most_bytes)
    return base::fail(base::ErrorCode::kInvalidInput,
                      "longer than " + std::to_string(most_bytes) + " bytes", field);
  if (!base::is_utf8(text))
    return base::fail(base::ErrorCode::kInvalidInput, "is not UTF-8", field);
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
    return base::fail(base::ErrorCode::kInvalidInput, "has control characters", field);
  return {};
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_user_name(std::string_view name) {
  static constexpr std::string_view kMore = "@._-+";
  return !name.empty() && name.size() <= kMostNameBytes && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || kMore.contains(c);
  });
}

base::Result<void> check_wish(const UserWish& wish) {
  if (wish.role == model::Role::kMonitor)
    return base::fail(base::ErrorCode::kInvalidInput, "a role of tokens, not of people", "role");
  if (wish.display_name) {
    if (auto ok = check_text(*wish.display_name, "display_name"); !ok) return ok;
  }
  if (wish.language && *wish.language != "en" && *wish.language != "ar")
    return base::fail(base::ErrorCode::kInvalidInput, "none of en, ar", "language");
  if (wish.subject) {
    if (auto ok = check_text(*wish.subject, "subject", kMostSubjectBytes); !ok) return ok;
  }
  return wish.scope ? check_scope(*wish.scope) : base::Result<void>();
}

base::Result<void> check_scope(const model::Scope& scope) {
  for (const auto* list : {&scope.markets, &scope.dealer_groups, &scope.dealers}) {
    if (list->size() > kMostScopeNames)
      return base::fail(base::ErrorCode::kInvalidInput, "more than 1,000 names", "scope");
    for (const std::string& text : *list) {
      if (auto ok = check_text(text, "scope"); !ok) return ok;
    }
  }
  return check_text(scope.owner, "scope.owner");
}

void apply(store::UserRow& user, const UserWish& wish) {
  if (wish.display_name) user.display_name = *wish.display_name;
  if (wish.language) user.language = *wish.language;
  if (wish.role) user.role = *wish.role;
  if (wish.scope) user.scope = *wish.scope;
  if (wish.active) user.active = *wish.active;
  if (wish.remove_totp) user.totp.clear();
  if (wish.subject) user.subject = *wish.subject;
}

std::string detail_of(const store::UserRow& user, const UserWish& wish) {
  nlohmann::json detail = {{"role", model::role_name(user.role)},
                           {"active", user.active},
                           {"scope",
                            {{"everything", user.scope.everything},
                             {"markets", user.scope.markets},
                             {"dealer_groups", user.scope.dealer_groups},
                             {"dealers", user.scope.dealers},
                             {"owner", user.scope.owner}}}};
  if (wish.remove_totp) detail["totp"] = "removed";
  if (wish.subject) detail["subject"] = *wish.subject;
  return detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace pursuit::access
