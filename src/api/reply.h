// api/reply.h: the frame of every answer: which instant, change and policy it is of. Pure
// functions, any thread.
#pragma once

#include <functional>

#include "api/view.h"
#include "http/response.h"
#include "report/json_values.h"

namespace pursuit::api {

/// `{"as_of": …, "policy": hash, …}` to add to.
[[nodiscard]] report::Json frame(const Context& context, const engine::Engine& engine);

[[nodiscard]] http::Response reply(const report::Json& json);

/// Looks up the request's engine and its filter and answers with what `answer` makes of them, or
/// with the problem.
using Answer = std::function<base::Result<report::Json>(const engine::Engine& engine,
                                                        const engine::LeadFilter& filter)>;
[[nodiscard]] http::Response reply_with(const Context& context, const http::Request& request,
                                        const Answer& answer);

}  // namespace pursuit::api
