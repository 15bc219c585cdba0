// access/user_rules.h: what a user may be made of, and how a wish changes one. Pure functions, any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "access/access.h"

namespace pursuit::access {

/// Latin letters in lower case, everything else as it is.
[[nodiscard]] std::string lower_case(std::string_view text);

/// 1 to 64 of lower case letters, digits and @ . _ - +.
[[nodiscard]] bool is_user_name(std::string_view name);

/// kInvalidInput names the field that is too long, has control characters or is not one of a list.
[[nodiscard]] base::Result<void> check_wish(const UserWish& wish);

/// The same of what somebody may see, a user or a token.
[[nodiscard]] base::Result<void> check_scope(const model::Scope& scope);

/// What the wish names becomes the user's.
void apply(store::UserRow& user, const UserWish& wish);

/// For the audit log, as JSON: what the user is now.
[[nodiscard]] std::string detail_of(const store::UserRow& user, const UserWish& wish);

}  // namespace pursuit::access
