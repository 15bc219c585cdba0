// access/identity_of.h: who somebody is by a session of theirs, however it began. Any thread.
#pragma once

#include "access/access.h"
#include "store/accounts.h"

namespace pursuit::access {

[[nodiscard]] inline Identity identity_of(const store::UserRow& user,
                                          const store::SessionRow& session) {
  return {.user_id = user.id,
          .name = user.name,
          .display_name = user.display_name,
          .language = user.language,
          .role = user.role,
          .scope = user.scope,
          .token_id = 0,
          .session = session.id,
          .expires_at_ms = session.expires_at_ms};
}

}  // namespace pursuit::access
