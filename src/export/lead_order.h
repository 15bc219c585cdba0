// export/lead_order.h: the leads by id, the order of leads.csv and visits.csv. Called from one
// thread.
#pragma once

#include <cstdint>

#include "base/huge_array.h"
#include "base/parallel.h"
#include "model/lead_table.h"

namespace pursuit::exporting {

/// All leads in the bytewise order of their ids. Work in proportion to the bytes of the ids, a few
/// times, whatever they look like.
[[nodiscard]] base::HugeArray<std::uint32_t> leads_by_id(const model::LeadTable& leads,
                                                         base::ThreadPool& pool);

}  // namespace pursuit::exporting
