// Who a request is of: by a cookie's secret or a token. Asked for every request, so what was read
// is remembered for a second.
#include <algorithm>

#include "access/access.h"
#include "access/identity_of.h"

namespace pursuit::access {
namespace {

constexpr std::int64_t kGoodForNs = 1'000'000'000;
constexpr std::size_t kMostCached = 20'000;
/// How often it is written that a session is in use.
constexpr base::Millis kTouchEveryMs = 5 * 60'000;

}  // namespace

std::optional<Identity> Access::cached(const std::string& key, std::int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  const auto found = cache_.find(key);
  if (found == cache_.end() || now_ns - found->second.read_at_ns > kGoodForNs) return std::nullopt;
  return found->second.identity;
}

void Access::remember(const std::string& key, const Identity& identity, std::int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  if (cache_.size() >= kMostCached) cache_.clear();
  cache_[key] = {.identity = identity, .read_at_ns = now_ns};
}

void Access::forget() {
  const std::lock_guard lock(mutex_);
  ++forgotten_;
  cache_.clear();
}

base::Millis Access::life_ms(const store::UserRow& user) const {
  return user.subject.empty() ? options_.session_life_ms : options_.provided_life_ms;
}

base::Result<void> Access::touch(const store::SessionRow& session, const store::UserRow& user,
                                 base::Millis now_ms) {
  return accounts_.write([&](store::AccountRows& rows) -> base::Result<void> {
    auto present = rows.session(session.id);
    if (!present) return {};
    present->seen_at_ms = now_ms;
    present->expires_at_ms =
        std::min(now_ms + options_.session_idle_ms, present->created_at_ms + life_ms(user));
    rows.put(*present);
    return {};
  });
}

namespace {

/// Nothing when the token is not good any more. What its user may do or see may have become less
/// since it was made: of a role that is now too much nothing is left; of a scope, what both name.
std::optional<Identity> identity_of(const store::UserRow& user, const store::TokenRow& token,
                                    base::Millis now_ms) {
  const bool role_fits =
      (model::permissions_of(token.role) & ~model::permissions_of(user.role)).none();
  if (token.revoked_at_ms != 0 || token.expires_at_ms <= now_ms || !user.active || !role_fits)
    return std::nullopt;
  return Identity{.user_id = user.id,
                  .name = user.name,
                  .display_name = user.display_name,
                  .language = user.language,
                  .role = token.role,
                  .scope = model::within(user.scope, token.scope),
                  .token_id = token.id,
                  .session = {},
                  .expires_at_ms = token.expires_at_ms};
}

}  // namespace

base::Result<std::optional<Identity>> Access::by_session(std::string_view secret) {
  const std::string id = digest_of(secret);
  const std::int64_t now_ns = clock_.monotonic_ns();
  const base::Millis now_ms = clock_.now_ms();
  const std::uint64_t generation = forgotten_.load();
  if (auto known = cached("s" + id, now_ns); known && known->expires_at_ms > now_ms) return known;
  std::optional<store::SessionRow> session;
  std::optional<store::UserRow> user;
  const auto read = accounts_.read([&](store::AccountRows& rows) -> base::Result<void> {
    session = rows.session(id);
    if (session) user = rows.user(session->user_id);
    return {};
  });
  if (!read) return std::unexpected(read.error());
  if (!session || session->expires_at_ms <= now_ms || !user || !user->active) return std::nullopt;
  // A session that cannot be prolonged now (a full disk) is good all the same.
  if (now_ms - session->seen_at_ms >= kTouchEveryMs) (void)touch(*session, *user, now_ms);
  Identity identity = identity_of(*user, *session);
  if (generation == forgotten_.load()) remember("s" + id, identity, now_ns);
  return identity;
}

base::Result<std::optional<Identity>> Access::by_token(std::string_view token) {
  const std::string digest = digest_of(token);
  const std::int64_t now_ns = clock_.monotonic_ns();
  const base::Millis now_ms = clock_.now_ms();
  const std::uint64_t generation = forgotten_.load();
  if (auto known = cached("t" + digest, now_ns); known && known->expires_at_ms > now_ms)
    return known;
  std::optional<Identity> identity;
  const auto read = accounts_.read([&](store::AccountRows& rows) -> base::Result<void> {
    const auto row = rows.token_of(digest);
    if (!row) return {};
    if (const auto user = rows.user(row->user_id)) identity = identity_of(*user, *row, now_ms);
    return {};
  });
  if (!read) return std::unexpected(read.error());
  if (identity && generation == forgotten_.load()) remember("t" + digest, *identity, now_ns);
  return identity;
}

base::Result<bool> Access::is_still(const Identity& identity) const {
  const base::Millis now_ms = clock_.now_ms();
  std::optional<Identity> now;
  const auto read = accounts_.read([&](store::AccountRows& rows) -> base::Result<void> {
    const auto user = rows.user(identity.user_id);
    if (!user || !user->active) return {};
    if (identity.token_id != 0) {
      if (const auto token = rows.token(identity.token_id))
        now = identity_of(*user, *token, now_ms);
    } else if (const auto session = rows.session(identity.session);
               session && session->expires_at_ms > now_ms) {
      now = identity_of(*user, *session);
    }
    return {};
  });
  if (!read) return std::unexpected(read.error());
  return now && now->role == identity.role && now->scope == identity.scope;
}

}  // namespace pursuit::access
