// model/policy_toml.h: policy.toml to Policy and back. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "model/policy.h"

namespace pursuit::model {

/// Reads a policy. An unknown key, a wrong type or a value out of range is an error whose `where`
/// is "FILE:LINE" and whose message names the key (semantics.md, "policy.toml"). `file_name` is
/// used for messages only.
[[nodiscard]] base::Result<Policy> parse_policy(std::string_view toml_text,
                                                std::string_view file_name);

/// Reads the file at `path` (at most base::kMaxConfigBytes) and parses it.
[[nodiscard]] base::Result<Policy> read_policy_file(const std::string& path);

/// The policy with every default spelt out, in one canonical form: parsing it gives the same
/// policy, and equal policies give equal text.
[[nodiscard]] std::string resolved_toml(const Policy& policy);

/// Lower-case hex SHA-256 of `resolved_toml(policy)`: names the policy in every result.
[[nodiscard]] std::string policy_hash(const Policy& policy);

}  // namespace pursuit::model
