// report/policy_report.h: a checked policy, or what is wrong with it, as JSON. Pure functions, any
// thread.
#pragma once

#include <string>

#include "base/error.h"
#include "model/policy.h"

namespace pursuit::report {

/// `{"valid": true, "hash": …, "policy": the resolved TOML as text}`.
[[nodiscard]] std::string policy_json(const model::Policy& policy);

/// `{"valid": false, "where": "FILE:LINE", "message": …}`.
[[nodiscard]] std::string policy_error_json(const base::Error& error);

}  // namespace pursuit::report
