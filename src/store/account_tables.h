// store/account_tables.h: the tables of people and of what they did, as rows are put into them.
// Constants.
#pragma once

#include <array>

#include "store/bulk.h"

namespace pursuit::store::tables {

inline constexpr std::array kUserColumns = {Column{"id", Type::kInt},
                                            Column{"name", Type::kText},
                                            Column{"display_name", Type::kText},
                                            Column{"role", Type::kText},
                                            Column{"language", Type::kText},
                                            Column{"password", Type::kText},
                                            Column{"active", Type::kInt},
                                            Column{"scope", Type::kText},
                                            Column{"totp", Type::kText},
                                            Column{"totp_step", Type::kInt},
                                            Column{"subject", Type::kText},
                                            Column{"created_at", Type::kInt},
                                            Column{"password_at", Type::kInt}};
inline constexpr Table kUser{"app_user", kUserColumns};

inline constexpr std::array kSessionColumns = {Column{"id", Type::kText},
                                               Column{"user_id", Type::kInt},
                                               Column{"created_at", Type::kInt},
                                               Column{"seen_at", Type::kInt},
                                               Column{"expires_at", Type::kInt},
                                               Column{"address", Type::kText},
                                               Column{"agent", Type::kText},
                                               Column{"by_provider", Type::kInt},
                                               Column{"provider_session", Type::kText}};
inline constexpr Table kSession{"app_session", kSessionColumns};

inline constexpr std::array kLinkColumns = {
    Column{"id", Type::kText}, Column{"user_id", Type::kInt}, Column{"created_at", Type::kInt},
    Column{"expires_at", Type::kInt}};
inline constexpr Table kLink{"sign_in_link", kLinkColumns};

inline constexpr std::array kTokenColumns = {
    Column{"id", Type::kInt},         Column{"digest", Type::kText},
    Column{"user_id", Type::kInt},    Column{"name", Type::kText},
    Column{"role", Type::kText},      Column{"scope", Type::kText},
    Column{"created_at", Type::kInt}, Column{"expires_at", Type::kInt},
    Column{"revoked_at", Type::kInt}};
inline constexpr Table kToken{"api_token", kTokenColumns};

inline constexpr std::array kAuditColumns = {
    Column{"seq", Type::kInt},     Column{"at", Type::kInt},       Column{"who", Type::kText},
    Column{"what", Type::kText},   Column{"subject", Type::kText}, Column{"address", Type::kText},
    Column{"detail", Type::kText}, Column{"hash", Type::kText}};
inline constexpr Table kAudit{"audit", kAuditColumns};

}  // namespace pursuit::store::tables
