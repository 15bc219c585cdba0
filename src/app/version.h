// app/version.h: which version of the program this is. Plain data.
#pragma once

#include <string_view>

namespace pursuit::app {

/// As in CMake's project(); stands in every summary.
inline constexpr std::string_view kVersion = PURSUIT_VERSION;

}  // namespace pursuit::app
