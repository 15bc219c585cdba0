// http/router.h: which handler answers which path. Filled before the server starts; then const and
// read by any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"
#include "http/response.h"
#include "model/access.h"

namespace pursuit::http {

/// Answers a request; may move out of it. Called from any thread at once. An exception becomes a
/// 500 with its text in the log alone.
using Handler = std::function<Response(Request&)>;

enum class RunOn : std::uint8_t {
  kWorker,  // a thread of the worker pool: may read the store, compute, compress
  kInline,  // the io thread: must neither wait nor compute
};

struct RouteOptions {
  std::string name;                         // for metrics and the log: "lead.read"
  std::size_t body_limit_bytes = 1u << 20;  // over it: 413
  std::string body_folder = {};             // bodies go into files there; empty: into memory
  std::vector<std::string> query;           // the query parameters it knows; others get 400
  bool drops_unknown_query = false;         // others are left out instead, where a standard says so
  RunOn run_on = RunOn::kWorker;
  bool is_public = false;  // served without asking the Authenticator
  /// What its caller must be allowed to do; every route that is not public names one.
  model::Permission permission = model::Permission::kNobody;
};

struct Route {
  Method method;
  std::string pattern;
  RouteOptions options;
  Handler handler;
  std::size_t index;  // 0, 1, … in order of addition
};

/// What a path leads to.
struct Match {
  const Route* route = nullptr;       // nothing for this method, or for this path at all
  std::vector<NameValue> parameters;  // of `route`
  std::vector<Method> allowed;        // every method of the path, HEAD and OPTIONS with them
};

class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  /// Adds a route. `pattern` is "/" or segments: "/api/v1/leads/{lead_id}"; `{name}` matches one
  /// segment that is not empty, `{name...}` at the end matches one or more. A literal goes before a
  /// `{name}`. HEAD and OPTIONS follow from the others. A second route for the same method and
  /// pattern, or a malformed pattern, is a bug.
  void add(Method method, std::string_view pattern, RouteOptions options, Handler handler);

  /// Puts something around every handler that is there: what `make` returns is called in its place.
  void wrap(const std::function<Handler(const Route& route, Handler inner)>& make);

  [[nodiscard]] Match match(Method method, const std::vector<std::string>& segments) const;
  [[nodiscard]] const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

 private:
  struct Node;
  struct Path;
  static const Node* find(const Node& node, const std::vector<std::string>& segments,
                          std::size_t at, std::vector<std::string>& values);

  std::unique_ptr<Node> root_;
  std::vector<std::unique_ptr<Route>> routes_;
};

}  // namespace pursuit::http
