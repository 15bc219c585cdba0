// report/lead_lists.h: lists of open leads: the queue of a dealer, group, market or all, and what
// changes status next. Pure functions; the engine must not change meanwhile.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "engine/engine.h"

namespace pursuit::report {

/// Whose queue; an empty list means all.
struct QueueScope {
  std::vector<std::string> region;  // none or one each: an empty text is a value of its own
  std::vector<std::string> dealer_group;
  std::vector<std::string> dealer;
};

/// The query in codes of the engine. Fails with kNotFound on a value that no lead has, and names
/// near ones.
[[nodiscard]] base::Result<engine::QueueQuery> query_of(const engine::Engine& engine,
                                                        const QueueScope& scope, std::size_t limit);

/// `24h`, `90m`, `7d`, `2w`: at most 400 days. Fails with kUsage.
[[nodiscard]] base::Result<base::Millis> parse_duration(const std::string& text);

/// The lists as JSON, with score, tier, stage, dealer and owner of each lead.
[[nodiscard]] std::string queue_json(const engine::Engine& engine,
                                     const std::vector<base::LeadId>& leads);
[[nodiscard]] std::string expiring_json(const engine::Engine& engine,
                                        const std::vector<engine::Expiring>& leads);

}  // namespace pursuit::report
