#include "model/policy.h"

#include <algorithm>

#include "base/assert.h"

namespace pursuit::model {
namespace {

int named_dimensions(const DimensionMatch& match) {
  return static_cast<int>(
      std::ranges::count_if(match, [](const auto& m) { return m.has_value(); }));
}

}  // namespace

std::optional<StageCode> FunnelPolicy::code_of(std::string_view name) const {
  const auto at = std::ranges::find(stages, name);
  if (at != stages.end()) return static_cast<StageCode>(at - stages.begin());
  if (name == won) return won_code();
  if (name == lost) return lost_code();
  return std::nullopt;
}

const std::string& FunnelPolicy::name_of(StageCode code) const {
  PURSUIT_ASSERT(code <= lost_code());
  if (code < stages.size()) return stages[code];
  return code == won_code() ? won : lost;
}

int SlaRule::specificity() const {
  return named_dimensions(match) + static_cast<int>(tier.has_value());
}

int Override::specificity() const { return named_dimensions(match); }

bool Policy::is_load_stage(StageCode code) const {
  return code < funnel.stages.size() &&
         std::ranges::find(funnel.load, funnel.stages[code]) != funnel.load.end();
}

}  // namespace pursuit::model
