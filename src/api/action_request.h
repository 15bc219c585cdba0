// api/action_request.h: what a request wants done to a lead, checked. Pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/engine.h"
#include "model/entry.h"
#include "report/json_values.h"

namespace pursuit::api {

/// An action without its lead.
struct ActionRequest {
  model::ActionKind kind = model::ActionKind::kNote;
  std::string text;
  std::string value;  // owner, reason or stage; a stage may be empty: the one it left
  std::optional<base::Millis> until_ms;
  std::optional<base::Millis> at_ms;  // of a note, call or e-mail of earlier
  std::vector<std::string> leads;     // of a request for many
};

/// Reads a request's body; `many` wants `leads`. kInvalidInput names the member. Instants are held
/// against `now_ms`, reasons and stages against the policy.
[[nodiscard]] base::Result<ActionRequest> read_action(std::string_view body,
                                                      const model::Policy& policy,
                                                      base::Millis now_ms, bool many);

/// The row of a request for a lead that stands as the engine knows it. kConflict: it cannot be
/// closed because it is, or opened because it is.
[[nodiscard]] base::Result<model::ActionRow> row_for(const ActionRequest& request,
                                                     const engine::Engine& engine,
                                                     base::LeadId lead, std::string_view author,
                                                     base::Millis now_ms);

}  // namespace pursuit::api
