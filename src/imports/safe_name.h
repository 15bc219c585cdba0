// imports/safe_name.h: names of files as they come from outside. Pure function, any thread.
#pragma once

#include <string>

namespace pursuit::imports {

/// A name that is only a name: no folders, no controls, not hidden, not long.
[[nodiscard]] std::string safe_name(const std::string& name);

}  // namespace pursuit::imports
