// http/caller.h: who calls and what they may see. The one place where access control enters: the
// server asks an Authenticator once per request and hands its answer to the handler. Plain data; an
// Authenticator is called from any thread at once.
#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "model/access.h"

namespace pursuit::http {

struct Request;
struct Response;
struct RouteOptions;

using model::Scope;

struct Caller {
  std::string who;  // a stable name, fit for the log; empty on a public route
  Scope scope;      // nothing by default
  model::Role role = model::Role::kReadOnly;
  std::int64_t user_id = 0;   // 0: the local user of a server without users
  std::int64_t token_id = 0;  // 0: not by a token
  std::string session;        // its id; empty: not by a session
  std::string csrf;           // what the session's page sends beside the cookie
};

class Authenticator {
 public:
  Authenticator() = default;
  Authenticator(const Authenticator&) = delete;
  Authenticator& operator=(const Authenticator&) = delete;
  virtual ~Authenticator() = default;

  /// The caller of `request` (its body not yet read), or the response that turns them away (401,
  /// 403). Called for every route that is not public, on a worker thread unless the route is
  /// inline.
  [[nodiscard]] virtual std::expected<Caller, Response> authenticate(const Request& request,
                                                                     const RouteOptions& route) = 0;
};

/// Everybody is the local user with full scope: for a server on loopback.
class LocalUser final : public Authenticator {
 public:
  [[nodiscard]] std::expected<Caller, Response> authenticate(const Request& request,
                                                             const RouteOptions& route) override;
};

}  // namespace pursuit::http
