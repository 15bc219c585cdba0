// api/cursor.h: a place in a queue as text that a client sends back to get the next page. It names
// the lead by its id, so that it outlives the engine. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "engine/engine.h"

namespace pursuit::api {

[[nodiscard]] std::string write_cursor(const engine::Engine& engine,
                                       const engine::QueueCursor& cursor);

/// kInvalidInput on text that write_cursor() did not make.
[[nodiscard]] base::Result<engine::QueueCursor> read_cursor(const engine::Engine& engine,
                                                            std::string_view text);

}  // namespace pursuit::api
