// access/common_passwords.h: passwords that everybody tries first. Constants.
#pragma once

#include <string_view>

namespace pursuit::access {

/// Whether it is one of the list, which is in lower case.
[[nodiscard]] bool is_common(std::string_view lower_case_password);

}  // namespace pursuit::access
