// The second factor: set up, confirmed, checked.
#include "access/access.h"
#include "access/audit.h"
#include "access/totp.h"

namespace pursuit::access {
namespace {

std::string purpose_of(std::int64_t user_id) { return "totp " + std::to_string(user_id); }

}  // namespace

std::optional<std::int64_t> Access::good_step(const store::UserRow& user,
                                              std::string_view code) const {
  if (!options_.sealer) return std::nullopt;
  const auto key = options_.sealer->open(user.totp, purpose_of(user.id));
  if (!key) return std::nullopt;
  return totp_step(*key, code, clock_.now_ms(), user.totp_step);
}

base::Result<Access::TotpOffer> Access::offer_totp(const Identity& who) const {
  if (!options_.sealer) {
    return base::fail(base::ErrorCode::kConflict,
                      "the server has no secret_key, so that nothing can be kept encrypted");
  }
  const std::string key = make_totp_key(options_.random);
  return TotpOffer{.key = base32(key),
                   .url = totp_url(who.name, key),
                   .sealed = options_.sealer->seal(key, purpose_of(who.user_id), options_.random)};
}

base::Result<void> Access::confirm_totp(const Identity& who, std::string_view sealed,
                                        std::string_view code, const std::string& address) {
  return accounts_.write([&](store::AccountRows& rows) -> base::Result<void> {
    auto user = rows.user(who.user_id);
    if (!user) return base::fail(base::ErrorCode::kNotFound, "no such user");
    if (!user->totp.empty())
      return base::fail(base::ErrorCode::kConflict, "there is a second factor already");
    user->totp = sealed;
    user->totp_step = 0;
    const auto step = good_step(*user, code);
    if (!step) return base::fail(base::ErrorCode::kInvalidInput, "not the code of now", "code");
    user->totp_step = *step;
    rows.put(*user);
    append_audit(rows, {.at_ms = clock_.now_ms(),
                        .who = who.name,
                        .what = "totp.add",
                        .subject = who.name,
                        .address = address});
    return {};
  });
}

}  // namespace pursuit::access
