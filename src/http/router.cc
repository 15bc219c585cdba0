#include "http/router.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/assert.h"

namespace pursuit::http {

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> one;   // {name}
  std::unique_ptr<Node> rest;  // {name...}
  std::array<const Route*, kMethods> routes{};
  [[nodiscard]] bool ends_here() const {
    return std::ranges::any_of(routes, [](const Route* route) { return route != nullptr; });
  }
};

namespace {

std::vector<std::string_view> pattern_segments(std::string_view pattern) {
  PURSUIT_ASSERT(pattern.starts_with('/'));
  std::vector<std::string_view> segments;
  if (pattern == "/") return segments;
  for (std::size_t begin = 1; begin <= pattern.size();) {
    const std::size_t end = std::min(pattern.find('/', begin), pattern.size());
    segments.push_back(pattern.substr(begin, end - begin));
    begin = end + 1;
  }
  return segments;
}

struct Placeholder {
  std::string_view name;
  bool rest;
};

std::optional<Placeholder> placeholder_of(std::string_view segment) {
  if (!segment.starts_with('{')) return std::nullopt;
  PURSUIT_ASSERT(segment.ends_with('}') && segment.size() > 2);
  segment = segment.substr(1, segment.size() - 2);
  const bool rest = segment.ends_with("...");
  if (rest) segment.remove_suffix(3);
  PURSUIT_ASSERT(!segment.empty());
  return Placeholder{segment, rest};
}

// A tail names a file or a folder below something: a segment that hides a separator must not.
bool fit_for_tail(const std::string& segment) {
  return !segment.empty() && segment.find_first_of("/\\") == std::string::npos;
}

std::vector<Method> allowed_methods(const std::array<const Route*, kMethods>& routes) {
  std::vector<Method> allowed;
  for (std::size_t i = 0; i < kMethods; ++i) {
    const auto method = static_cast<Method>(i);
    const bool implied =
        method == Method::kOptions ||
        (method == Method::kHead && routes[static_cast<std::size_t>(Method::kGet)] != nullptr);
    if (routes[i] != nullptr || implied) allowed.push_back(method);
  }
  return allowed;
}

}  // namespace

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Method method, std::string_view pattern, RouteOptions options, Handler handler) {
  PURSUIT_ASSERT(method != Method::kHead && method != Method::kOptions);
  PURSUIT_ASSERT(!options.name.empty() && handler);
  Node* node = root_.get();
  bool ended = false;
  for (const std::string_view segment : pattern_segments(pattern)) {
    PURSUIT_ASSERT(!ended);
    const auto placeholder = placeholder_of(segment);
    auto& next = !placeholder        ? node->literals[std::string(segment)]
                 : placeholder->rest ? node->rest
                                     : node->one;
    if (!next) next = std::make_unique<Node>();
    node = next.get();
    ended = placeholder && placeholder->rest;
  }
  const Route*& slot = node->routes[static_cast<std::size_t>(method)];
  PURSUIT_ASSERT(slot == nullptr);
  routes_.push_back(std::make_unique<Route>(Route{.method = method,
                                                  .pattern = std::string(pattern),
                                                  .options = std::move(options),
                                                  .handler = std::move(handler),
                                                  .index = routes_.size()}));
  slot = routes_.back().get();
}

const Router::Node* Router::find(const Node& node, const std::vector<std::string>& segments,
                                 std::size_t at, std::vector<std::string>& values) {
  if (at == segments.size()) return node.ends_here() ? &node : nullptr;
  if (const auto next = node.literals.find(segments[at]); next != node.literals.end()) {
    if (const Node* found = find(*next->second, segments, at + 1, values)) return found;
  }
  if (node.one && !segments[at].empty()) {
    values.push_back(segments[at]);
    if (const Node* found = find(*node.one, segments, at + 1, values)) return found;
    values.pop_back();
  }
  if (node.rest && std::all_of(segments.begin() + static_cast<std::ptrdiff_t>(at), segments.end(),
                               fit_for_tail)) {
    std::string tail = segments[at];
    for (std::size_t i = at + 1; i < segments.size(); ++i) tail.append("/").append(segments[i]);
    values.push_back(std::move(tail));
    return node.rest.get();
  }
  return nullptr;
}

void Router::wrap(const std::function<Handler(const Route&, Handler)>& make) {
  for (const auto& route : routes_) route->handler = make(*route, std::move(route->handler));
}

Match Router::match(Method method, const std::vector<std::string>& segments) const {
  Match match;
  std::vector<std::string> values;
  const Node* node = find(*root_, segments, 0, values);
  if (node == nullptr) return match;
  match.allowed = allowed_methods(node->routes);
  const Method asked = method == Method::kHead ? Method::kGet : method;
  match.route = node->routes[static_cast<std::size_t>(asked)];
  if (match.route == nullptr) return match;
  auto value = values.begin();
  for (const std::string_view segment : pattern_segments(match.route->pattern)) {
    if (const auto placeholder = placeholder_of(segment)) {
      match.parameters.push_back({std::string(placeholder->name), std::move(*value++)});
    }
  }
  return match;
}

}  // namespace pursuit::http
