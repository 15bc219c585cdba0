// Signing in by an identity provider: whom it let in becomes a user here.
#include <nlohmann/json.hpp>

#include "access/access.h"
#include "access/audit.h"
#include "access/identity_of.h"
#include "access/user_rules.h"

namespace pursuit::access {
namespace {

constexpr std::size_t kMostDetailBytes = 300;

Denied denied(Denied::Why why, base::Error error = {}) {
  return {.why = why, .wait_seconds = 0, .text = {}, .error = std::move(error)};
}

UserWish wish_of(const Provided& who) {
  UserWish wish;
  if (!who.display_name.empty()) wish.display_name = who.display_name;
  wish.role = who.role;
  wish.scope = who.scope;
  return wish;
}

/// Made now, for somebody who was never here.
store::UserRow new_user(const Provided& who, const UserWish& wish, base::Millis now_ms) {
  store::UserRow user;
  user.name = who.name;
  user.display_name = who.name;
  user.language = who.language == "ar" ? "ar" : "en";
  user.subject = who.subject;
  user.created_at_ms = now_ms;
  apply(user, wish);
  return user;
}

std::vector<store::SessionRow> named_sessions(store::AccountRows& rows, const std::string& name) {
  return name.empty() ? std::vector<store::SessionRow>{} : rows.sessions_of_provider(name);
}

}  // namespace

std::expected<SignedIn, Denied> Access::sign_in_by_provider(const Provided& who,
                                                            const SignIn& wish) {
  const UserWish change = wish_of(who);
  const auto fits = check_wish(change);
  if (!fits) return std::unexpected(denied(Denied::Why::kFailed, fits.error()));
  SignedIn signed_in{.secret = make_secret(options_.random), .identity = {}};
  const base::Millis now_ms = clock_.now_ms();
  std::optional<Denied> refused;
  store::UserRow user;
  store::SessionRow session;
  const auto note = [&](store::AccountRows& rows, std::string what, std::string detail) {
    append_audit(rows, {.at_ms = now_ms,
                        .who = user.name,
                        .what = std::move(what),
                        .subject = user.name,
                        .address = session.address,
                        .detail = std::move(detail)});
  };
  const auto written = accounts_.write([&](store::AccountRows& rows) -> base::Result<void> {
    auto known = rows.user_of_subject(who.subject);
    if (known && !known->active) {
      refused = denied(Denied::Why::kWrong);
      return {};
    }
    // A name is no proof: whoever chose it there must not become somebody else here.
    if (!known && (!is_user_name(who.name) || rows.user_named(who.name))) {
      refused = denied(Denied::Why::kNameTaken);
      return {};
    }
    const bool is_new = !known;
    user = is_new ? new_user(who, change, now_ms) : std::move(*known);
    const bool is_other = user.role != who.role || user.scope != who.scope;
    apply(user, change);
    rows.put(user);
    session = new_session(user, wish, signed_in.secret);
    session.by_provider = true;
    session.provider_session = who.session;
    if (!wish.old_secret.empty()) rows.erase_session(digest_of(wish.old_secret));
    rows.erase_ended(now_ms);
    rows.put(session);
    if (is_new || is_other)
      note(rows, is_new ? "user.add" : "user.change", detail_of(user, change));
    note(rows, "sign_in.provider", nlohmann::json({{"subject", who.subject}}).dump());
    return {};
  });
  if (!written) return std::unexpected(denied(Denied::Why::kFailed, written.error()));
  if (refused) return std::unexpected(std::move(*refused));
  forget();
  signed_in.identity = identity_of(user, session);
  return signed_in;
}

base::Result<std::size_t> Access::sign_out_by_provider(const std::string& subject,
                                                       const std::string& session,
                                                       const std::string& address) {
  std::size_t ended = 0;
  const auto end = [&](store::AccountRows& rows, const store::UserRow& user,
                       const std::vector<store::SessionRow>& sessions) {
    for (const store::SessionRow& one : sessions) rows.erase_session(one.id);
    ended += sessions.size();
    append_audit(rows, {.at_ms = clock_.now_ms(),
                        .who = user.name,
                        .what = "sign_out.provider",
                        .subject = user.name,
                        .address = address,
                        .detail = nlohmann::json({{"sessions", sessions.size()}}).dump()});
  };
  const auto done = accounts_.write([&](store::AccountRows& rows) -> base::Result<void> {
    ended = 0;  // the transaction may be tried again
    for (const store::SessionRow& one : named_sessions(rows, session)) {
      const auto user = rows.user(one.user_id);
      if (user && (subject.empty() || user->subject == subject)) end(rows, *user, {one});
    }
    const auto user = subject.empty() ? std::nullopt : rows.user_of_subject(subject);
    if (!user) return {};
    auto sessions = rows.sessions_of(user->id);
    std::erase_if(sessions, [&](const store::SessionRow& one) {
      return !one.by_provider || (!session.empty() && !one.provider_session.empty());
    });
    if (!sessions.empty()) end(rows, *user, sessions);
    return {};
  });
  forget();
  if (!done) return std::unexpected(done.error());
  return ended;
}

base::Result<void> Access::note_provider_refusal(const std::string& subject,
                                                 const std::string& detail,
                                                 const std::string& address, bool has_no_role) {
  auto done = accounts_.write([&](store::AccountRows& rows) -> base::Result<void> {
    auto user = subject.empty() ? std::nullopt : rows.user_of_subject(subject);
    nlohmann::json told = {{"why", detail.substr(0, kMostDetailBytes)}};
    if (!subject.empty()) told["subject"] = subject;
    if (user && has_no_role) {
      user->role = model::Role::kReadOnly;
      user->scope = {};
      rows.put(*user);
      rows.erase_sessions_of(user->id);
    }
    append_audit(rows,
                 {.at_ms = clock_.now_ms(),
                  .who = {},
                  .what = "sign_in.failed",
                  .subject = user ? user->name : std::string(),
                  .address = address,
                  .detail = told.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)});
    return {};
  });
  forget();
  return done;
}

}  // namespace pursuit::access
