// model/policy_toml_parts.h: the readers of policy.toml, section by section; private to
// policy_toml_*.cc. One thread per TomlReport behind the sections.
#pragma once

#include <vector>

#include "model/calendar.h"
#include "model/policy.h"
#include "model/toml_section.h"

namespace pursuit::model {

/// A weight per component, in [0, ∞) with a positive sum; a component that is not named keeps the
/// value that `out` has.
void read_weights(TomlSection& parent, std::string_view key, Weights& out);

/// `[tier]`-like table: 0 <= warm <= hot <= 100; a cut-off that is not named keeps its value.
void read_cutoffs(TomlSection& section, TierPolicy& out);

/// `[[sla.rule]]`, `[[override]]`, `[trigger]`: what may name stages of `policy.funnel`.
void read_sla_rules(TomlSection& sla, Policy& policy);
void read_overrides(TomlSection& root, Policy& policy);
void read_triggers(TomlSection& root, Policy& policy);

/// `[[calendar]]`: zones must be known to this system.
void read_calendars(TomlSection& root, std::vector<Calendar>& out);

/// Keys of a week's hours, Monday first.
inline constexpr std::array<std::string_view, 7> kWeekdayNames = {"mon", "tue", "wed", "thu",
                                                                  "fri", "sat", "sun"};
inline constexpr std::array<std::string_view, 2> kDurationNames = {"elapsed", "working"};
inline constexpr std::array<std::string_view, 2> kEstimatorNames = {"completed", "kaplan_meier"};
inline constexpr std::array<std::string_view, 2> kBreachLimitNames = {"p90", "sla"};

}  // namespace pursuit::model
