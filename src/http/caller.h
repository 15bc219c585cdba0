// http/caller.h: who calls and what they may see. The one place where access control enters: the
// server asks an Authenticator once per request and hands its answer to the handler. Plain data; an
// Authenticator is called from any thread at once.
#pragma once

#include <expected>
#include <string>
#include <vector>

namespace pursuit::http {

struct Request;
struct Response;
struct RouteOptions;

/// What a caller may see. With `everything` the lists mean nothing; else a lead is visible when its
/// market, dealer group or dealer is named.
struct Scope {
  bool everything = false;
  std::vector<std::string> markets;
  std::vector<std::string> dealer_groups;
  std::vector<std::string> dealers;
};

struct Caller {
  std::string who;  // a stable name, fit for the log; empty on a public route
  Scope scope;      // nothing by default
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
