// api/parameters.h: values of query parameters, checked. Errors are kInvalidInput with the
// parameter's name as their place. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "http/request.h"

namespace pursuit::api {

/// Parts between commas; `\,` is a comma, `\\` a backslash. Of an empty text: one empty part.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

[[nodiscard]] base::Result<base::Millis> instant_of(std::string_view text, std::string_view name);

/// The number from 1 that a parameter of the path is; nothing when it is none, which names nothing.
[[nodiscard]] std::optional<std::int64_t> path_number(const http::Request& request,
                                                      std::string_view parameter);

/// The parameter as a whole number from `least` to `most`; `otherwise` when it is not there.
[[nodiscard]] base::Result<std::size_t> count_of(const http::Request& request,
                                                 std::string_view name, std::size_t otherwise,
                                                 std::size_t least, std::size_t most);

/// The parameter as a duration, "90m", "24h", "7d".
[[nodiscard]] base::Result<base::Millis> duration_of(const http::Request& request,
                                                     std::string_view name,
                                                     std::string_view otherwise);

}  // namespace pursuit::api
