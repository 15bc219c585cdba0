// api/gate.h: the one place where a request becomes somebody's: by cookie or bearer token, and
// where is decided whether they may do what the route does. Deny by default. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "access/access.h"
#include "access/audit_writer.h"
#include "http/caller.h"
#include "http/response.h"
#include "http/router.h"

namespace pursuit::api {

/// The cookie of a session; its prefix makes browsers insist on Secure, Path=/ and this host.
inline constexpr std::string_view kCookie = "__Host-pursuit";

/// The header that sets it. `more` is added at the end: "; Max-Age=0".
[[nodiscard]] http::NameValue session_cookie(std::string_view secret, std::string_view more = {});

class Gate final : public http::Authenticator {
 public:
  /// `access` outlives it. `open`: everybody is the local admin, for a server on loopback.
  Gate(access::Access& access, bool open) : access_(access), open_(open) {}

  [[nodiscard]] std::expected<http::Caller, http::Response> authenticate(
      const http::Request& request, const http::RouteOptions& route) override;

  [[nodiscard]] bool is_open() const { return open_; }

 private:
  std::expected<http::Caller, http::Response> identify(const http::Request& request);

  access::Access& access_;
  bool open_;
};

/// Who a caller is, as far as the request knows.
[[nodiscard]] access::Identity identity_of(const http::Caller& caller);

/// The same for the audit log.
[[nodiscard]] access::Actor actor_of(const http::Request& request);

/// 403 for an unsafe request that a page of another site caused; nothing: it did not.
[[nodiscard]] std::optional<http::Response> refuse_foreign_page(const http::Request& request);

/// Writes a line of the audit log for what routes of `router` did that is worth one: changes,
/// exports, the policy. After all routes are added. The two outlive the router.
void add_audit_trail(http::Router& router, access::Access& access, access::AuditWriter& writer);

}  // namespace pursuit::api
