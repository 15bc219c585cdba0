// Tokens of programs: made, listed, revoked.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "access/access.h"
#include "access/audit.h"
#include "access/user_rules.h"
#include "base/utf8.h"

namespace pursuit::access {
namespace {

/// So that those who look for secrets in code and logs know one when they see it.
constexpr std::string_view kPrefix = "pursuit_";
constexpr base::Millis kLongestLifeMs = 366ll * 24 * 3'600'000;
constexpr std::size_t kMostTokens = 100;  // of a user, not counting those that ended

base::Result<void> check_wish(const NewToken& wish, base::Millis now_ms) {
  if (wish.name.empty() || wish.name.size() > 100 || !base::is_utf8(wish.name) ||
      std::ranges::any_of(wish.name, [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
    return base::fail(base::ErrorCode::kInvalidInput,
                      "not 1 to 100 bytes of text without control characters", "name");
  if (wish.expires_at_ms <= now_ms)
    return base::fail(base::ErrorCode::kInvalidInput, "not in the future", "expires_at");
  if (wish.expires_at_ms > now_ms + kLongestLifeMs)
    return base::fail(base::ErrorCode::kInvalidInput, "more than a year away", "expires_at");
  return check_scope(wish.scope);
}

}  // namespace

base::Result<Access::MadeToken> Access::add_token(std::int64_t user_id, const NewToken& wish,
                                                  const Actor& actor) {
  const base::Millis now_ms = clock_.now_ms();
  if (auto ok = check_wish(wish, now_ms); !ok) return std::unexpected(ok.error());
  MadeToken made{.secret = std::string(kPrefix) + make_secret(options_.random), .row = {}};
  made.row = {.id = 0,
              .digest = digest_of(made.secret),
              .user_id = user_id,
              .name = wish.name,
              .role = wish.role,
              .scope = wish.scope,
              .created_at_ms = now_ms,
              .expires_at_ms = wish.expires_at_ms,
              .revoked_at_ms = 0};
  const auto done = accounts_.write([&](store::AccountRows& rows) -> base::Result<void> {
    const auto user = rows.user(user_id);
    if (!user) return base::fail(base::ErrorCode::kNotFound, "there is no such user");
    if ((model::permissions_of(wish.role) & ~model::permissions_of(user->role)).any())
      return base::fail(base::ErrorCode::kInvalidInput, "may more than its user", "role");
    if (model::within(user->scope, wish.scope) != wish.scope)
      return base::fail(base::ErrorCode::kInvalidInput, "sees more than its user", "scope");
    const auto all = rows.tokens();
    if (std::ranges::count_if(all, [&](const store::TokenRow& t) {
          return t.user_id == user_id && t.revoked_at_ms == 0 && t.expires_at_ms > now_ms;
        }) >= static_cast<std::ptrdiff_t>(kMostTokens))
      return base::fail(base::ErrorCode::kConflict, "has 100 tokens already: revoke some");
    rows.put(made.row);
    append_audit(
        rows,
        {.at_ms = now_ms,
         .who = actor.name,
         .what = "token.add",
         .subject = std::to_string(made.row.id),
         .address = actor.address,
         .detail =
             nlohmann::json({{"user", user->name}, {"role", model::role_name(wish.role)}}).dump()});
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return made;
}

base::Result<std::vector<store::TokenRow>> Access::tokens(
    std::optional<std::int64_t> user_id) const {
  std::vector<store::TokenRow> found;
  const auto read = accounts_.read([&](store::AccountRows& rows) -> base::Result<void> {
    found = rows.tokens();
    return {};
  });
  if (!read) return std::unexpected(read.error());
  if (user_id) std::erase_if(found, [&](const auto& token) { return token.user_id != *user_id; });
  return found;
}

base::Result<void> Access::revoke_token(std::int64_t id, std::optional<std::int64_t> of_user,
                                        const Actor& actor) {
  auto done = accounts_.write([&](store::AccountRows& rows) -> base::Result<void> {
    auto token = rows.token(id);
    if (!token || (of_user && token->user_id != *of_user))
      return base::fail(base::ErrorCode::kNotFound, "there is no such token");
    if (token->revoked_at_ms != 0) return {};
    token->revoked_at_ms = clock_.now_ms();
    rows.put(*token);
    append_audit(rows, {.at_ms = token->revoked_at_ms,
                        .who = actor.name,
                        .what = "token.revoke",
                        .subject = std::to_string(id),
                        .address = actor.address});
    return {};
  });
  forget();
  return done;
}

}  // namespace pursuit::access
