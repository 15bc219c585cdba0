// ingest/lead_duplicates.h: what becomes of the rows of a lead after its first. Pure, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "ingest/lead_sink.h"
#include "ingest/load.h"
#include "ingest/rejects.h"
#include "model/lead_table.h"

namespace pursuit::ingest {

/// All rows as they were read, by part and row.
struct LeadRows {
  std::span<const LeadPart> parts;
  std::span<const model::LeadTable::Block> blocks;  // as LeadTable::append leaves them
  std::function<base::Millis(std::size_t part, std::size_t row)> created_ms;
  std::function<std::uint64_t(std::size_t part, std::size_t row)> line_in_part;
};

/// Counts as repeated, or rejects, the rows that became no lead in `lead_of` (by part and row).
/// `first_lines` gives, by file and part, the number of the part's first line.
void account_for_duplicates(const LeadRows& rows,
                            const std::vector<std::vector<base::LeadId>>& lead_of,
                            const model::LeadTable& leads,
                            const std::vector<std::vector<std::uint64_t>>& first_lines,
                            std::span<LoadedFile> files, Rejects& rejects);

}  // namespace pursuit::ingest
