// sample/policy_text.h: a policy that fits the sample network: SLA rules by stage, region, channel
// and nameplate, and the working hours of its markets. Pure function, any thread.
#pragma once

#include <string>

#include "sample/generate.h"

namespace pursuit::sample {

/// policy.toml for a network made with these options.
[[nodiscard]] std::string policy_text(const GenerateOptions& options);

}  // namespace pursuit::sample
