// export/lead_walk.h: the visible leads in the order of their rows, with what each touches asked
// for ahead. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/assert.h"
#include "base/ids.h"
#include "engine/figures.h"
#include "export/row_source.h"
#include "model/lead_table.h"

namespace pursuit::exporting {

/// Calls `fn(figures)` for each of `leads` that is visible, in their order. Before that, for the
/// same lead, `find(lead)` and then `fetch(lead)`, so that they may prefetch what only the caller
/// touches: `find` the places, `fetch` what stands there. Both are also called for leads that are
/// not visible, and not for the first leads.
template <class Find, class Fetch, class Fn>
void for_each_visible_lead(const RowSource& source, std::span<const std::uint32_t> leads,
                           Find&& find, Fetch&& fetch, Fn&& fn) {
  // A few hundred nanoseconds for each lead, so ten are more than enough for memory to come.
  constexpr std::size_t kAhead = 10;
  const model::LeadTable& table = source.leads();
  const auto ahead = [&](std::size_t at, auto&& ask) {
    if (at < leads.size()) ask(base::LeadId{leads[at]});
  };
  for (std::size_t i = 0; i < leads.size(); ++i) {
    // Three steps, because where a lead's texts and events are stands in memory that has to be
    // fetched too: nobody waits if each step asks only for what the steps before have brought.
    ahead(i + 3 * kAhead, [&](base::LeadId lead) {
      source.prefetch(lead);
      table.prefetch_id(lead);
      table.prefetch_profile(lead);
      table.prefetch_owner(lead);
    });
    ahead(i + 2 * kAhead, [&](base::LeadId lead) {
      source.prefetch_history(lead);
      table.prefetch_id_text(lead);
      find(lead);
    });
    ahead(i + kAhead, fetch);
    const base::LeadId lead{leads[i]};
    const engine::LeadFigures figures = source.figures(lead);
    if (figures.state == engine::LeadState::kUnseen) continue;
    PURSUIT_ASSERT(figures.lead == lead);
    fn(figures);
  }
}

}  // namespace pursuit::exporting
