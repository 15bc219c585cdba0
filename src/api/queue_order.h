// api/queue_order.h: in what order a request wants the queue. Pure functions, any thread.
#pragma once

#include "base/error.h"
#include "engine/query.h"
#include "http/request.h"

namespace pursuit::api {

/// The parameter `sort`: `score`, `-score`; ascending unless it begins with a minus; by default the
/// highest score first. kInvalidInput on a name that there is not.
[[nodiscard]] base::Result<engine::QueueOrder> order_of(const http::Request& request);

}  // namespace pursuit::api
