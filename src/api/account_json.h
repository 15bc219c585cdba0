// api/account_json.h: people, sessions, tokens and the audit log as JSON, and a scope back from it.
// No secrets in it. Pure functions, any thread.
#pragma once

#include <optional>
#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include "access/access.h"
#include "access/audit.h"
#include "api/body.h"

namespace pursuit::api {

[[nodiscard]] nlohmann::json scope_json(const model::Scope& scope);
[[nodiscard]] nlohmann::json user_json(const store::UserRow& user);
[[nodiscard]] nlohmann::json token_json(const store::TokenRow& token);
/// `{"items": […]}`.
[[nodiscard]] nlohmann::json users_json(std::span<const store::UserRow> users);
[[nodiscard]] nlohmann::json tokens_json(std::span<const store::TokenRow> tokens);
/// A token that was made: it tells the secret, this once.
[[nodiscard]] nlohmann::json made_token_json(const access::Access::MadeToken& made);
/// A page of at most `limit` lines, the newest first: `{"items": […], "next": …}`; next is the
/// line before which the next page begins, or null.
[[nodiscard]] nlohmann::json audit_json(std::span<const store::AuditRow> rows, std::size_t limit);
[[nodiscard]] nlohmann::json verdict_json(const access::AuditVerdict& verdict);
/// What a session is called in answers and paths: enough of its id to tell sessions apart.
[[nodiscard]] std::string session_name(const store::SessionRow& session);
[[nodiscard]] nlohmann::json session_json(const store::SessionRow& session, bool is_own);
/// The field `scope` of a body; nothing when it is not there.
[[nodiscard]] std::optional<model::Scope> scope_of_body(Body& body);
/// The field `role`; a name that is none is an error of the body.
[[nodiscard]] std::optional<model::Role> role_of_body(Body& body);
/// JSON as an answer, invalid UTF-8 replaced.
[[nodiscard]] http::Response answer(const nlohmann::json& json, unsigned status = 200);

}  // namespace pursuit::api
