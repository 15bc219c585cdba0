// Users: made, changed, erased, and let in by a link.
#include <algorithm>

#include "access/access.h"
#include "access/audit.h"
#include "access/user_rules.h"

namespace pursuit::access {
namespace {

/// Whether somebody is left who can manage people: else the next change would have to be made in
/// the database.
bool has_admin(store::AccountRows& rows) {
  return std::ranges::any_of(rows.users(), [](const store::UserRow& user) {
    return user.active && user.role == model::Role::kAdmin;
  });
}

}  // namespace

base::Result<std::vector<store::UserRow>> Access::users() const {
  std::vector<store::UserRow> found;
  const auto read = accounts_.read([&](store::AccountRows& rows) -> base::Result<void> {
    found = rows.users();
    return {};
  });
  if (!read) return std::unexpected(read.error());
  return found;
}

base::Result<store::UserRow> Access::user(std::int64_t id) const {
  std::optional<store::UserRow> found;
  const auto read = accounts_.read([&](store::AccountRows& rows) -> base::Result<void> {
    found = rows.user(id);
    return {};
  });
  if (!read) return std::unexpected(read.error());
  if (!found) return base::fail(base::ErrorCode::kNotFound, "there is no such user");
  return std::move(*found);
}

base::Result<store::UserRow> Access::user_named(std::string_view name) const {
  std::optional<store::UserRow> found;
  const auto read = accounts_.read([&](store::AccountRows& rows) -> base::Result<void> {
    found = rows.user_named(lower_case(name));
    return {};
  });
  if (!read) return std::unexpected(read.error());
  if (!found)
    return base::fail(base::ErrorCode::kNotFound, "there is no user '" + std::string(name) + "'");
  return std::move(*found);
}

base::Result<store::UserRow> Access::add_user(std::string_view name, const UserWish& wish,
                                              const Actor& actor) {
  store::UserRow user;
  user.name = lower_case(name);
  if (!is_user_name(user.name)) {
    return base::fail(base::ErrorCode::kInvalidInput,
                      "not 1 to 64 of letters, digits and @ . _ - +", "name");
  }
  if (auto ok = check_wish(wish); !ok) return std::unexpected(ok.error());
  user.display_name = user.name;
  user.created_at_ms = clock_.now_ms();
  apply(user, wish);
  const auto done = accounts_.write([&](store::AccountRows& rows) -> base::Result<void> {
    if (rows.user_named(user.name))
      return base::fail(base::ErrorCode::kConflict, "there is a user of that name", "name");
    rows.put(user);
    append_audit(rows, {.at_ms = user.created_at_ms,
                        .who = actor.name,
                        .what = "user.add",
                        .subject = user.name,
                        .address = actor.address,
                        .detail = detail_of(user, wish)});
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return user;
}

base::Result<store::UserRow> Access::change_user(std::int64_t id, const UserWish& wish,
                                                 const Actor& actor) {
  if (auto ok = check_wish(wish); !ok) return std::unexpected(ok.error());
  store::UserRow user;
  const auto done = accounts_.write([&](store::AccountRows& rows) -> base::Result<void> {
    auto found = rows.user(id);
    if (!found) return base::fail(base::ErrorCode::kNotFound, "there is no such user");
    const bool had_admin = has_admin(rows);
    user = std::move(*found);
    apply(user, wish);
    if (wish.subject && !wish.subject->empty()) {
      const auto other = rows.user_of_subject(*wish.subject);
      if (other && other->id != id)
        return base::fail(base::ErrorCode::kConflict, "another user signs in as that", "subject");
    }
    rows.put(user);
    if (had_admin && !has_admin(rows))
      return base::fail(base::ErrorCode::kConflict, "nobody would be left to manage people");
    if (!user.active) {
      rows.erase_sessions_of(id);
      rows.erase_links_of(id);
    }
    append_audit(rows, {.at_ms = clock_.now_ms(),
                        .who = actor.name,
                        .what = "user.change",
                        .subject = user.name,
                        .address = actor.address,
                        .detail = detail_of(user, wish)});
    return {};
  });
  forget();
  if (!done) return std::unexpected(done.error());
  return user;
}

base::Result<void> Access::erase_user(std::int64_t id, const Actor& actor) {
  auto done = accounts_.write([&](store::AccountRows& rows) -> base::Result<void> {
    const auto user = rows.user(id);
    if (!user) return base::fail(base::ErrorCode::kNotFound, "there is no such user");
    const bool had_admin = has_admin(rows);
    rows.erase_user(id);
    if (had_admin && !has_admin(rows))
      return base::fail(base::ErrorCode::kConflict, "nobody would be left to manage people");
    append_audit(rows, {.at_ms = clock_.now_ms(),
                        .who = actor.name,
                        .what = "user.erase",
                        .subject = user->name,
                        .address = actor.address});
    return {};
  });
  forget();
  return done;
}

base::Result<std::string> Access::make_link(std::int64_t id, const Actor& actor) {
  std::string secret = make_secret(options_.random);
  const base::Millis now_ms = clock_.now_ms();
  const auto done = accounts_.write([&](store::AccountRows& rows) -> base::Result<void> {
    const auto user = rows.user(id);
    if (!user) return base::fail(base::ErrorCode::kNotFound, "there is no such user");
    if (!user->active) return base::fail(base::ErrorCode::kConflict, "the user is disabled");
    rows.erase_links_of(id);
    rows.erase_ended(now_ms);
    rows.put(store::LinkRow{.id = digest_of(secret),
                            .user_id = id,
                            .created_at_ms = now_ms,
                            .expires_at_ms = now_ms + options_.link_life_ms});
    append_audit(rows, {.at_ms = now_ms,
                        .who = actor.name,
                        .what = "user.link",
                        .subject = user->name,
                        .address = actor.address});
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return secret;
}

base::Result<std::optional<std::string>> Access::first_link() {
  const Actor program{.name = "pursuit", .address = {}};
  const auto all = users();
  if (!all) return std::unexpected(all.error());
  std::int64_t id = 0;
  if (all->empty()) {
    UserWish wish;
    wish.role = model::Role::kAdmin;
    wish.display_name = "Administrator";
    wish.scope.emplace().everything = true;
    const auto added = add_user("admin", wish, program);
    if (!added) return std::unexpected(added.error());
    id = added->id;
  } else {
    const store::UserRow& only = all->front();
    if (all->size() > 1 || only.name != "admin" || !only.password.empty() || !only.active)
      return std::nullopt;
    id = only.id;
  }
  auto link = make_link(id, program);
  if (!link) return std::unexpected(link.error());
  return std::move(*link);
}

}  // namespace pursuit::access
