#include "ingest/attributes.h"

#include <algorithm>
#include <utility>

namespace pursuit::ingest {

std::uint32_t Attributes::intern_column(std::string_view name) {
  const auto found = std::ranges::find(columns_, name);
  if (found == columns_.end()) {
    columns_.emplace_back(name);
    return static_cast<std::uint32_t>(columns_.size() - 1);
  }
  return static_cast<std::uint32_t>(found - columns_.begin());
}

void Attributes::add(AttributeRows rows, std::span<const base::LeadId> lead_of,
                     std::uint32_t lead_count) {
  if (rows.columns.empty()) return;
  if (places_.size() < lead_count) places_.resize(lead_count);
  const auto part = static_cast<std::uint32_t>(parts_.size());
  for (std::size_t row = 0; row < lead_of.size(); ++row) {
    if (lead_of[row] == base::kNoLead) continue;
    places_[lead_of[row].v] = {.part = part, .row = static_cast<std::uint32_t>(row)};
  }
  parts_.push_back(std::move(rows));
}

std::string_view Attributes::text(base::LeadId lead, std::uint32_t column) const {
  if (lead.v >= places_.size() || places_[lead.v].part == UINT32_MAX) return {};
  const Place place = places_[lead.v];
  return parts_[place.part].text(column, place.row);
}

std::size_t Attributes::memory_bytes() const {
  std::size_t bytes = places_.capacity() * sizeof(Place);
  for (const AttributeRows& rows : parts_) {
    for (const TextColumn& texts : rows.texts) bytes += texts.memory_bytes();
  }
  return bytes;
}

}  // namespace pursuit::ingest
