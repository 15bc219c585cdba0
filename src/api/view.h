// api/view.h: what one request may look at: the engine at the instant it asks for, and the part of
// it that its caller may see. The one place where scope is applied to reads. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "api/api.h"
#include "base/error.h"
#include "engine/engine.h"
#include "http/request.h"

namespace pursuit::api {

/// The engine of a request: the live one, or a replay. Keep it no longer than the request.
class View {
 public:
  explicit View(service::LiveEngine::View live) : live_(std::move(live)) {}
  explicit View(std::shared_ptr<const engine::Engine> replay) : replay_(std::move(replay)) {}

  [[nodiscard]] const engine::Engine& engine() const { return live_ ? **live_ : *replay_; }
  [[nodiscard]] bool is_live() const { return live_.has_value(); }
  /// The engine of an earlier instant, which may be kept; nothing when this is the live one.
  [[nodiscard]] const std::shared_ptr<const engine::Engine>& replay() const { return replay_; }

 private:
  std::optional<service::LiveEngine::View> live_;
  std::shared_ptr<const engine::Engine> replay_;
};

/// The engine that the request's `as_of` names; the live one without. kInvalidInput on text that is
/// no instant, kUsage on one that is still to come.
[[nodiscard]] base::Result<View> view_of(const Context& context, const http::Request& request);

/// What the caller may see, as a filter to start from.
[[nodiscard]] base::Result<engine::LeadFilter> scope_of(const engine::Engine& engine,
                                                        const http::Caller& caller);

/// Whether a lead passes the filter of scope_of().
[[nodiscard]] bool may_see(const engine::Engine& engine, base::LeadId lead,
                           const engine::LeadFilter& scope);

/// By code of dealer: whether every lead of theirs passes the filter of scope_of(), so that figures
/// of the dealer tell of no other leads. None is, where the scope is an owner's.
[[nodiscard]] std::vector<bool> dealers_within(const engine::Engine& engine,
                                               const engine::LeadFilter& scope);

/// Names of the query parameters that filter_of() reads: the dimensions, state, stage, tier,
/// status.
[[nodiscard]] std::vector<std::string> filter_parameters(std::vector<std::string> more = {});

/// Names of those, read by it as well, that say what a lead has been through.
[[nodiscard]] std::vector<std::string> past_parameters();

/// The caller's scope narrowed by the request's filters. Values of a filter are separated by
/// commas; `\,` is a comma and `\\` a backslash. A value that no lead has finds nothing.
/// kInvalidInput names a stage, tier, state or status that there is not.
[[nodiscard]] base::Result<engine::LeadFilter> filter_of(const engine::Engine& engine,
                                                         const http::Request& request);

}  // namespace pursuit::api
