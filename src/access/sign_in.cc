// Signing in and out.
#include <algorithm>

#include <sodium.h>

#include "access/access.h"
#include "access/audit.h"
#include "access/identity_of.h"
#include "access/password.h"
#include "access/user_rules.h"
#include "base/assert.h"
#include "base/utf8.h"

namespace pursuit::access {
namespace {

constexpr int kHashesAtOnce = 2;
constexpr int kMostWaiting = 8;
constexpr std::size_t kMostAgentBytes = 200;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;

Denied failed(base::Error error) {
  return {.why = Denied::Why::kFailed, .wait_seconds = 0, .text = {}, .error = std::move(error)};
}

/// Text of a client, kept for people to recognise: no more than a line of it, and UTF-8, since
/// PostgreSQL keeps nothing else.
std::string one_line(std::string_view text) {
  std::string out = base::utf8_text(text, kMostAgentBytes);
  std::ranges::replace_if(
      out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return out;
}

}  // namespace

Access::Access(store::Store& store, const base::Clock& clock, AccessOptions options)
    : accounts_(store),
      clock_(clock),
      options_(std::move(options)),
      attempts_(options_.attempts),
      hashing_(kHashesAtOnce) {
  // Twice does nothing; below zero: no random bytes, and so nothing here would be sound.
  PURSUIT_ASSERT(sodium_init() >= 0);
  // The hash that stands in for users who are not there is made now: the first of them must not
  // take longer than the next.
  (void)is_password({}, "nothing");
}

bool Access::has_password(const std::string& hash, std::string_view password) {
  hashing_.acquire();
  const bool is = is_password(hash, password, options_.verify);
  hashing_.release();
  return is;
}

store::SessionRow Access::new_session(const store::UserRow& user, const SignIn& wish,
                                      const std::string& secret) const {
  const base::Millis now_ms = clock_.now_ms();
  return {.id = digest_of(secret),
          .user_id = user.id,
          .created_at_ms = now_ms,
          .seen_at_ms = now_ms,
          .expires_at_ms = now_ms + std::min(options_.session_idle_ms, life_ms(user)),
          .address = one_line(wish.address),
          .agent = one_line(wish.agent),
          .by_provider = false,
          .provider_session = {}};
}

void Access::note_failure(const SignIn& wish, bool is_user) {
  // Of a name that nobody has, nothing is kept: at times it is a password in the wrong field.
  (void)accounts_.write([&](store::AccountRows& rows) -> base::Result<void> {
    append_audit(rows, {.at_ms = clock_.now_ms(),
                        .who = {},
                        .what = "sign_in.failed",
                        .subject = is_user ? lower_case(wish.name) : std::string(),
                        .address = one_line(wish.address)});
    return {};
  });
}

std::expected<store::UserRow, Denied> Access::check(const SignIn& wish) {
  std::optional<store::UserRow> user;
  bool is_known = false;
  const auto read = accounts_.read([&](store::AccountRows& rows) -> base::Result<void> {
    user = rows.user_named(lower_case(wish.name));
    if (!user) return {};
    is_known = std::ranges::any_of(rows.sessions_of(user->id), [&](const auto& session) {
      return session.address == one_line(wish.address);
    });
    return {};
  });
  if (!read) return std::unexpected(failed(read.error()));
  const Attempts::Attempt attempt{
      .account = lower_case(wish.name), .address = wish.address, .is_known = is_known};
  if (const auto wait_ns = attempts_.wait_ns(attempt, clock_.monotonic_ns()); wait_ns > 0) {
    return std::unexpected(Denied{
        .why = Denied::Why::kTooMany, .wait_seconds = wait_ns / kNsPerSecond + 1, .text = {}});
  }
  // Everybody waits for a password check alike, whether there is such a user or not.
  if (waiting_.fetch_add(1) >= kMostWaiting) {
    waiting_.fetch_sub(1);
    return std::unexpected(Denied{.why = Denied::Why::kTooMany, .wait_seconds = 1, .text = {}});
  }
  const bool right = has_password(user ? user->password : std::string(), wish.password);
  waiting_.fetch_sub(1);
  const auto deny = [&](Denied::Why why) {
    attempts_.failed(attempt, clock_.monotonic_ns());
    note_failure(wish, user.has_value());
    return std::unexpected(Denied{.why = why, .wait_seconds = 0, .text = {}});
  };
  if (!user || !right || !user->active) return deny(Denied::Why::kWrong);
  if (!user->totp.empty()) {
    // Asking for the second factor is no failure; a wrong one is.
    if (wish.totp.empty())
      return std::unexpected(Denied{.why = Denied::Why::kNeedsTotp, .wait_seconds = 0, .text = {}});
    const auto step = good_step(*user, wish.totp);
    if (!step) return deny(Denied::Why::kNeedsTotp);
    user->totp_step = *step;
  }
  attempts_.succeeded(attempt);
  return std::move(*user);
}

std::expected<SignedIn, Denied> Access::begin_session(store::UserRow user, const SignIn& wish,
                                                      std::string_view used_link,
                                                      bool new_password) {
  SignedIn signed_in{.secret = make_secret(options_.random), .identity = {}};
  const store::SessionRow session = new_session(user, wish, signed_in.secret);
  bool refused = false;
  const auto written = accounts_.write([&](store::AccountRows& rows) -> base::Result<void> {
    auto present = rows.user(user.id);
    // Somebody may have been faster with the same code or link, or have disabled the user.
    refused = !present || !present->active ||
              (used_link.empty() && present->password != user.password) ||
              (!user.totp.empty() && present->totp_step >= user.totp_step) ||
              (!used_link.empty() && !rows.link(used_link));
    if (refused) return {};
    present->totp_step = user.totp_step;
    if (new_password) {
      present->password = user.password;
      present->password_at_ms = session.created_at_ms;
      rows.erase_sessions_of(user.id);
    }
    if (!used_link.empty()) rows.erase_link(used_link);
    if (!wish.old_secret.empty()) rows.erase_session(digest_of(wish.old_secret));
    rows.erase_ended(session.created_at_ms);
    rows.put(*present);
    rows.put(session);
    append_audit(rows, {.at_ms = session.created_at_ms,
                        .who = present->name,
                        .what = used_link.empty() ? "sign_in" : "sign_in.link",
                        .subject = present->name,
                        .address = session.address,
                        .detail = new_password ? R"({"password":"changed"})" : "{}"});
    user = std::move(*present);
    return {};
  });
  if (!written) return std::unexpected(failed(written.error()));
  if (refused) return std::unexpected(Denied{});
  forget();
  signed_in.identity = identity_of(user, session);
  return signed_in;
}

std::expected<SignedIn, Denied> Access::sign_in(const SignIn& wish) {
  auto user = check(wish);
  if (!user) return std::unexpected(std::move(user.error()));
  return begin_session(std::move(*user), wish, {}, false);
}

std::expected<SignedIn, Denied> Access::sign_in_by_link(std::string_view link, const SignIn& wish) {
  const std::string id = digest_of(link);
  const Attempts::Attempt attempt{.account = {}, .address = wish.address, .is_known = true};
  if (const auto wait_ns = attempts_.wait_ns(attempt, clock_.monotonic_ns()); wait_ns > 0) {
    return std::unexpected(Denied{
        .why = Denied::Why::kTooMany, .wait_seconds = wait_ns / kNsPerSecond + 1, .text = {}});
  }
  std::optional<store::UserRow> user;
  const auto read = accounts_.read([&](store::AccountRows& rows) -> base::Result<void> {
    const auto row = rows.link(id);
    if (row && row->expires_at_ms > clock_.now_ms()) user = rows.user(row->user_id);
    return {};
  });
  if (!read) return std::unexpected(failed(read.error()));
  if (!user || !user->active) {
    attempts_.failed(attempt, clock_.monotonic_ns());
    note_failure(wish, false);
    return std::unexpected(Denied{});
  }
  if (!user->totp.empty()) {
    const auto step = good_step(*user, wish.totp);
    if (!step) {
      if (!wish.totp.empty()) attempts_.failed(attempt, clock_.monotonic_ns());
      return std::unexpected(Denied{.why = Denied::Why::kNeedsTotp, .wait_seconds = 0, .text = {}});
    }
    user->totp_step = *step;
  }
  const bool new_password = !wish.password.empty();
  if (new_password) {
    if (auto why = why_not(wish.password, user->name)) {
      return std::unexpected(
          Denied{.why = Denied::Why::kBadPassword, .wait_seconds = 0, .text = std::move(*why)});
    }
    auto hash = hash_password(wish.password);
    if (!hash) return std::unexpected(failed(hash.error()));
    user->password = std::move(*hash);
  }
  return begin_session(std::move(*user), wish, id, new_password);
}

base::Result<void> Access::sign_out(std::string_view session, const Actor& actor) {
  auto done = accounts_.write([&](store::AccountRows& rows) -> base::Result<void> {
    rows.erase_session(session);
    append_audit(rows, {.at_ms = clock_.now_ms(),
                        .who = actor.name,
                        .what = "sign_out",
                        .subject = actor.name,
                        .address = actor.address});
    return {};
  });
  forget();
  return done;
}

base::Result<std::size_t> Access::sign_out_everywhere(std::int64_t user_id, const Actor& actor) {
  std::size_t ended = 0;
  auto done = accounts_.write([&](store::AccountRows& rows) -> base::Result<void> {
    const auto user = rows.user(user_id);
    if (!user) return base::fail(base::ErrorCode::kNotFound, "no such user");
    ended = rows.erase_sessions_of(user_id);
    append_audit(rows, {.at_ms = clock_.now_ms(),
                        .who = actor.name,
                        .what = "sign_out.everywhere",
                        .subject = user->name,
                        .address = actor.address});
    return {};
  });
  forget();
  if (!done) return std::unexpected(done.error());
  return ended;
}

base::Result<std::vector<store::SessionRow>> Access::sessions(std::int64_t user_id) const {
  std::vector<store::SessionRow> found;
  const auto read = accounts_.read([&](store::AccountRows& rows) -> base::Result<void> {
    found = rows.sessions_of(user_id);
    return {};
  });
  if (!read) return std::unexpected(read.error());
  std::erase_if(found, [&](const auto& s) { return s.expires_at_ms <= clock_.now_ms(); });
  return found;
}

std::expected<void, Denied> Access::change_password(const Identity& who,
                                                    std::string_view old_password,
                                                    std::string_view new_password,
                                                    const std::string& address) {
  SignIn wish;
  wish.name = who.name;
  wish.password = old_password;
  wish.address = address;
  const auto found = user(who.user_id);
  if (!found) return std::unexpected(failed(found.error()));
  const Attempts::Attempt attempt{.account = who.name, .address = address, .is_known = true};
  if (const auto wait_ns = attempts_.wait_ns(attempt, clock_.monotonic_ns()); wait_ns > 0)
    return std::unexpected(Denied{
        .why = Denied::Why::kTooMany, .wait_seconds = wait_ns / kNsPerSecond + 1, .text = {}});
  if (!has_password(found->password, old_password)) {
    attempts_.failed(attempt, clock_.monotonic_ns());
    note_failure(wish, true);
    return std::unexpected(Denied{});
  }
  if (auto why = why_not(new_password, who.name))
    return std::unexpected(
        Denied{.why = Denied::Why::kBadPassword, .wait_seconds = 0, .text = std::move(*why)});
  const auto hash = hash_password(new_password);
  if (!hash) return std::unexpected(failed(hash.error()));
  const auto done = accounts_.write([&](store::AccountRows& rows) -> base::Result<void> {
    auto present = rows.user(who.user_id);
    if (!present) return base::fail(base::ErrorCode::kNotFound, "no such user");
    present->password = *hash;
    present->password_at_ms = clock_.now_ms();
    rows.put(*present);
    rows.erase_sessions_of(who.user_id, who.session);
    rows.erase_links_of(who.user_id);
    append_audit(rows, {.at_ms = clock_.now_ms(),
                        .who = who.name,
                        .what = "password.change",
                        .subject = who.name,
                        .address = address});
    return {};
  });
  forget();
  if (!done) return std::unexpected(failed(done.error()));
  return {};
}

}  // namespace pursuit::access
