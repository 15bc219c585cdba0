// ingest/lead_duplicates.h: what becomes of the rows of a lead after its first. Pure, one thread.
#pragma once

#include <span>
#include <vector>

#include "base/ids.h"
#include "ingest/lead_sink.h"
#include "ingest/load.h"
#include "ingest/rejects.h"

namespace pursuit::ingest {

/// Counts as repeated, or rejects, the rows that became no lead (`lead_of` by part and row, as
/// LeadTable::append leaves it, and the codes of the parts' blocks with it). `first_lines` gives,
/// by file and part, the number of the part's first line.
void account_for_duplicates(std::span<const LeadPart> parts,
                            std::span<const model::LeadTable::Block> blocks,
                            const std::vector<std::vector<base::LeadId>>& lead_of,
                            const model::LeadTable& leads,
                            const std::vector<std::vector<std::uint64_t>>& first_lines,
                            std::span<LoadedFile> files, Rejects& rejects);

}  // namespace pursuit::ingest
