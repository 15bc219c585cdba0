// api/lead_page.h: pages of lists of leads in the order of the book. Reads the store; any thread.
#pragma once

#include <span>

#include "api/api.h"
#include "base/error.h"
#include "engine/aggregate.h"
#include "engine/engine.h"
#include "http/request.h"
#include "report/json_values.h"

namespace pursuit::api {

/// The page that `limit` (1 to 500, 50 if not said) and `cursor` ask for; else kInvalidInput.
base::Result<engine::LeadPage> page_of(const http::Request& request, const engine::Engine& engine);

/// Puts `leads`, which are `page`, into an answer: `items`, with who can be reached, and `next`.
/// Errors: the store's.
base::Result<void> add_leads(const Context& context, const engine::Engine& engine,
                             const engine::LeadPage& page, std::span<const base::LeadId> leads,
                             report::Json& answer);

}  // namespace pursuit::api
